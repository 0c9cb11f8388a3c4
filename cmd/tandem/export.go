package main

import (
	"bufio"
	"context"
	"fmt"
	"io"

	"tandem/handlers"
	"tandem/sync"
)

// run writes the file as a backup is written: aside, and renamed when it is whole.
func (c *exportCommand) run(ctx context.Context, p *program) error {
	if err := thereIsData(p); err != nil {
		return err
	}
	db, err := sharedDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	engine := newEngine(p, db)
	defer engine.Stop()
	workspace, err := engine.WorkspaceBySlug(ctx, c.Workspace)
	if isNotFound(err) {
		return fmt.Errorf("there is no workspace %s: name one that exists", c.Workspace)
	}
	if err != nil {
		return err
	}
	program, _ := sync.Program(workspace)
	write := func(to io.Writer) error { return writeArchive(ctx, engine, program, to) }
	if c.File == "-" {
		err = write(p.stdout)
	} else {
		err = writeAside(c.path(), write)
	}
	if err != nil {
		return fmt.Errorf("export: %w", readable(err))
	}
	fmt.Fprintf(p.stderr, "tandem: exported %s\n", c.Workspace)
	return nil
}

// path is the file to write.
func (c *exportCommand) path() string {
	if c.File == "" {
		return c.Workspace + ".zip"
	}
	return c.File
}

func writeArchive(ctx context.Context, engine *sync.Engine, actor sync.Actor, to io.Writer) error {
	buffered := bufio.NewWriter(to)
	err := engine.Archive(ctx, actor, func(archive *sync.Archive) error { return handlers.WriteArchive(ctx, archive, buffered) })
	if err != nil {
		return err
	}
	return buffered.Flush()
}
