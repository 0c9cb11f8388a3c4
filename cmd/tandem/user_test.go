package main

import (
	"strings"
	"testing"

	"tandem/queries/querytest"
	"tandem/sync"
)

func TestUserAdd(t *testing.T) {
	t.Parallel()

	t.Run("the first makes the workspace and ends the setup", func(t *testing.T) {
		t.Parallel()
		pool := furnished(t)
		engine := sync.New(sync.Options{Pool: pool})
		if needed, err := engine.NeedsSetup(t.Context()); err != nil || needed {
			t.Errorf("the setup link is still good: %v", err)
		}
		token, err := engine.SignIn(t.Context(), "ann@example.com", annsPassword, "test", "test")
		if err != nil {
			t.Fatal(err)
		}
		person, err := engine.SignedIn(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		actor, err := engine.ActorIn(t.Context(), "acme", person.ID)
		if err != nil {
			t.Fatal(err)
		}
		acme, err := engine.Look(t.Context(), actor)
		if err != nil {
			t.Fatal(err)
		}
		team, err := acme.TeamByKey("ENG")
		if err != nil || !acme.Admin() || len(acme.Statuses(team.ID)) != 6 || len(acme.Labels(team.ID)) != 3 || len(team.Members) != 1 {
			t.Errorf("%+v, %d statuses, %d labels, %v", team, len(acme.Statuses(team.ID)), len(acme.Labels(team.ID)), err)
		}
	})

	add := func(t *testing.T, env []string, email string, more ...string) answer {
		t.Helper()
		return tandem(t, env, annsPassword+"\r\n", append([]string{"user", "add", email, "--name", "Ben", "--password-stdin"}, more...)...)
	}

	t.Run("a guest joins a team", func(t *testing.T) {
		t.Parallel()
		pool := furnished(t)
		if got := add(t, on(pool), "Ben@Example.com", "--workspace", "acme", "--role", "guest", "--team", "eng"); got.code != exitDone || got.stderr != "" {
			t.Fatalf("%+v", got)
		}
		if n := number(t, pool, "select count(*) from member m join team t on m.id = any(t.members) where m.handle = 'ben' and m.role = 'guest'"); n != 1 {
			t.Errorf("ben is in %d teams", n)
		}
	})

	t.Run("twice is once, and the password stays", func(t *testing.T) {
		t.Parallel()
		pool := furnished(t)
		got := tandem(t, on(pool), "another one\n", "user", "add", "ANN@example.com", "--name", "Other", "--workspace", "acme", "--role", "member", "--password-stdin")
		if got.code != exitDone || !strings.Contains(got.stderr, "has an account already") {
			t.Errorf("%+v", got)
		}
		if n := number(t, pool, "select count(*) from member where role = 'admin'"); n != 1 {
			t.Errorf("%d admins", n)
		}
		if _, err := sync.New(sync.Options{Pool: pool}).SignIn(t.Context(), "ann@example.com", annsPassword, "test", "test"); err != nil {
			t.Error(err)
		}
	})

	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"unknown workspace": {[]string{"ben@example.com", "--workspace", "other", "--role", "member"}, exitFailed, "no workspace other"},
		"unknown team":      {[]string{"ben@example.com", "--workspace", "acme", "--role", "member", "--team", "OPS"}, exitFailed, "no team OPS"},
		"no address":        {[]string{"ben", "--workspace", "acme", "--role", "member"}, exitFailed, "e-mail address"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := add(t, on(furnished(t)), c.args[0], c.args[1:]...)
			if got.code != c.code || !strings.Contains(got.stderr, c.says) {
				t.Errorf("%+v", got)
			}
		})
	}

	t.Run("a short password leaves no workspace behind", func(t *testing.T) {
		t.Parallel()
		pool := querytest.DB(t)
		got := tandem(t, on(pool), "short\n", "user", "add", "ann@example.com", "--name", "Ann", "--workspace", "acme", "--role", "admin", "--password-stdin")
		if got.code != exitFailed || !strings.Contains(got.stderr, "At least 8 characters") {
			t.Errorf("%+v", got)
		}
		if n := number(t, pool, "select count(*) from workspace"); n != 0 {
			t.Errorf("%d workspaces", n)
		}
	})
}
