package sync

import (
	"context"
	"fmt"
	"net"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	natsserver "github.com/nats-io/nats-server/v2/server"

	"tandem/queries/querytest"
)

// busServer is what a bus talks to, and can be taken away.
type busServer struct {
	open func() Bus
	cut  func() // ends what is connected, and lets nobody in
	heal func()
}

// busServers are the conformance test's subjects: every bus must do the same.
var busServers = map[string]func(testing.TB) busServer{"PostgreSQL": postgresBusServer, "NATS": natsBusServer}

func postgresBusServer(t testing.TB) busServer {
	url := querytest.DB(t).Config().ConnString()
	name := databaseOf(t, url)
	return busServer{
		open: func() Bus { return NewPostgresBus(url, quiet()) },
		cut: func() {
			onCluster(t, "alter database "+name+" allow_connections false")
			onCluster(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = '"+name+"'")
		},
		heal: func() { onCluster(t, "alter database "+name+" allow_connections true") },
	}
}

func databaseOf(t testing.TB, url string) string {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	must(t, err)
	return config.Database
}

// onCluster runs what concerns a database from outside of it.
func onCluster(t testing.TB, sql string) {
	t.Helper()
	conn, err := pgx.Connect(context.WithoutCancel(t.Context()), querytest.URL("postgres"))
	must(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	_, err = conn.Exec(t.Context(), sql)
	must(t, err)
}

func natsBusServer(t testing.TB) busServer {
	running := startNATS(t, natsserver.RANDOM_PORT)
	port := running.Addr().(*net.TCPAddr).Port
	t.Cleanup(func() { running.Shutdown() })
	return busServer{
		open: func() Bus { return NewNATSBus(fmt.Sprintf("nats://127.0.0.1:%d", port), quiet()) },
		cut: func() {
			running.Shutdown()
			running.WaitForShutdown()
		},
		heal: func() { running = startNATS(t, port) },
	}
}

func startNATS(t testing.TB, port int) *natsserver.Server {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{Host: "127.0.0.1", Port: port, NoSigs: true, NoLog: true})
	must(t, err)
	s.Start()
	if !s.ReadyForConnections(patienceInTests) {
		t.Fatal("the NATS server does not start")
	}
	return s
}

// ear is a node's end of a bus.
type ear struct {
	Bus
	mu    stdsync.Mutex
	heard map[uuid.UUID]int64
	words []string
	came  chan struct{}
}

// listen runs a bus until the test ends.
func listen(t testing.TB, bus Bus) *ear {
	e := &ear{Bus: bus, heard: map[uuid.UUID]int64{}, came: make(chan struct{}, 1)}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		bus.Listen(ctx, e.hear, e.heed)
	}()
	t.Cleanup(func() {
		stop()
		select {
		case <-ended:
		case <-time.After(patienceInTests):
			t.Error("the bus does not stop")
		}
	})
	return e
}

func (e *ear) hear(workspace uuid.UUID, version int64) {
	e.mu.Lock()
	e.heard[workspace] = max(e.heard[workspace], version)
	e.mu.Unlock()
	select {
	case e.came <- struct{}{}:
	default:
	}
}

func (e *ear) heed(word string) {
	e.mu.Lock()
	e.words = append(e.words, word)
	e.mu.Unlock()
	e.hear(uuid.Nil, 0)
}

func (e *ear) knows(workspace uuid.UUID, version int64) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.heard[workspace] >= version
}

// await says something again and again until all have heard it: buses may lose what was said before they were connected.
func await(t testing.TB, from *ear, all ...*ear) {
	t.Helper()
	workspace := uuid.New()
	deadline := time.After(patienceInTests)
	for version := int64(1); ; version++ {
		from.Publish(workspace, version)
		missing := 0
		for _, e := range all {
			if !e.knows(workspace, 1) {
				missing++
			}
		}
		if missing == 0 {
			return
		}
		select {
		case <-all[0].came:
		case <-all[len(all)-1].came:
		case <-time.After(busInterval):
		case <-deadline:
			t.Fatalf("%d of %d hear nothing", missing, len(all))
		}
	}
}

func TestBus(t *testing.T) {
	t.Parallel()
	for name, start := range busServers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			t.Run("S32 hints reach every node, the one that gave them too", func(t *testing.T) {
				t.Parallel()
				bus := start(t)
				one, two := listen(t, bus.open()), listen(t, bus.open())
				await(t, one, one, two)
				await(t, two, one, two)
			})

			t.Run("of many hints the last one of each workspace arrives", func(t *testing.T) {
				t.Parallel()
				bus := start(t)
				one, two := listen(t, bus.open()), listen(t, bus.open())
				await(t, one, one, two)
				workspaces := make([]uuid.UUID, 500) // more than one message holds
				for i := range workspaces {
					workspaces[i] = uuid.New()
					for version := range int64(20) {
						one.Publish(workspaces[i], version+1)
					}
				}
				deadline := time.After(patienceInTests)
				for _, workspace := range workspaces {
					for !two.knows(workspace, 20) {
						select {
						case <-two.came:
						case <-deadline:
							t.Fatal("a hint is lost")
						}
					}
				}
			})

			t.Run("S31 a lost server blocks nobody and is found again", func(t *testing.T) {
				t.Parallel()
				bus := start(t)
				one, two := listen(t, bus.open()), listen(t, bus.open())
				await(t, one, one, two)
				bus.cut()
				published := make(chan struct{})
				go func() {
					defer close(published)
					for version := range int64(100_000) {
						one.Publish(uuid.UUID{1}, version)
					}
				}()
				select {
				case <-published:
				case <-time.After(patienceInTests):
					t.Fatal("Publish waits for the server")
				}
				bus.heal()
				await(t, one, one, two)
				await(t, two, one, two)
			})

			t.Run("a bus whose server is not up yet is used when it is", func(t *testing.T) {
				t.Parallel()
				bus := start(t)
				bus.cut()
				one, two := listen(t, bus.open()), listen(t, bus.open())
				one.Publish(uuid.New(), 1)
				bus.heal()
				await(t, one, one, two)
			})

			t.Run("stopping does not wait for a server that is away", func(t *testing.T) {
				t.Parallel()
				bus := start(t)
				bus.cut()
				listen(t, bus.open()) // its cleanup is the check
				bus.heal()
			})
		})
	}
}

func TestHints_SkipWhatTheyCannotRead(t *testing.T) {
	t.Parallel()
	workspace := uuid.New()
	var heard []string
	readHints(fmt.Sprintf("nonsense %s:x :5 %s:7  ", workspace, workspace), func(ws uuid.UUID, version int64) { heard = append(heard, fmt.Sprint(ws, version)) }, func(string) {})
	if got := strings.Join(heard, " "); got != fmt.Sprint(workspace, 7) {
		t.Errorf("heard %s", got)
	}
}
