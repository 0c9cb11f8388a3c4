package nemesis

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"
)

// logged is one entry of the change log, as SQL shows it.
type logged struct {
	Version       int64
	Ordinal       int
	Kind          string
	Record        uuid.UUID `db:"record_id"`
	Op            string
	Before, After map[string]any
	Client        *uuid.UUID `db:"client_id"`
	Transaction   uuid.UUID  `db:"transaction_id"`
}

func (l logged) ref() string { return l.Kind + ":" + l.Record.String() }

// stored is a result that the database keeps.
type stored struct {
	Transaction uuid.UUID `db:"transaction_id"`
	Client      uuid.UUID `db:"client_id"`
	Status      string
	Version     int64
	Changed     bool
}

// evidence is what the database holds of a round.
type evidence struct {
	base, head int64
	log        []logged
	results    []stored
}

// gather reads past all faults and past the program.
func (r *round) gather(ctx context.Context) (e evidence, err error) {
	conn, err := pgx.Connect(ctx, r.cluster.url())
	if err != nil {
		return e, err
	}
	defer conn.Close(ctx)
	pgxuuid.Register(conn.TypeMap())
	if err := conn.QueryRow(ctx, "select base_version from workspace where id = $1", r.world.id).Scan(&e.base); err != nil {
		return e, err
	}
	rows, _ := conn.Query(ctx, `select version, ordinal, kind, record_id, op, before, after, client_id, transaction_id
		from change where workspace_id = $1 order by version, ordinal`, r.world.id)
	if e.log, err = pgx.CollectRows(rows, pgx.RowToStructByName[logged]); err != nil {
		return e, err
	}
	rows, _ = conn.Query(ctx, "select transaction_id, client_id, status, version, changed from result where workspace_id = $1", r.world.id)
	e.results, err = pgx.CollectRows(rows, pgx.RowToStructByName[stored])
	if len(e.log) > 0 {
		e.head = e.log[len(e.log)-1].Version
	}
	return e, err
}

// folded is a record as the log makes it.
type folded struct {
	version int64
	deleted bool
	fields  map[string]any
}

// fold is the state that the log leads to.
type fold map[string]*folded

// apply takes one entry, and says what is wrong with it: what it says was before must have been.
func (f fold) apply(l logged) error {
	now := f[l.ref()]
	switch {
	case l.Op == "create" && now != nil:
		return fmt.Errorf("%s was created twice, at %d and at %d", l.ref(), now.version, l.Version)
	case l.Op == "create":
		now = &folded{fields: map[string]any{}}
		f[l.ref()] = now
	case now == nil:
		return fmt.Errorf("%s was changed at %d before it was created", l.ref(), l.Version)
	}
	for name, was := range l.Before {
		if !reflect.DeepEqual(now.fields[name], was) {
			return fmt.Errorf("%s.%s was %v, and is said at %d to have been %v", l.ref(), name, now.fields[name], l.Version, was)
		}
	}
	for name, is := range l.After {
		now.fields[name] = is
	}
	now.version = l.Version
	now.deleted = l.Op == "delete" || now.deleted && l.Op != "restore"
	return nil
}

// holds tells whether a live record's field has a value, of whatever Go type the value is.
func (f fold) holds(ref, field string, value any) bool {
	record := f[ref]
	return record != nil && reflect.DeepEqual(record.fields[field], plain(value))
}

func (f fold) contains(ref, field, member string) bool {
	set, _ := f[ref].fields[field].([]any)
	return slices.Contains(set, any(member))
}

// plain is a value as JSON reads it back.
func plain(value any) (read any) {
	raw, err := json.Marshal(value)
	if err == nil {
		err = json.Unmarshal(raw, &read)
	}
	if err != nil {
		panic(err)
	}
	return read
}

// sessions are what PostgreSQL is doing, for a round that hangs.
func (r *round) sessions(ctx context.Context) string {
	conn, err := pgx.Connect(ctx, r.cluster.url())
	if err != nil {
		return err.Error()
	}
	defer conn.Close(ctx)
	rows, _ := conn.Query(ctx, `select concat_ws(' ', pid, state, wait_event_type, wait_event, now() - xact_start, 'blocked by', pg_blocking_pids(pid), left(query, 100))
		from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and (state <> 'idle' or query like 'listen%')`)
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err.Error()
	}
	return "      " + strings.Join(lines, "\n      ")
}
