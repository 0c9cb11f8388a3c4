//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// pgbench sends the statements of Tandem's writes, as recorded from one of them, with nothing between them and PostgreSQL, and
// in the same round trips. It has about as many connections as Tandem, each of which goes round four workspaces of its own:
// 64 would be slower, and most of what they did in a few seconds would be planning.
type pgbench struct {
	program string
	script  string
	address string
	issue   string // the record that each client writes
	rounds  int
}

const (
	pgbenchDatabase = "pgbench"
	pgbenchClients  = 16
	eachClient      = workspaces / pgbenchClients
	far             = 1000000 // how far the recorded versions lie from other numbers, and the rounds from each other
)

// findPgbench returns "" when it is not installed.
func findPgbench() string {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench") // the pattern is well formed
	if len(found) == 0 {
		return ""
	}
	return found[len(found)-1]
}

// newPgbench copies the database of Tandem, lets a second Tandem write there, and makes a script of what it sent.
func (b *bench) newPgbench(ctx context.Context, s *tandemSide) (*pgbench, error) {
	p := &pgbench{program: findPgbench(), address: b.cluster.server.URLFor(pgbenchDatabase)}
	if p.program == "" {
		return nil, nil
	}
	s.program.stop() // nobody may be connected to what is copied
	err := b.cluster.exec(ctx, "postgres", "create database "+pgbenchDatabase+" template "+s.database())
	if err := errors.Join(err, s.program.start()); err != nil {
		return nil, err
	}
	if err := b.cluster.exec(ctx, pgbenchDatabase, "update change set version = version + $1", far); err != nil {
		return nil, err
	}
	if err := b.cluster.exec(ctx, pgbenchDatabase, "update workspace set epoch = (select epoch from workspace where slug = $1)", slug(0)); err != nil {
		return nil, err // the recorded one is in the script
	}
	script, err := b.recordWrite(ctx, s, p)
	if err != nil {
		return nil, fmt.Errorf("record a write: %w", err)
	}
	p.script = filepath.Join(filepath.Dir(s.program.log), "write.pgbench")
	return p, os.WriteFile(p.script, []byte(script), 0o600)
}

func (b *bench) recordWrite(ctx context.Context, s *tandemSide, p *pgbench) (script string, err error) {
	err = b.recorded(s, pgbenchDatabase, func(second *tandemSide, r *recorder) error {
		w, err := newWriter(second, 0, 0)
		if err != nil {
			return err
		}
		defer w.close()
		var base int64
		for range 8 { // the first prepare their statements
			base = w.version
			if err := w.write(); err != nil {
				return err
			}
		}
		_, p.issue, _ = strings.Cut(w.record, ":")
		script, err = b.scriptOf(ctx, r.lastTransaction(), base, w)
		return err
	})
	return script, err
}

// scriptOf makes variables of what differs from write to write.
func (b *bench) scriptOf(ctx context.Context, trips []trip, base int64, w *writer) (script string, err error) {
	if len(trips) == 0 {
		return "", errors.New("no transaction was seen")
	}
	err = b.cluster.with(ctx, pgbenchDatabase, func(conn *pgx.Conn) error {
		var workspace string
		if err := conn.QueryRow(ctx, "select id::text from workspace where slug = $1", slug(0)).Scan(&workspace); err != nil {
			return err
		}
		t := translator{conn: conn, variables: []variable{
			{regexp.MustCompile(regexp.QuoteMeta(workspace)), "@workspace", "('00000000-0000-7000-8000-' || lpad(to_hex((:workspace)::integer), 12, '0'))"},
			{regexp.MustCompile(regexp.QuoteMeta(w.transaction)), "@transaction", "md5((:client_id)::text || ' ' || (:v)::text)::uuid::text"},
			{regexp.MustCompile(fmt.Sprintf(`\b%d\b`, w.version)), "@version", "(:v)::text"},
			{regexp.MustCompile(fmt.Sprintf(`\b%d\b`, base)), "@base", fmt.Sprintf("((:v)::bigint - %d)::text", eachClient)},
		}}
		script, err = t.script(ctx, trips)
		return err
	})
	return script, err
}

// variable is a text in a recorded value, what marks its place, and the expression that stands for it.
type variable struct {
	text       *regexp.Regexp
	mark       string
	expression string
}

type translator struct {
	conn      *pgx.Conn
	variables []variable
}

func (t *translator) script(ctx context.Context, trips []trip) (string, error) {
	var script strings.Builder
	fmt.Fprintf(&script, "\\set v :v + 1\n\\set workspace 1 + :client_id + %d * (:v %% %d)\n", pgbenchClients, eachClient)
	for _, trip := range trips {
		script.WriteString("\\startpipeline\n")
		for _, s := range trip.statements {
			sql, err := t.sql(ctx, s)
			if err != nil {
				return "", fmt.Errorf("%s: %w", s.sql, err)
			}
			script.WriteString(sql + ";\n")
		}
		script.WriteString("\\endpipeline\n")
	}
	return script.String(), nil
}

var (
	placeholder = regexp.MustCompile(`\$(\d+)`)
	lineComment = regexp.MustCompile(`(?m)--.*$`)
)

// sql is a recorded statement with its values in it.
func (t *translator) sql(ctx context.Context, s statement) (string, error) {
	described, err := t.conn.Prepare(ctx, "", s.sql)
	if err != nil {
		return "", err
	}
	values := make([]string, len(s.values))
	for i, raw := range s.values {
		format := int16(pgtype.TextFormatCode)
		if len(s.formats) > 0 {
			format = s.formats[min(i, len(s.formats)-1)]
		}
		if values[i], err = t.value(ctx, described.ParamOIDs[i], format, raw); err != nil {
			return "", err
		}
	}
	return placeholder.ReplaceAllStringFunc(lineComment.ReplaceAllString(s.sql, ""), func(name string) string {
		n, _ := strconv.Atoi(name[1:]) // the pattern lets only digits through
		return values[n-1]
	}), nil
}

// value is an expression for a recorded value.
func (t *translator) value(ctx context.Context, oid uint32, format int16, raw []byte) (string, error) {
	var kind string
	if err := t.conn.QueryRow(ctx, "select format_type($1, null)", oid).Scan(&kind); err != nil {
		return "", err
	}
	if raw == nil {
		return "null::" + kind, nil
	}
	text, err := textOf(t.conn.TypeMap(), oid, format, raw)
	if err != nil {
		return "", err
	}
	var replaced []variable
	for _, v := range t.variables {
		if v.text.MatchString(text) {
			text, replaced = v.text.ReplaceAllString(text, v.mark), append(replaced, v)
		}
	}
	expression := quote(text)
	for _, v := range replaced {
		if expression == "'"+v.mark+"'" {
			expression = v.expression
		} else {
			expression = fmt.Sprintf("replace(%s, '%s', %s)", expression, v.mark, v.expression)
		}
	}
	return "(" + expression + ")::" + kind, nil
}

// textOf writes a value as PostgreSQL would print it.
func textOf(types *pgtype.Map, oid uint32, format int16, raw []byte) (string, error) {
	switch {
	case format == pgtype.TextFormatCode || oid == pgtype.JSONOID:
		return string(raw), nil
	case oid == pgtype.JSONBOID:
		return string(raw[1:]), nil
	}
	known, found := types.TypeForOID(oid)
	if !found {
		return "", fmt.Errorf("a value of the unknown type %d", oid)
	}
	value, err := known.Codec.DecodeValue(types, oid, format, raw)
	if err != nil {
		return "", err
	}
	text, err := types.Encode(oid, pgtype.TextFormatCode, value, nil)
	return string(text), err
}

// quote hides colons, since pgbench takes what follows one for a variable.
func quote(text string) string {
	return "'" + strings.ReplaceAll(strings.ReplaceAll(text, "'", "''"), ":", "'||chr(58)||'") + "'"
}

var perSecond = regexp.MustCompile(`tps = ([0-9.]+)`)

// run is one round; it returns the transactions a second, and PostgreSQL's CPU for each in microseconds. On a
// machine that has no time for it, a short round may have none: then both are 0.
func (p *pgbench) run(ctx context.Context, b *bench) (rate, cpu float64, err error) {
	p.rounds++
	first := far * 100 * p.rounds
	if err := p.rewind(ctx, b, first); err != nil {
		return 0, 0, err
	}
	before, err := b.cluster.cpu()
	if err != nil {
		return 0, 0, err
	}
	cmd := exec.CommandContext(ctx, p.program, "--no-vacuum", "--protocol=prepared", "--file", p.script, "--client", strconv.Itoa(pgbenchClients),
		"--jobs=2", "--time", strconv.Itoa(max(3, int(b.seconds))), "--define", fmt.Sprint("v=", first), p.address)
	out, err := cmd.CombinedOutput()
	found := perSecond.FindSubmatch(out)
	if err != nil || found == nil {
		return 0, 0, fmt.Errorf("pgbench: %v\n%s", err, out)
	}
	after, err := b.cluster.cpu()
	if err != nil {
		return 0, 0, err
	}
	written, err := p.written(ctx, b, first)
	if err != nil || written == 0 {
		return 0, 0, err
	}
	rate, err = strconv.ParseFloat(string(found[1]), 64)
	return rate, float64((after - before).Microseconds()) / float64(written), err
}

// rewind gives each workspace's record and log the version that its first write of a round expects: writes are numbered from
// first + 1 by each client, and every fourth is in the same workspace.
func (p *pgbench) rewind(ctx context.Context, b *bench, first int) error {
	for workspace := range workspaces {
		turn := workspace / pgbenchClients
		if turn == 0 {
			turn = eachClient
		}
		version, id := first+turn-eachClient, workspaceID(workspace+1)
		err := b.cluster.exec(ctx, pgbenchDatabase, "update issue set version = $1 where id = $2 and workspace_id = $3", version, p.issue, id)
		if err != nil {
			return err
		}
		if err := b.cluster.exec(ctx, pgbenchDatabase, "update workspace set base_version = $1 where id = $2", version, id); err != nil {
			return err
		}
	}
	return nil
}

// written counts the writes of a round by the versions that the records have reached, which began at first or just before.
func (p *pgbench) written(ctx context.Context, b *bench, first int) (count int64, err error) {
	const sum = "select sum(version - $1)::bigint / $2 from issue where id = $3 and version > $1"
	err = b.cluster.with(ctx, pgbenchDatabase, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, sum, first, eachClient, p.issue).Scan(&count)
	})
	return count, err
}
