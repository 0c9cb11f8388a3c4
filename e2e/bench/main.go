//go:build linux

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"time"
)

// options are what the command line says.
type options struct {
	rounds   int
	seconds  float64
	only     []string
	folder   string
	markdown bool
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if err != nil {
		os.Exit(2)
	}
	if err := run(ctx, o, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func parse(args []string, out io.Writer) (o options, err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(out)
	flags.IntVar(&o.rounds, "rounds", 3, "how often each side runs, in turn")
	flags.Float64Var(&o.seconds, "seconds", 4, "how long each load of writes lasts")
	only := flags.String("only", "", "measures to take, separated by commas: "+strings.Join(names(measures()), ", ")+"; empty is all")
	flags.StringVar(&o.folder, "folder", "", "where to put the database; empty is a temporary folder")
	flags.BoolVar(&o.markdown, "markdown", false, "print the table as Markdown")
	if err := flags.Parse(args); err != nil {
		return o, err
	}
	if *only != "" {
		o.only = strings.Split(*only, ",")
	}
	for _, name := range o.only {
		if !slices.Contains(names(measures()), name) {
			fmt.Fprintf(out, "bench: there is no measure %q\n", name)
			return o, flag.ErrHelp
		}
	}
	return o, nil
}

// measure is one thing to measure, on each side in turn.
type measure struct {
	name string
	take func(b *bench, ctx context.Context, s side) error // a method of bench
}

func measures() []measure {
	return []measure{
		{"write", (*bench).writeAlone},
		{"bump", (*bench).bumpOne},
		{"hot", (*bench).writeHot},
		{"spread", (*bench).writeSpread},
		{"fan", (*bench).fanOut},
		{"hold", (*bench).hold},
		{"stall", (*bench).stall},
		{"fragment", (*bench).refetch},
		{"readers", (*bench).readers},
	}
}

func names(of []measure) (all []string) {
	for _, m := range of {
		all = append(all, m.name)
	}
	return all
}

// bench is one run of the command.
type bench struct {
	options
	cluster *cluster
	sides   []side
	table   *table
	pgbench *pgbench // nil until it is needed
	log     io.Writer
}

func run(ctx context.Context, o options, out, log io.Writer) error {
	if err := raiseFileLimit(); err != nil {
		return err
	}
	folder, remove, err := workFolder(o.folder)
	if err != nil {
		return err
	}
	defer remove()
	b := &bench{options: o, table: newTable(), log: log}
	defer b.stop()
	if err := b.start(ctx, folder); err != nil {
		return err
	}
	if err := b.settle(ctx); err != nil {
		return err
	}
	if err := b.measureAll(ctx); err != nil {
		return err
	}
	return b.table.print(out, b.machine(), o.markdown)
}

func (b *bench) start(ctx context.Context, folder string) (err error) {
	b.say("building")
	if err := build(ctx, folder); err != nil {
		return err
	}
	b.say("starting PostgreSQL and both sides")
	if b.cluster, err = startCluster(ctx, folder); err != nil {
		return err
	}
	for _, start := range []func(context.Context, *cluster, string) (side, error){startTandem, startLimit} {
		s, err := start(ctx, b.cluster, folder)
		if err != nil {
			return err
		}
		b.sides = append(b.sides, s)
	}
	return nil
}

func (b *bench) stop() {
	for _, s := range b.sides {
		s.server().stop()
	}
	if b.cluster != nil {
		b.cluster.stop()
	}
}

// settle gives PostgreSQL something to plan by: it would scan the logs, which were empty when it first looked.
func (b *bench) settle(ctx context.Context) error {
	for _, s := range b.sides {
		if _, err := b.loadOf(ctx, s, 1, writers); err != nil {
			return fmt.Errorf("first writes of %s: %w", s.name(), err)
		}
		if err := b.cluster.exec(ctx, s.database(), "vacuum analyze"); err != nil {
			return err
		}
	}
	return nil
}

// measureAll takes the sides in turn, so that what else the machine does falls on both.
func (b *bench) measureAll(ctx context.Context) error {
	before, err := b.usage()
	if err != nil {
		return err
	}
	for _, m := range measures() {
		if len(b.only) > 0 && !slices.Contains(b.only, m.name) {
			continue
		}
		for round := range b.rounds {
			for _, s := range b.sides {
				b.say("%s, round %d of %d: %s", m.name, round+1, b.rounds, s.name())
				if err := m.take(b, ctx, s); err != nil {
					return fmt.Errorf("%s of %s: %w", m.name, s.name(), err)
				}
			}
		}
	}
	after, err := b.usage()
	if err == nil {
		b.table.note(fmt.Sprintf("Meanwhile others used %.0f %% of the machine's CPU.", after.others(before, runtime.NumCPU())))
	}
	return err
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.log, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}
