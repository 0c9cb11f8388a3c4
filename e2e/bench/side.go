//go:build linux

package main

// How much there is on each side: 64 workspaces, in each the records of 64 writers.
const (
	workspaces = 64
	writers    = 64
)

// side is one of the two programs that are compared. Both speak HTTP, and both answer a write with its version.
type side interface {
	name() string
	server() *program
	database() string
	// record is a writer's own record, and how it was left.
	record(workspace, writer int) (id string, left state)
	// write appends a request that changes a record.
	write(request []byte, w *writer) []byte
	// stream is the request for a workspace's events.
	stream(workspace int) []byte
	// leave remembers how a record was left for the next load.
	leave(workspace, writer int, left state)
}

// state is what a writer must know of its record.
type state struct {
	version int64
	writes  int // so many since the beginning; each changes the status
}

// states are those of all writers' records.
type states [workspaces][writers]state

func (s *states) leave(workspace, writer int, left state) { s[workspace][writer] = left }
