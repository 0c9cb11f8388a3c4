// Command tandem is a self-hosted issue tracker. Without arguments it serves; `tandem --help` lists the other commands.
//
// main.go runs a command, config.go reads its arguments, and each command has a file of its own. What several of them need is in
// database.go (PostgreSQL, opened and migrated), instance.go (whether it is the same one), bus.go and team.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // teams name time zones, and not every machine has the files

	"golang.org/x/term"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the whole program, and returns its exit code. It stops kindly when ctx ends.
func run(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	switchFault(getenv)
	c, command, err := parse(args, getenv, stdout, stderr)
	if err == nil && command != nil {
		p := &program{config: c, getenv: getenv, stdin: stdin, stdout: stdout, stderr: stderr, logger: newLogger(stderr, c.LogLevel)}
		err = command.run(ctx, p)
	}
	if err == nil {
		return exitDone
	}
	fmt.Fprintf(stderr, "tandem: %v\n", err)
	if _, misused := errors.AsType[misuse](err); misused {
		return exitMisuse
	}
	return exitFailed
}

// program is what every command works with.
type program struct {
	config
	getenv         func(string) string
	stdin          io.Reader
	stdout, stderr io.Writer
	logger         *slog.Logger
}

// command is one of the program's.
type command interface {
	run(ctx context.Context, p *program) error
}

// misuse is an error of whoever typed the command.
type misuse struct{ text string }

func (m misuse) Error() string { return m.text }

// newLogger writes JSON for machines, plain lines for people.
func newLogger(to io.Writer, level string) *slog.Logger {
	var threshold slog.LevelVar
	_ = threshold.UnmarshalText([]byte(level)) // parse has checked it
	options := &slog.HandlerOptions{Level: &threshold}
	if isTerminal(to) {
		return slog.New(slog.NewTextHandler(to, options))
	}
	return slog.New(slog.NewJSONHandler(to, options))
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
