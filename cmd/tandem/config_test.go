package main

import (
	"io"
	"strings"
	"testing"
)

func TestRun_ExitCodesAndWhatIsSaid(t *testing.T) {
	t.Parallel()
	nowhere := []string{"DATABASE_URL=postgres://ann:hidden@127.0.0.1:1/tandem"}
	for name, c := range map[string]struct {
		env, args []string
		stdin     string
		code      int
		says      string // on stderr, or on stdout when done
	}{
		"help":                            {args: []string{"--help"}, code: exitDone, says: "import github"},
		"help of a command":               {args: []string{"user", "add", "--help"}, code: exitDone, says: "--password-stdin"},
		"unknown flag":                    {args: []string{"--colour"}, code: exitMisuse, says: "--colour"},
		"unknown command":                 {args: []string{"frobnicate"}, code: exitMisuse, says: "frobnicate"},
		"unknown level from environment":  {env: []string{"TANDEM_LOG_LEVEL=loud"}, code: exitMisuse, says: "--log-level"},
		"rate that is no number":          {env: []string{"TANDEM_RATE=many"}, code: exitMisuse, says: "--rate"},
		"file space below zero":           {args: []string{"--file-space=-1"}, code: exitMisuse, says: "--file-space -1"},
		"rate below zero":                 {args: []string{"--rate=-1"}, code: exitMisuse, says: "--rate -1"},
		"bus that is none":                {args: []string{"--bus", "redis://ann:hidden@127.0.0.1"}, code: exitMisuse, says: "nats://HOST:4222"},
		"bus without a host":              {env: []string{"TANDEM_BUS=nats://"}, args: []string{"migrate"}, code: exitMisuse, says: "--bus"},
		"bus that cannot be read":         {env: []string{"TANDEM_BUS=nats://ann:hidden@[::1"}, code: exitMisuse, says: "--bus"},
		"second bus of another kind":      {args: []string{"--bus", "nats://127.0.0.1,amqp://ann:hidden@127.0.0.1"}, code: exitMisuse, says: "amqp://"},
		"retention that is no time":       {env: []string{"TANDEM_RETENTION=long"}, code: exitMisuse, says: "--retention"},
		"retention below a day":           {args: []string{"--retention=23h"}, code: exitMisuse, says: "at least a day"},
		"retention of no days":            {args: []string{"--retention=0d"}, code: exitMisuse, says: "at least a day"},
		"address of people with a path":   {env: []string{"TANDEM_URL=https://example.com/tandem"}, code: exitMisuse, says: "--url"},
		"address of people without https": {args: []string{"serve", "--url", "example.com"}, code: exitMisuse, says: "--url"},
		"demo for everybody":              {args: []string{"demo", "--addr", "0.0.0.0:0"}, code: exitMisuse, says: "this machine only"},
		"demo for everybody, environment": {env: []string{"TANDEM_ADDR=192.0.2.1:80"}, args: []string{"demo"}, code: exitMisuse, says: "this machine only"},
		"address without a port":          {args: []string{"--addr", "localhost"}, code: exitFailed, says: "--addr"},
		"database unreachable":            {env: nowhere, args: []string{"--addr", "127.0.0.1:0"}, code: exitFailed, says: "cannot be reached"},
		"database unreachable, migrate":   {env: nowhere, args: []string{"migrate"}, code: exitFailed, says: "cannot be reached"},
		"database's URL broken":           {env: []string{"DATABASE_URL=postgres://ann:hidden@[::1"}, args: []string{"migrate"}, code: exitFailed, says: "cannot be read"},
		"flag before environment": {env: []string{"DATABASE_URL=postgres://ann@127.0.0.1:1/fromenv"},
			args: []string{"migrate", "--database", "postgres://ann@127.0.0.1:1/fromflag"}, code: exitFailed, says: "fromflag"},
		"import without a team":         {args: []string{"import", "github", "f", "--workspace", "acme"}, code: exitMisuse, says: "--team"},
		"import without a file":         {args: []string{"import", "github", "--workspace", "acme", "--team", "ENG"}, code: exitMisuse, says: "file"},
		"import into an impossible key": {args: []string{"import", "github", "f", "--workspace", "acme", "--team", "E-1"}, code: exitMisuse, says: "--team E-1"},
		"import of no file":             {args: []string{"import", "github", "/no/such/file", "--workspace", "acme", "--team", "ENG"}, code: exitFailed, says: "/no/such/file"},
		"export of no workspace":        {args: []string{"export", "f.zip"}, code: exitMisuse, says: "--workspace"},
		"workspace of an odd name":      {args: []string{"import", "workspace", "f.zip", "--workspace", "A B"}, code: exitMisuse, says: "--workspace A B"},
		"workspace from no file":        {args: []string{"import", "workspace", "/no/such/file", "--workspace", "acme"}, code: exitFailed, says: "/no/such/file"},
		"user without a password": {args: []string{"user", "add", "a@example.com", "--name", "A", "--workspace", "acme", "--role", "admin"},
			code: exitMisuse, says: "--password-stdin"},
		"user with an empty password": {args: []string{"user", "add", "a@example.com", "--name", "A", "--workspace", "acme", "--role", "admin", "--password-stdin"},
			code: exitMisuse, says: "standard input"},
		"user with an unknown role": {args: []string{"user", "add", "a@example.com", "--name", "A", "--workspace", "acme", "--role", "boss", "--password-stdin"},
			code: exitMisuse, says: "--role"},
		"guest without a team": {args: []string{"user", "add", "a@example.com", "--name", "A", "--workspace", "acme", "--role", "guest", "--password-stdin"},
			stdin: annsPassword, code: exitMisuse, says: "--team"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := tandem(t, c.env, c.stdin, c.args...)
			if got.code != c.code {
				t.Errorf("exit %d, want %d", got.code, c.code)
			}
			if got.code == exitDone {
				if !strings.Contains(got.stdout, c.says) || got.stderr != "" {
					t.Errorf("%+v", got)
				}
				return
			}
			if !strings.Contains(got.stderr, c.says) || got.stdout != "" {
				t.Errorf("%+v", got)
			}
			if strings.Contains(got.stderr, "hidden") {
				t.Errorf("tells the password: %s", got.stderr)
			}
			if last := lastLine(got.stderr); !strings.HasPrefix(last, "tandem: ") {
				t.Errorf("the last line is %q", last)
			}
		})
	}
}

func TestRun_AnUnreachableDatabaseIsOneLine(t *testing.T) {
	t.Parallel()
	got := tandem(t, []string{"DATABASE_URL=postgres://ann@localhost:1/tandem"}, "", "--addr", "127.0.0.1:0")
	if strings.Count(got.stderr, "\n") != 1 || got.code != exitFailed {
		t.Errorf("exit %d: %q", got.code, got.stderr)
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return lines[len(lines)-1]
}

func TestParse_DataFolder(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		env, want string
		args      []string
		given     bool
	}{
		"flag":                      {env: "/env", args: []string{"--data", "/flag"}, want: "/flag", given: true},
		"environment":               {env: "/env", want: "/env", given: true},
		"empty environment is none": {env: "", want: usualFolder(func(string) string { return "" }) + "/tandem"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			getenv := func(name string) string { return map[string]string{"TANDEM_DATA": c.env}[name] }
			got, _, err := parse(c.args, getenv, io.Discard, io.Discard)
			if err != nil || got.Data != c.want || got.dataGiven != c.given {
				t.Errorf("%q, given %t, %v", got.Data, got.dataGiven, err)
			}
		})
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		":8080": "127.0.0.1:8080", "localhost:1": "localhost:1", "[::1]:0": "[::1]:0", "127.0.0.2:0": "127.0.0.2:0",
		"0.0.0.0:80": "", "[::]:80": "", "example.com:80": "", "8080": "",
	} {
		if got, err := loopback(addr); got != want || (err == nil) != (want != "") {
			t.Errorf("%s: %q, %v", addr, got, err)
		}
	}
}
