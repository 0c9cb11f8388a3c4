package main

import (
	"bufio"
	"net/http"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestServe_FirstRunsPrintTheSetupLinkAndLaterOnesDoNot(t *testing.T) {
	t.Parallel()
	folder := dataFolder(t)

	first := start(t, nil, "--data", folder)
	if len(first.stdout) != 2 {
		t.Fatalf("printed %q", first.stdout)
	}
	link := regexp.MustCompile(`^tandem: set up at (http://127\.0\.0\.1:\d+/setup\?token=[\w-]{43})$`).FindStringSubmatch(first.stdout[0])
	if link == nil || !strings.HasPrefix(link[1], first.address) {
		t.Fatalf("no setup link in %q", first.stdout)
	}
	response, err := first.client.Get(link[1])
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("the setup link answers %s", response.Status)
	}

	// Others reach the running server's database, a second server does not get the folder.
	addAnn(t, nil, "--data", folder)
	refused := tandem(t, nil, "", "--data", folder, "--addr", "127.0.0.1:0")
	if refused.code != exitFailed || !strings.HasPrefix(refused.stderr, "tandem: another tandem is using the data folder "+folder) || refused.stdout != "" {
		t.Errorf("a second server: %+v", refused)
	}

	began := time.Now()
	if code := first.stop(syscall.SIGTERM); code != exitDone || time.Since(began) > 10*time.Second {
		t.Errorf("exit %d after %s:\n%s", code, time.Since(began), first.stderr)
	}
	second := start(t, nil, "serve", "--data", folder)
	if len(second.stdout) != 1 {
		t.Errorf("printed %q", second.stdout)
	}
	second.signIn()
}

func TestServe_SaysGoodbyeToStreamsWhenItStops(t *testing.T) {
	t.Parallel()
	p := start(t, on(furnished(t)))
	p.signIn()
	stream, err := p.client.Get(p.address + "/acme/sync/events")
	if err != nil {
		t.Fatal(err)
	}
	defer stream.Body.Close()
	said := map[string]bool{}
	lines := bufio.NewScanner(stream.Body)
	for lines.Scan() {
		event, found := strings.CutPrefix(lines.Text(), "event: ")
		if !found {
			continue
		}
		said[event] = true
		if event == "hello" {
			if err := p.cmd.Process.Signal(syscall.SIGINT); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !said["hello"] || !said["bye"] {
		t.Errorf("the stream said %v", said)
	}
	if code := p.wait(); code != exitDone {
		t.Errorf("exit %d:\n%s", code, p.stderr)
	}
}

func TestServe_RefusesAPortThatIsTaken(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	p := start(t, on(pool))
	got := tandem(t, on(pool), "", "--addr", strings.TrimPrefix(p.address, "http://"))
	if got.code != exitFailed || !strings.Contains(got.stderr, "--addr") || got.stdout != "" {
		t.Errorf("%+v", got)
	}
}
