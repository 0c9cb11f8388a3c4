//go:build engines

package engines

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// browser is a running browser with a profile of its own, and what it says of its pages.
type browser struct {
	wire        wire
	complaint   *regexp.Regexp // finds a page's errors in what the browser says
	mute        bool           // it does not say them itself: see window.hears
	programs    []*exec.Cmd
	environment []string

	mu   sync.Mutex
	said bytes.Buffer
}

// engines start a browser.
var engines = map[string]func(b *browser, folder string) error{"firefox": startFirefox, "webkit": startWebKit}

func startBrowser(t *testing.T, engine string) *browser {
	t.Helper()
	start := engines[engine]
	if start == nil {
		t.Fatalf("there is no engine %q", engine)
	}
	b := &browser{environment: os.Environ()}
	t.Cleanup(b.end)
	folder, err := os.MkdirTemp(bench.folder, engine+"-")
	if err != nil {
		t.Fatal(err)
	}
	if err := start(b, folder); err != nil {
		t.Fatalf("start %s: %v\n%s", engine, err, b.log())
	}
	if err := b.wire.call("SetTimeouts", map[string]int{"script": 40_000, "pageLoad": 40_000}, nil); err != nil {
		t.Fatal(err)
	}
	if err := b.wire.call("SetWindowRect", map[string]int{"width": 1280, "height": 900}, nil); err != nil {
		t.Fatal(err)
	}
	return b
}

// startFirefox needs no driver program: what geckodriver speaks to is in the browser.
func startFirefox(b *browser, folder string) error {
	settings := strings.Join([]string{
		`user_pref("marionette.port", 0);`,
		`user_pref("devtools.console.stdout.content", true);`,
		`user_pref("services.settings.server", "data:,#none");`, // its own errands, and what it says when they fail
		`user_pref("messaging-system.rsexperimentloader.enabled", false);`,
		`user_pref("datareporting.policy.dataSubmissionEnabled", false);`,
	}, "\n")
	if err := os.WriteFile(filepath.Join(folder, "user.js"), []byte(settings), 0o600); err != nil {
		return err
	}
	// A page's error stands in the log with its address; the browser's own are of no interest.
	b.complaint = regexp.MustCompile(`(?m)^(JavaScript error: https?://.*|console\.error: .*)$`)
	if err := b.run("firefox-esr", "--headless", "--marionette", "--no-remote", "--profile", folder, "about:blank"); err != nil {
		return err
	}
	var port []byte
	err := poll(longest, func() (err error) {
		port, err = os.ReadFile(filepath.Join(folder, "MarionetteActivePort"))
		if err == nil && len(port) == 0 {
			return errors.New("an empty port")
		}
		return err
	})
	if err != nil {
		return err
	}
	m, err := dialMarionette(string(port))
	if err != nil {
		return err
	}
	b.wire = m
	return m.call("NewSession", map[string]any{"strictFileInteractability": false}, nil)
}

// miniBrowsers is where WebKitGTK's own small browser lies, which the package of the driver brings along.
const miniBrowsers = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"

// startWebKit gives the browser a screen of its own, since it has no headless mode.
func startWebKit(b *browser, folder string) error {
	found, err := filepath.Glob(miniBrowsers)
	if err != nil || len(found) == 0 {
		return fmt.Errorf("no %s: install webkit2gtk-driver", miniBrowsers)
	}
	display, err := b.screen()
	if err != nil {
		return err
	}
	port, err := freePort()
	if err != nil {
		return err
	}
	b.environment = append(b.environment, "DISPLAY="+display, "GDK_BACKEND=x11", "LIBGL_ALWAYS_SOFTWARE=1", "HOME="+folder,
		"XDG_CACHE_HOME="+folder, "XDG_DATA_HOME="+folder, "XDG_CONFIG_HOME="+folder)
	b.complaint, b.mute = regexp.MustCompile(`(?m)^page: .*$`), true
	if err := b.run("WebKitWebDriver", "--port="+port); err != nil {
		return err
	}
	w := &httpWire{driver: "http://127.0.0.1:" + port}
	b.wire = w
	err = poll(longest, func() error {
		answer, err := http.Get(w.driver + "/status")
		if err == nil {
			answer.Body.Close()
		}
		return err
	})
	if err != nil {
		return err
	}
	options := map[string]any{"binary": found[len(found)-1], "args": []string{"--automation"}}
	return w.call("NewSession", map[string]any{"capabilities": map[string]any{"alwaysMatch": map[string]any{"webkitgtk:browserOptions": options}}}, nil)
}

// screen starts an X server and tells its display.
func (b *browser) screen() (string, error) {
	number, told, err := os.Pipe()
	if err != nil {
		return "", err
	}
	defer number.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{told}
	err = b.begin(x)
	told.Close()
	if err != nil {
		return "", err
	}
	line, err := bufio.NewReader(number).ReadString('\n')
	return ":" + strings.TrimSpace(line), err
}

func (b *browser) run(name string, args ...string) error { return b.begin(exec.Command(name, args...)) }

// begin starts a program in a group of its own, so that its children end with it.
func (b *browser) begin(program *exec.Cmd) error {
	program.Env, program.Stdout, program.Stderr = b.environment, b, b
	program.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := program.Start(); err != nil {
		return err
	}
	b.programs = append(b.programs, program)
	return nil
}

func (b *browser) end() {
	if b.wire != nil {
		b.wire.close()
	}
	for i := len(b.programs) - 1; i >= 0; i-- {
		program := b.programs[i]
		_ = syscall.Kill(-program.Process.Pid, syscall.SIGKILL)
		_ = program.Wait()
	}
}

// Write takes what the browser says.
func (b *browser) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.said.Write(text)
}

func (b *browser) log() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.said.String()
}

func freePort() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	return port, err
}

// poll tries again until it works: another process's state is not told, only seen.
func poll(limit time.Duration, try func() error) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(limit); ; {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-end:
			return err
		}
	}
}
