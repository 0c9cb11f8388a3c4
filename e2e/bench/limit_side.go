//go:build linux

package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/google/uuid"
)

// limitSide is the program in the folder limit.
type limitSide struct {
	program *program
	states
	records [writers]string // the same in each workspace
	status  [2]string
}

func startLimit(ctx context.Context, c *cluster, folder string) (side, error) {
	address, err := c.create(ctx, "lowest")
	if err != nil {
		return nil, err
	}
	s := &limitSide{program: &program{
		command: []string{filepath.Join(folder, "limit")}, env: []string{"DATABASE_URL=" + address}, log: filepath.Join(folder, "limit.log"),
	}}
	if err := s.program.start(); err != nil {
		return nil, err
	}
	for i := range s.records {
		s.records[i] = uuid.Must(uuid.NewV7()).String()
	}
	s.status = [2]string{uuid.NewString(), uuid.NewString()}
	return s, s.fill(ctx, c)
}

func (s *limitSide) fill(ctx context.Context, c *cluster) error {
	for workspace := range workspaces {
		id := workspaceID(workspace)
		if err := c.exec(ctx, s.database(), "insert into workspace_lock values ($1)", id); err != nil {
			return err
		}
		const records = "insert into record select $1, r, $2, 0 from unnest($3::uuid[]) as r"
		if err := c.exec(ctx, s.database(), records, id, s.status[0], s.records[:]); err != nil {
			return err
		}
	}
	return nil
}

func (s *limitSide) name() string     { return "limit" }
func (s *limitSide) server() *program { return s.program }
func (s *limitSide) database() string { return "lowest" }

func (s *limitSide) record(workspace, writer int) (string, state) {
	return s.records[writer], s.states[workspace][writer]
}

func (s *limitSide) write(request []byte, w *writer) []byte {
	body := fmt.Appendf(w.body[:0], `{"workspace":"%s","transaction":"%s","record":"%s","base":%d,"status":"%s"}`,
		workspaceID(w.workspace), newID(), w.record, w.version, s.status[(w.writes+1)%2])
	w.body = body
	return appendPost(request, "/write", s.program.addr, "", body)
}

func (s *limitSide) stream(workspace int) []byte {
	return appendGet(nil, "/events?workspace="+workspaceID(workspace), s.program.addr, "")
}

// workspaceID is the id of a workspace on both sides.
func workspaceID(workspace int) string {
	return fmt.Sprintf("00000000-0000-7000-8000-%012x", workspace)
}

func newID() string { return uuid.Must(uuid.NewV7()).String() }
