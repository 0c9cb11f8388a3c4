// Limit is the yardstick of the benchmark: the least that a program must do which writes versioned records to PostgreSQL and
// tells others of it. It has no sessions, no rights, no rules and no merge; one SQL statement a write, waiting writes
// committed together, and a plain broadcast of the new version. What Tandem does beyond this is measured against it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"
)

const schema = `
CREATE TABLE IF NOT EXISTS workspace_lock (workspace uuid PRIMARY KEY);
CREATE TABLE IF NOT EXISTS record (workspace uuid, id uuid, status uuid NOT NULL, version bigint NOT NULL, PRIMARY KEY (workspace, id));
CREATE TABLE IF NOT EXISTS log (workspace uuid, version bigint, record uuid NOT NULL, status uuid NOT NULL,
	at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (workspace, version));
CREATE TABLE IF NOT EXISTS result (workspace uuid, transaction uuid, version bigint, PRIMARY KEY (workspace, transaction))`

func main() {
	err := run(context.Background(), os.Getenv("DATABASE_URL"))
	fmt.Fprintln(os.Stderr, "limit:", err)
	os.Exit(1)
}

// run ends only by an error, or with the process.
func run(ctx context.Context, database string) error {
	pool, err := pgxpool.New(ctx, database)
	if err != nil {
		return err
	}
	if _, err := pool.Exec(ctx, schema); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	hub := &hub{streams: map[string]map[chan []byte]bool{}}
	s := &server{hub, committers{pool: pool, told: hub.tell, byID: map[string]*committer{}}}
	routes := http.NewServeMux()
	routes.HandleFunc("POST /write", s.write)
	routes.HandleFunc("GET /events", s.events)
	fmt.Printf("limit: listening on http://%s\n", listener.Addr())
	return http.Serve(listener, routes)
}

type server struct {
	hub        *hub
	committers committers
}

// write answers when its commit has returned.
func (s *server) write(w http.ResponseWriter, r *http.Request) {
	wanted := &write{done: make(chan struct{})}
	if err := json.NewDecoder(r.Body).Decode(wanted); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.committers.of(wanted.Workspace).submit(wanted)
	<-wanted.done
	if wanted.err != nil {
		http.Error(w, wanted.err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"status":"applied","version":%d}`, wanted.version)
}

// events tells a reader each new version of a workspace.
func (s *server) events(w http.ResponseWriter, r *http.Request) {
	told := s.hub.join(r.FormValue("workspace"))
	defer s.hub.leave(r.FormValue("workspace"), told)
	w.Header().Set("Content-Type", "text/event-stream")
	out := http.NewResponseController(w)
	fmt.Fprint(w, "event: hello\ndata: {}\n\n")
	for out.Flush() == nil {
		select {
		case <-r.Context().Done():
			return
		case message := <-told:
			w.Write(message)
		}
	}
}
