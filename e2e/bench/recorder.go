//go:build linux

package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5/pgproto3"
)

// recorder stands between a program and PostgreSQL, and notes the statements that the program sends.
type recorder struct {
	listener net.Listener
	socket   string // PostgreSQL's

	mu    sync.Mutex
	trips []trip
}

// trip is what went to PostgreSQL in one round trip on one connection.
type trip struct {
	connection net.Conn
	statements []statement
}

type statement struct {
	sql     string
	values  [][]byte // nil is NULL
	formats []int16
}

// recorded runs a second Tandem on a database, whose statements are noted, and lets work use it.
func (b *bench) recorded(s *tandemSide, database string, work func(*tandemSide, *recorder) error) error {
	address, err := url.Parse(b.cluster.server.URLFor(database))
	if err != nil {
		return err
	}
	r, err := record(filepath.Join(address.Query().Get("host"), ".s.PGSQL."+address.Query().Get("port")))
	if err != nil {
		return err
	}
	defer r.listener.Close()
	second := *s
	second.program = &program{command: slices.Clone(s.program.command), log: s.program.log,
		env: []string{fmt.Sprintf("DATABASE_URL=postgres://postgres@%s/%s?sslmode=disable", r.listener.Addr(), database)}}
	second.program.command[len(second.program.command)-1] += "-recorded" // a data folder of its own
	if err := second.program.start(); err != nil {
		return err
	}
	defer second.program.stop()
	return work(&second, r)
}

func record(socket string) (*recorder, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &recorder{listener: listener, socket: socket}
	go r.accept()
	return r, nil
}

// accept runs until the listener is closed.
func (r *recorder) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("unix", r.socket)
		if err != nil {
			client.Close()
			continue
		}
		go func() {
			io.Copy(client, server)
			client.Close()
		}()
		go func() {
			r.listen(client, server)
			server.Close()
		}()
	}
}

// listen passes on what the client sends, and returns when it has gone.
func (r *recorder) listen(client, server net.Conn) {
	heard := pgproto3.NewBackend(io.TeeReader(client, server), nil)
	if _, err := heard.ReceiveStartupMessage(); err != nil {
		return
	}
	prepared, current := map[string]string{}, trip{connection: client}
	for {
		message, err := heard.Receive()
		if err != nil {
			return
		}
		switch message := message.(type) {
		case *pgproto3.Parse:
			prepared[message.Name] = message.Query
		case *pgproto3.Bind:
			s := statement{sql: prepared[message.PreparedStatement], formats: slices.Clone(message.ParameterFormatCodes)}
			for _, value := range message.Parameters {
				s.values = append(s.values, slices.Clone(value))
			}
			current.statements = append(current.statements, s)
		case *pgproto3.Sync:
			r.note(current)
			current.statements = nil
		}
	}
}

func (r *recorder) note(t trip) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(t.statements) > 0 {
		r.trips = append(r.trips, t)
	}
}

// count is how many statements went to PostgreSQL so far.
func (r *recorder) count() (sum int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, t := range r.trips {
		sum += len(t.statements)
	}
	return sum
}

// lastTransaction is the round trips of the last transaction that took a lock first and was committed.
func (r *recorder) lastTransaction() []trip {
	r.mu.Lock()
	defer r.mu.Unlock()
	for first := len(r.trips) - 1; first >= 0; first-- {
		if !r.trips[first].has("FOR NO KEY UPDATE") && !r.trips[first].has("lock_head(") {
			continue
		}
		var transaction []trip
		for _, t := range r.trips[first:] {
			if t.connection == r.trips[first].connection {
				transaction = append(transaction, t)
			}
			if t.connection == r.trips[first].connection && (t.has("commit") || !r.trips[first].has("begin")) {
				return transaction // without a begin, one round trip is a transaction
			}
		}
	}
	return nil
}

func (t trip) has(words string) bool {
	return slices.ContainsFunc(t.statements, func(s statement) bool { return strings.Contains(s.sql, words) })
}
