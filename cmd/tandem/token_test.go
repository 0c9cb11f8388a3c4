package main

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

var tokenLine = regexp.MustCompile(`^tandem_[A-Za-z0-9_-]{43}\n$`)

func TestToken(t *testing.T) {
	t.Parallel()

	t.Run("create prints what opens the workspace, list shows it, revoke ends it", func(t *testing.T) {
		t.Parallel()
		pool := furnished(t)
		made := tandem(t, on(pool), "", "token", "create", "--user", "Ann@example.com", "--workspace", "acme", "--scope", "read", "--name", "nightly export", "--days", "7")
		if made.code != exitDone || !tokenLine.MatchString(made.stdout) || made.stderr != "" {
			t.Fatalf("%+v", made)
		}
		token := sync.Token(strings.TrimSpace(made.stdout))
		grant, err := sync.New(sync.Options{Pool: pool}).Granted(t.Context(), token)
		if err != nil || grant.Slug != "acme" || grant.Person.Email != "ann@example.com" || !grant.ReadOnly {
			t.Errorf("%+v %v", grant, err)
		}
		listed := tandem(t, on(pool), "", "token", "list", "--workspace", "acme", "--user", "ann@example.com")
		week, today := time.Now().UTC().AddDate(0, 0, 7).Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly)
		for _, want := range []string{"nightly export", "ann@example.com", "read", week, today} {
			if !strings.Contains(listed.stdout, want) {
				t.Errorf("%q is not in %s", want, listed.stdout)
			}
		}
		if strings.Contains(listed.stdout, string(token)) {
			t.Error("the list tells the secret")
		}
		id, _, _ := strings.Cut(strings.Split(listed.stdout, "\n")[1], " ")
		if got := tandem(t, on(pool), "", "token", "revoke", id, "--workspace", "acme"); got.code != exitDone || got.stdout != "" {
			t.Errorf("%+v", got)
		}
		if _, err := sync.New(sync.Options{Pool: pool}).Granted(t.Context(), token); err == nil {
			t.Error("it still opens")
		}
		if got := tandem(t, on(pool), "", "token", "revoke", id, "--workspace", "acme"); got.code != exitFailed || !strings.Contains(got.stderr, "no token") {
			t.Errorf("%+v", got)
		}
	})

	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown workspace": {[]string{"create", "--user", "ann@example.com", "--workspace", "other"}, exitFailed, "no workspace other"},
		"unknown person":    {[]string{"create", "--user", "ben@example.com", "--workspace", "acme"}, exitFailed, "nobody has an account"},
		"unknown scope":     {[]string{"create", "--user", "ann@example.com", "--workspace", "acme", "--scope", "all"}, exitMisuse, "--scope"},
		"no day":            {[]string{"create", "--user", "ann@example.com", "--workspace", "acme", "--days", "0"}, exitMisuse, "--days"},
		"days ago":          {[]string{"create", "--user", "ann@example.com", "--workspace", "acme", "--days=-1"}, exitMisuse, "--days"},
		"too many days":     {[]string{"create", "--user", "ann@example.com", "--workspace", "acme", "--days", "36501"}, exitMisuse, "--days"},
		"days that wrap":    {[]string{"create", "--user", "ann@example.com", "--workspace", "acme", "--days", "213504"}, exitMisuse, "--days"},
		"no person":         {[]string{"create", "--workspace", "acme"}, exitMisuse, "--user"},
		"no id":             {[]string{"revoke", "that one", "--workspace", "acme"}, exitMisuse, "no token's id"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tandem(t, on(furnished(t)), "", append([]string{"token"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.stderr, c.says) || got.stdout != "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestToken_MakesNoNewDatabase(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "nowhere")
	for _, args := range [][]string{{"create", "--user", "ann@example.com"}, {"list"}} {
		got := tandem(t, nil, "", append(append([]string{"token"}, args...), "--workspace", "acme", "--data", folder)...)
		if got.code != exitFailed || !strings.Contains(got.stderr, "there is no data in "+folder) {
			t.Errorf("%+v", got)
		}
	}
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// A token that the command revokes, beside the running server, ends its stream and is refused there.
func TestToken_S42_RevokedBesideTheServer(t *testing.T) {
	t.Parallel()
	pool := furnished(t)
	env := on(pool)
	token := strings.TrimSpace(tandem(t, env, "", "token", "create", "--user", "ann@example.com", "--workspace", "acme").stdout)
	server := start(t, env)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ask := func(path string) *http.Response {
		t.Helper()
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, server.address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
		response, err := server.client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	stream := ask("/acme/sync/events")
	if stream.StatusCode != http.StatusOK {
		t.Fatal(stream.Status)
	}
	id, _, _ := strings.Cut(strings.Split(tandem(t, env, "", "token", "list", "--workspace", "acme").stdout, "\n")[1], " ")
	if got := tandem(t, env, "", "token", "revoke", id, "--workspace", "acme"); got.code != exitDone {
		t.Fatalf("%+v", got)
	}
	last := ""
	for line := range linesOf(stream.Body) {
		if strings.HasPrefix(line, "event: ") {
			last = line
		}
	}
	if last != "event: bye" {
		t.Errorf("the stream's last word is %q", last)
	}
	if refused := ask("/acme/sync/pull"); refused.StatusCode != http.StatusUnauthorized {
		t.Error(refused.Status)
	}
}
