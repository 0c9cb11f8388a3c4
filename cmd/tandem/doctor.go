package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"tandem/migrations"
	"tandem/queries"
	"tandem/sync"
)

// run looks at everything, whatever it finds on the way, and fails when something is wrong.
func (c *doctorCommand) run(ctx context.Context, p *program) error {
	db, err := existingDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	exam := &exam{program: p, database: db, queries: queries.New()}
	checks := []func(context.Context) error{exam.schema, exam.server, exam.cluster, exam.heads, exam.folder}
	if c.Deep {
		checks = append(checks, exam.deep)
	}
	for _, check := range checks {
		if err := check(ctx); err != nil {
			return fmt.Errorf("doctor: %w", err)
		}
	}
	if exam.found > 0 {
		return fmt.Errorf("wrong: %d, named above", exam.found)
	}
	return nil
}

// exam prints a line for each thing that it looks at.
type exam struct {
	*program
	database *database
	queries  *queries.Queries
	outdated bool // the tables are not those of this build: what reads them is left out
	found    int
}

func (e *exam) fine(format string, args ...any) {
	fmt.Fprintf(e.stdout, "ok     "+format+"\n", args...)
}

func (e *exam) wrong(format string, args ...any) {
	e.found++
	fmt.Fprintf(e.stdout, "wrong  "+format+"\n", args...)
}

// expect is wrong unless a thing holds.
func (e *exam) expect(holds bool, fine, wrong string) {
	if holds {
		e.fine("%s", fine)
		return
	}
	e.wrong("%s", wrong)
}

func (e *exam) schema(ctx context.Context) error {
	newest, err := migrations.Newest()
	if err != nil {
		return err
	}
	tables, err := e.queries.ListTables(ctx, e.database.pool)
	if err != nil {
		return err
	}
	if e.outdated = len(tables) == 0; e.outdated {
		e.wrong("the database has no tables: `tandem migrate` makes them")
		return nil
	}
	version, err := queries.SchemaVersion(ctx, e.database.pool)
	if err != nil {
		return err
	}
	e.outdated = version != newest
	switch {
	case version < newest:
		e.wrong("the schema is %d, this build needs %d: `tandem migrate` brings it there", version, newest)
	case version > newest:
		e.wrong("the schema is %d, newer than the %d of this build: use the newer build", version, newest)
	default:
		e.fine("the schema is %d, as this build's", version)
	}
	return nil
}

// clockPatience is how far the clocks of the program and of PostgreSQL may be apart.
const clockPatience = 5 * time.Second

func (e *exam) server(ctx context.Context) error {
	asked := time.Now()
	state, err := e.queries.GetServerState(ctx, e.database.pool)
	if err != nil {
		return err
	}
	apart := state.At.Sub(asked.Add(time.Since(asked) / 2)).Abs()
	e.fine("PostgreSQL %s, encoding %s", state.ServerVersion, state.ServerEncoding)
	for _, setting := range [][2]string{{"fsync", state.Fsync}, {"full_page_writes", state.FullPageWrites}, {"synchronous_commit", state.SynchronousCommit}} {
		e.expect(setting[1] != "off", setting[0]+" is "+setting[1], setting[0]+" is off: what was acknowledged can be lost with the power; turn it on in postgresql.conf")
	}
	e.expect(state.Autovacuum == "on", "autovacuum is on", "autovacuum is off: the tables grow without end; turn it on in postgresql.conf")
	e.expect(!state.ReadOnly && !state.Standby, "the database can be written to", "the database is read-only, or a standby: name the primary in DATABASE_URL")
	e.expect(apart < clockPatience, fmt.Sprintf("the clocks are %s apart", apart.Round(time.Millisecond)),
		fmt.Sprintf("the clocks of this machine and of PostgreSQL are %s apart: set both by a time server", apart.Round(time.Second)))
	return nil
}

func (e *exam) cluster(ctx context.Context) error {
	if e.outdated {
		return nil
	}
	known, err := e.queries.GetInstance(ctx, e.database.pool)
	if err != nil {
		return err
	}
	cluster, err := e.queries.GetCluster(ctx, e.database.pool)
	if err != nil {
		return err
	}
	e.expect(known.SystemIdentifier == cluster.SystemIdentifier && known.Timeline == cluster.Timeline, "the data lies in the cluster that it was written in",
		"the data lies in another cluster than it was written in: the next start begins a new epoch, and every client a fresh copy")
	return nil
}

func (e *exam) heads(ctx context.Context) error {
	if e.outdated {
		return nil
	}
	workspaces, err := e.queries.ListQuickStates(ctx, e.database.pool)
	for _, w := range workspaces {
		switch {
		case w.Known > w.Head || w.Floor > w.Head:
			e.wrong("%s: the log ends at V %d, but V %d was given out: restore a backup, and run doctor --deep to see what is missing", w.Slug, w.Head, max(w.Known, w.Floor))
		case !w.Lockable:
			e.wrong("%s: its row in workspace_lock is gone, nobody can write", w.Slug)
		case time.Until(w.WrittenAt) > time.Minute:
			e.wrong("%s: its last change was written at %s, in the future: PostgreSQL's clock was set back", w.Slug, w.WrittenAt.UTC().Format(time.RFC3339))
		default:
			e.fine("%s: the log reaches from V %d to %d", w.Slug, w.Floor, w.Head)
		}
	}
	return err
}

// folder finds a full or read-only disk below the embedded server.
func (e *exam) folder(context.Context) error {
	if e.Database != "" {
		return nil
	}
	if err := tryToWrite(e.Data); err != nil {
		e.wrong("the data folder %s cannot be written to: %v", e.Data, err)
		return nil
	}
	e.fine("the data folder %s can be written to", e.Data)
	return nil
}

func tryToWrite(folder string) error {
	file, err := os.CreateTemp(folder, ".doctor-*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	_, err = file.Write(make([]byte, 1<<20))
	return errors.Join(err, file.Sync())
}

func (e *exam) deep(ctx context.Context) error {
	if e.outdated {
		return errors.New("--deep reads the tables of this build's schema only")
	}
	engine := newEngine(e.program, e.database)
	defer engine.Stop()
	return engine.Verify(ctx, func(verdict sync.Verdict) {
		if verdict.First == nil {
			e.fine("%s: %d entries of the log give the %d records of the tables", verdict.Slug, verdict.Entries, verdict.Records)
			return
		}
		e.wrong("%s: %s", verdict.Slug, verdict.First)
		if verdict.Flaws > 1 {
			fmt.Fprintf(e.stdout, "       and %d more differences\n", verdict.Flaws-1)
		}
	})
}
