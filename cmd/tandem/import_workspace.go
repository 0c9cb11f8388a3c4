package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
	"tandem/sync"
)

// run brings a workspace back. The file is read through before anything is made, and what is made has ids that follow from the file: broken
// off, it goes on when it is done again.
func (c *importWorkspaceCommand) run(ctx context.Context, p *program) error {
	if sync.WorkspaceSlug(c.Workspace) != c.Workspace {
		return misuse{fmt.Sprintf("--workspace %s: use two to 31 small letters, digits or dashes, a letter first", c.Workspace)}
	}
	file, err := openArchive(c.File)
	if err != nil {
		return err
	}
	defer file.close()
	db, err := sharedDatabase(ctx, p)
	if err != nil {
		return err
	}
	defer db.close(p)
	engine := newEngine(p, db)
	defer engine.Stop()
	r := &revival{program: p, database: db, engine: engine, file: file, slug: c.Workspace, workspace: file.workspace.Record.ID()}
	if err := r.adopt(ctx); err != nil {
		return err
	}
	var finish func()
	r.advance, finish = progress(p.stderr, file.total())
	err = r.perform(ctx)
	finish()
	if err != nil {
		return fmt.Errorf("the import was broken off, do it again to go on: %w", readable(err))
	}
	fmt.Fprintf(p.stderr, "imported %s of %s, %s\n", count(file.counts["issue"], "issue"), count(file.counts["team"], "team"), count(file.counts["attachment"], "file"))
	fmt.Fprintf(p.stderr, "nobody can sign in to %s yet: let somebody in by `tandem user add EMAIL --name NAME --workspace %s --role admin --password-stdin`, "+
		"with the address that they had there\n", c.Workspace, c.Workspace)
	return nil
}

// revival is a workspace on its way back.
type revival struct {
	*program
	database  *database
	engine    *sync.Engine
	file      *archiveFile
	slug      string
	workspace uuid.UUID

	waiting []sync.Transaction
	bytes   int
	advance func(records int)
}

// adopt makes the workspace, or finds it as an earlier try with the same file has left it.
func (r *revival) adopt(ctx context.Context) error {
	made, err := r.engine.AdoptWorkspace(ctx, r.file.workspace, r.slug)
	if err != nil || made {
		return readable(err)
	}
	bounds, err := queries.New().GetLogBounds(ctx, r.database.pool, r.workspace)
	if err != nil {
		return err
	}
	begun, err := queries.New().ListResultsByTransaction(ctx, r.database.pool, queries.ListResultsByTransactionParams{
		WorkspaceID: r.workspace, TransactionIDs: []uuid.UUID{r.id(firstPart)}})
	if err == nil && bounds.Head > 0 && len(begun) == 0 {
		err = fmt.Errorf("the workspace %s is here already, and not from this file: bring it back into another database", r.slug)
	}
	return err
}

// The first transaction of an import makes what all others refer to, at once: a running server that saw a team without its cycles would make
// some itself.
const firstPart = "vocabulary"

// together are the kinds that it makes. The others follow one after the other, bit by bit.
func together(kind string) bool {
	return slices.Contains([]string{"member", "team", "status", "label", "project", "milestone", "cycle", "template"}, kind)
}

// id follows from the file, so that doing it again is a replay.
func (r *revival) id(part string) uuid.UUID {
	return sync.Derive(r.workspace, "import workspace", r.file.digest, part)
}

func (r *revival) perform(ctx context.Context) error {
	var vocabulary []sync.Operation
	for _, kind := range r.file.kinds {
		if !together(kind) {
			continue
		}
		err := r.file.each(kind, func(record sync.SavedRecord) error {
			vocabulary = append(vocabulary, bring(record))
			return nil
		})
		if err != nil {
			return err
		}
	}
	if len(vocabulary) > 0 {
		if err := r.send(ctx, sync.Transaction{ID: r.id(firstPart), Label: "Import", Ops: vocabulary}); err != nil {
			return err
		}
	}
	for _, kind := range r.file.kinds {
		if together(kind) {
			continue
		}
		if err := r.stream(ctx, kind); err != nil {
			return err
		}
	}
	return r.engine.Arrived(ctx, r.workspace)
}

// stream brings the records of a kind, parents before their children: the file has them in the order of their ids.
func (r *revival) stream(ctx context.Context, kind string) error {
	for level := 0; level <= r.file.deepest[kind]; level++ {
		var ops []sync.Operation
		part := func() sync.Transaction {
			whole := sync.Transaction{ID: r.id(string(ops[0].Record)), Label: "Import", Ops: ops}
			ops = nil
			return whole
		}
		err := r.file.each(kind, func(record sync.SavedRecord) error {
			if r.file.level(record.Record) != level {
				return nil
			}
			if kind == "attachment" {
				if err := r.bringFile(ctx, record); err != nil {
					return err
				}
			}
			ops = append(ops, bring(record))
			r.bytes += len(text(record, "description")) + len(text(record, "body"))
			if len(ops) < commentsAtOnce && r.bytes < longestBatchBytes {
				return nil
			}
			return r.queue(ctx, part())
		})
		if err == nil && len(ops) > 0 {
			err = r.queue(ctx, part())
		}
		if err == nil {
			err = r.flush(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func bring(record sync.SavedRecord) sync.Operation {
	return sync.Operation{Op: sync.Bring, Record: record.Record, Set: record.Fields}
}

// queue gathers transactions for a few commits together.
func (r *revival) queue(ctx context.Context, transaction sync.Transaction) error {
	r.waiting = append(r.waiting, transaction)
	if len(r.waiting) < 16 && r.bytes < longestBatchBytes {
		return nil
	}
	return r.flush(ctx)
}

func (r *revival) flush(ctx context.Context) error {
	waiting := r.waiting
	r.waiting, r.bytes = nil, 0
	return r.send(ctx, waiting...)
}

func (r *revival) send(ctx context.Context, transactions ...sync.Transaction) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := asProgram(ctx, r.engine, r.workspace, transactions...); err != nil {
		return err
	}
	for _, transaction := range transactions {
		r.advance(len(transaction.Ops))
	}
	return nil
}

func (r *revival) bringFile(ctx context.Context, attachment sync.SavedRecord) error {
	content, err := r.file.attachment(attachment)
	if err != nil {
		return err
	}
	id, err := uuid.Parse(text(attachment, "file"))
	if err != nil {
		return errors.New("an attachment names no file")
	}
	width, _ := attachment.Fields["width"].(float64)
	height, _ := attachment.Fields["height"].(float64)
	return r.engine.BringFile(ctx, r.workspace, id, sync.NewFile{Content: content, Type: text(attachment, "type"), Width: int(width), Height: int(height)})
}

func text(record sync.SavedRecord, field string) string {
	s, _ := record.Fields[field].(string)
	return s
}
