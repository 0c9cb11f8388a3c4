package queries

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Pipeline sends generated queries to PostgreSQL in one round trip. Queue them with Ask and Tell, then Send.
// What is sent without begin and commit is one transaction too, which is committed at the end.
// Each query function runs twice: once to learn its SQL and arguments, and again to read its rows.
// A Pipeline is for one goroutine and one Send.
type Pipeline struct {
	queries []func(DBTX) error
}

// Sender is a connection or transaction that a Pipeline can be sent on.
type Sender interface {
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// Ask queues a query. What it points to is filled once Send has returned without an error.
func Ask[T any](p *Pipeline, query func(DBTX) (T, error)) *T {
	answer := new(T)
	p.Tell(func(db DBTX) error {
		rows, err := query(db)
		*answer = rows
		return err
	})
	return answer
}

// Tell queues a statement whose rows do not matter.
func (p *Pipeline) Tell(statement func(DBTX) error) {
	p.queries = append(p.queries, statement)
}

// Run queues a statement that no generated function stands for, such as begin or commit.
func (p *Pipeline) Run(ctx context.Context, sql string) {
	p.Tell(func(db DBTX) error {
		_, err := db.Exec(ctx, sql)
		return err
	})
}

// Send does the round trip. After an error an explicit transaction is left to the caller to roll back.
func (p *Pipeline) Send(ctx context.Context, conn Sender) error {
	var batch pgx.Batch
	for _, query := range p.queries {
		if err := query(recorder{&batch}); !errors.Is(err, errRecorded) {
			return errors.Join(errors.New("a queued query ran no SQL"), err)
		}
	}
	answers := conn.SendBatch(ctx, &batch)
	for _, query := range p.queries {
		if err := query(replayer{answers}); err != nil {
			return errors.Join(err, ignore(answers.Close()))
		}
	}
	return answers.Close()
}

// ignore drops what closing says after a first error, which it only repeats.
func ignore(error) error { return nil }

var errRecorded = errors.New("recorded")

// recorder is the DBTX of the first run: it notes what would be sent.
type recorder struct{ batch *pgx.Batch }

func (r recorder) Exec(_ context.Context, sql string, args ...any) (pgconn.CommandTag, error) {
	r.batch.Queue(sql, args...)
	return pgconn.CommandTag{}, errRecorded
}

func (r recorder) Query(_ context.Context, sql string, args ...any) (pgx.Rows, error) {
	r.batch.Queue(sql, args...)
	return nil, errRecorded
}

func (r recorder) QueryRow(_ context.Context, sql string, args ...any) pgx.Row {
	r.batch.Queue(sql, args...)
	return recordedRow{}
}

type recordedRow struct{}

func (recordedRow) Scan(...any) error { return errRecorded }

// replayer is the DBTX of the second run: it hands out the answers in order.
type replayer struct{ answers pgx.BatchResults }

func (r replayer) Exec(context.Context, string, ...any) (pgconn.CommandTag, error) {
	return r.answers.Exec()
}

func (r replayer) Query(context.Context, string, ...any) (pgx.Rows, error) {
	return r.answers.Query()
}

func (r replayer) QueryRow(context.Context, string, ...any) pgx.Row {
	return r.answers.QueryRow()
}
