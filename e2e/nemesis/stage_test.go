package nemesis

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	pgxuuid "github.com/vgarvardt/pgx-google-uuid/v5"

	"tandem/internal/client"
	"tandem/sync"
)

// actors is how many clients write in a round.
const actors = 10

// stage is what rounds play on: PostgreSQL, two nodes, and lines between all of them and the clients.
type stage struct {
	cluster *cluster
	nodes   [2]*node
	wires   [2]*line         // from each node to PostgreSQL
	lines   [actors][2]*line // from each client to each node
	people  [actors + 1]guest
}

// guest is a person with a session. The last of the stage's is the admin, whom no fault meets.
type guest struct {
	sync.Person
	header http.Header
}

// newStage starts everything. env is added to the nodes'.
func newStage(t *testing.T, env ...string) *stage {
	t.Helper()
	s := &stage{}
	var err error
	s.cluster, err = startCluster(t.Context(), filepath.Join(shared.folder, uuid.NewString()))
	if s.cluster != nil {
		t.Cleanup(func() { must(t, s.cluster.stop()) })
	}
	must(t, err)
	for i := range s.nodes {
		s.wires[i], err = newLine(fmt.Sprintf("wire %d", i), s.cluster.relay.Addr().String())
		must(t, err)
		s.nodes[i] = &node{name: fmt.Sprintf("node %d", i), addr: "127.0.0.1:0", env: env,
			database: fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", s.wires[i].addr(), database)}
		t.Cleanup(func() { _ = s.nodes[i].kill() }) // one that a failed test left dead is as good
		must(t, s.nodes[i].start(t.Context()))
	}
	for i := range s.lines {
		for j := range s.lines[i] {
			s.lines[i][j], err = newLine(fmt.Sprintf("line %d-%d", i, j), s.nodes[j].addr)
			must(t, err)
		}
	}
	must(t, s.invite(t.Context()))
	return s
}

// invite makes accounts and sessions. One signs in as people do, the others are spared the cost of a password.
func (s *stage) invite(ctx context.Context) error {
	return s.withEngine(ctx, func(engine *sync.Engine) error {
		for i := range s.people {
			person, err := engine.AddPerson(ctx, sync.NewPerson{Name: fmt.Sprintf("Person %d", i), Email: fmt.Sprintf("p%d@example.com", i), Password: "correct horse"})
			if err != nil {
				return err
			}
			token, err := engine.OpenSession(ctx, person.ID, "nemesis")
			if err != nil {
				return err
			}
			s.people[i] = guest{person, http.Header{"Cookie": {"tandem=" + string(token)}}}
		}
		header, err := client.SignIn(ctx, nil, "http://"+s.nodes[0].addr, s.people[0].Email, "correct horse")
		s.people[0].header = header
		return err
	})
}

// withEngine lends an engine on a straight way to the database, for what is prepared before anything breaks.
func (s *stage) withEngine(ctx context.Context, use func(*sync.Engine) error) error {
	pool, err := s.pool(ctx)
	if err != nil {
		return err
	}
	defer pool.Close()
	engine := sync.New(sync.Options{Pool: pool})
	defer engine.Stop()
	return use(engine)
}

func (s *stage) pool(ctx context.Context) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(s.cluster.url())
	if err != nil {
		return nil, err
	}
	config.MaxConns = 2
	config.AfterConnect = func(_ context.Context, conn *pgx.Conn) error {
		pgxuuid.Register(conn.TypeMap())
		return nil
	}
	return pgxpool.NewWithConfig(ctx, config)
}

// servers are the addresses of both nodes as one client reaches them.
func (s *stage) servers(actor int) []string {
	first := actor % 2
	return []string{"http://" + s.lines[actor][first].addr(), "http://" + s.lines[actor][1-first].addr()}
}

// heal brings back what is down. Faults undo themselves; this is for what could not be undone then.
func (s *stage) heal(ctx context.Context) error {
	err := s.cluster.start(ctx)
	for _, node := range s.nodes {
		err = errors.Join(err, node.revive(ctx))
	}
	return err
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
