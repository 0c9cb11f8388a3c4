//go:build linux

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// tandemSide is `tandem serve`, with somebody signed in.
type tandemSide struct {
	program *program
	states
	cookie  string          // as a header line
	team    string          // its key
	records [writers]string // the same in each workspace
	status  [2]string
}

const (
	email    = "ann@example.com"
	password = "a password of the benchmark"
)

// slug names a workspace in URLs. All are copies of the first.
func slug(workspace int) string { return fmt.Sprintf("bench-%d", workspace) }

func startTandem(ctx context.Context, c *cluster, folder string) (side, error) {
	address, err := c.create(ctx, "tandem")
	if err != nil {
		return nil, err
	}
	binary, env := filepath.Join(folder, "tandem"), []string{"DATABASE_URL=" + address}
	add := exec.CommandContext(ctx, binary, "user", "add", email, "--name", "Ann", "--workspace", slug(0), "--role", "admin", "--password-stdin")
	add.Env, add.Stdin = env, strings.NewReader(password+"\n")
	if out, err := add.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("add a person: %w\n%s", err, out)
	}
	s := &tandemSide{program: &program{
		command: []string{binary, "serve", "--addr", "127.0.0.1:0", "--rate", "0", "--data", filepath.Join(folder, "served")},
		env:     env, log: filepath.Join(folder, "tandem.log"),
	}}
	if err := s.program.start(); err != nil {
		return nil, err
	}
	return s, s.fill(ctx, c)
}

func (s *tandemSide) fill(ctx context.Context, c *cluster) error {
	if err := s.signIn(ctx); err != nil {
		return err
	}
	if err := s.makeIssues(); err != nil {
		return err
	}
	if err := c.with(ctx, s.database(), func(conn *pgx.Conn) error { return copyWorkspace(ctx, conn) }); err != nil {
		return fmt.Errorf("copy the workspace: %w", err)
	}
	return nil
}

func (s *tandemSide) signIn(ctx context.Context) error {
	form := strings.NewReader(url.Values{"email": {email}, "password": {password}}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.program.addr+"/sign-in", form)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err
	}
	answer.Body.Close()
	for _, cookie := range answer.Cookies() {
		if cookie.Name == "tandem" {
			s.cookie = "Cookie: tandem=" + cookie.Value + "\r\n"
			return nil
		}
	}
	return fmt.Errorf("sign in: no session, status %s", answer.Status)
}

// pulled is what a pull tells of a record.
type pulled struct {
	Version int64
	Record  string
	Fields  struct{ Key string }
}

// makeIssues makes each writer's issue in the first workspace.
func (s *tandemSide) makeIssues() error {
	before, err := s.pull()
	if err != nil {
		return err
	}
	team, statuses := "", []string{}
	for _, one := range before {
		switch kind, _, _ := strings.Cut(one.Record, ":"); kind {
		case "team":
			team, s.team = one.Record, one.Fields.Key
		case "status":
			statuses = append(statuses, one.Record)
		}
	}
	if team == "" || len(statuses) < 2 {
		return fmt.Errorf("the new workspace has team %q and %d statuses", team, len(statuses))
	}
	s.status = [2]string(statuses)
	if err := s.pushIssues(team); err != nil {
		return err
	}
	after, err := s.pull()
	for _, one := range after {
		for writer, record := range s.records {
			if one.Record == record {
				for workspace := range workspaces {
					s.states[workspace][writer].version = one.Version
				}
			}
		}
	}
	return err
}

func (s *tandemSide) pushIssues(team string) error {
	var ops []map[string]any
	for i := range s.records {
		s.records[i] = "issue:" + newID()
		ops = append(ops, map[string]any{"op": "create", "record": s.records[i], "set": map[string]any{
			"team": team, "title": fmt.Sprintf("The issue of writer %d", i), "status": s.status[0]}})
	}
	body, err := json.Marshal(map[string]any{"client": newID(), "transactions": []any{map[string]any{"id": newID(), "ops": ops}}})
	if err != nil {
		return err
	}
	got, err := s.ask(appendPost(nil, "/"+slug(0)+"/sync/push", s.program.addr, s.cookie, body))
	if err == nil && !bytes.Contains(got, []byte(`"applied"`)) {
		err = fmt.Errorf("make issues: %s", got)
	}
	return err
}

func (s *tandemSide) pull() ([]pulled, error) {
	raw, err := s.ask(appendGet(nil, "/"+slug(0)+"/sync/pull?since=0&limit=5000", s.program.addr, s.cookie))
	if err != nil {
		return nil, err
	}
	var all struct{ Changes []pulled }
	return all.Changes, json.Unmarshal(raw, &all)
}

func (s *tandemSide) ask(request []byte) ([]byte, error) {
	conn, err := dial(s.program.addr)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	got, err := conn.roundTrip(request)
	if err == nil && got.status != http.StatusOK {
		err = fmt.Errorf("status %d: %s", got.status, got.body)
	}
	return got.body, err
}

// copyWorkspace makes the other workspaces of the first, with the same ids in them: each table's keys begin with the workspace.
func copyWorkspace(ctx context.Context, conn *pgx.Conn) error {
	const tables = `SELECT table_name, string_agg(quote_ident(column_name), ', ' ORDER BY column_name),
			string_agg(CASE column_name WHEN 'workspace_id' THEN 'w.copy' ELSE 't.' || quote_ident(column_name) END, ', ' ORDER BY column_name)
		FROM information_schema.columns WHERE table_schema = 'public' AND is_generated = 'NEVER'
		GROUP BY table_name HAVING bool_or(column_name = 'workspace_id')`
	rows, err := conn.Query(ctx, tables)
	if err != nil {
		return err
	}
	var table, columns, values string
	script := "SET session_replication_role = replica;" // the order of the tables does not matter then
	_, err = pgx.ForEachRow(rows, []any{&table, &columns, &values}, func() error {
		script += fmt.Sprintf(`INSERT INTO %[1]s (%[2]s) SELECT %[3]s FROM %[1]s AS t JOIN
			(SELECT a.id AS original, b.id AS copy FROM workspace AS a, workspace AS b WHERE a.slug = '%[4]s' AND b.slug <> a.slug) AS w
			ON t.workspace_id = w.original;`, table, columns, values, slug(0))
		return nil
	})
	if err != nil {
		return err
	}
	const others = `INSERT INTO workspace (id, slug, name, epoch, base_version, version, stamps, created_at, updated_at)
		SELECT $1, $2, name, gen_random_uuid(), base_version, version, stamps, created_at, updated_at FROM workspace WHERE slug = $3`
	for workspace := range workspaces { // one more than is written in through Tandem

		if _, err := conn.Exec(ctx, others, workspaceID(workspace+1), slug(workspace+1), slug(0)); err != nil {
			return err
		}
	}
	_, err = conn.Exec(ctx, script)
	return err
}

func (s *tandemSide) name() string     { return "tandem" }
func (s *tandemSide) server() *program { return s.program }
func (s *tandemSide) database() string { return "tandem" }

func (s *tandemSide) record(workspace, writer int) (string, state) {
	return s.records[writer], s.states[workspace][writer]
}

func (s *tandemSide) write(request []byte, w *writer) []byte {
	w.transaction = newID()
	w.body = fmt.Appendf(w.body[:0], `{"client":"%s","transactions":[{"id":"%s","label":"Set status","ops":[`+
		`{"op":"set","record":"%s","base":%d,"set":{"status":"%s"}}]}]}`,
		w.client, w.transaction, w.record, w.version, s.status[(w.writes+1)%2])
	return appendPost(request, "/"+slug(w.workspace)+"/sync/push", s.program.addr, s.cookie, w.body)
}

func (s *tandemSide) stream(workspace int) []byte {
	return appendGet(nil, "/"+slug(workspace)+"/sync/events", s.program.addr, s.cookie)
}
