package postgres

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options says where and how to run a server. Only Folder is required.
type Options struct {
	Folder         string              // the program's data folder; made if absent
	Logger         *slog.Logger        // the server's own log goes here too; nil is silence
	Fast           bool                // tests only: a crash may lose data, a power cut the whole cluster
	MaxConnections int                 // 0 is 50
	Getenv         func(string) string // nil is os.Getenv; PATH and TANDEM_POSTGRES are read
}

// Server is a running PostgreSQL, owned by this program. Its methods may be called from several goroutines.
type Server struct {
	folder  string
	sockets string // the folder of the server's socket
	owner   *lock
	process *process
	log     *serverLog
	logger  *slog.Logger

	stopOnce sync.Once
	stopping chan struct{} // closed by Stop
	stopErr  error         // read once watched is closed
	done     chan struct{}
	watched  chan struct{} // closed when the server is gone and what it left is removed
}

// Start returns when the server accepts connections. ctx bounds the start only: the server runs until Stop.
// The first start on a machine without PostgreSQL downloads it, the first on a folder makes a cluster.
// The error is a sentence for the person at the terminal; *LockedError when the folder is in use.
func Start(ctx context.Context, o Options) (*Server, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	runAs, err := prepareFolder(o.Folder)
	if err != nil {
		return nil, err
	}
	owner, err := lockFolder(ctx, o.Folder)
	if err != nil {
		return nil, err
	}
	s, err := startLocked(ctx, o, runAs)
	if err != nil {
		owner.release()
		return nil, err
	}
	s.owner = owner
	go s.watch()
	return s, nil
}

func (o Options) withDefaults() (Options, error) {
	folder, err := filepath.Abs(o.Folder)
	if o.Folder == "" || err != nil {
		return o, fmt.Errorf("start postgresql: a data folder is needed, not %q", o.Folder)
	}
	o.Folder = folder
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = 50
	}
	if o.Getenv == nil {
		o.Getenv = os.Getenv
	}
	return o, nil
}

// startLocked does all that needs the folder to be ours alone.
func startLocked(ctx context.Context, o Options, runAs account) (*Server, error) {
	leftSockets := rememberedSockets(o.Folder)
	if err := forgetURL(o.Folder); err != nil { // before anyone takes it for ours
		return nil, err
	}
	alive, err := lockServer(ctx, o.Folder)
	if err != nil {
		return nil, err
	}
	defer alive.forget()   // the server's processes keep it
	os.Remove(leftSockets) // of a killed program; only if it is empty

	cluster := clusterFolder(o.Folder)
	major, err := clusterMajor(cluster)
	if err != nil {
		return nil, err
	}
	programs, err := findPrograms(ctx, o, runAs, major)
	if err != nil {
		return nil, err
	}
	if major == 0 {
		if err := makeCluster(ctx, o, programs, runAs, alive); err != nil {
			return nil, err
		}
	}
	return startServer(ctx, o, programs, runAs, alive)
}

func startServer(ctx context.Context, o Options, p programs, runAs account, alive *lock) (*Server, error) {
	sockets, err := makeSocketFolder(socketParents(), runAs)
	if err != nil {
		return nil, err
	}
	s := &Server{
		folder: o.Folder, sockets: sockets, logger: o.Logger, log: newServerLog(o.Logger),
		stopping: make(chan struct{}), done: make(chan struct{}), watched: make(chan struct{}),
	}
	cmd := p.command("postgres", settings(o, sockets)...)
	cmd.Stderr = s.log
	if s.process, err = startProcess(cmd, runAs, alive); err == nil {
		err = s.settle(ctx)
	}
	if err != nil {
		os.RemoveAll(sockets)
		return nil, err
	}
	o.Logger.InfoContext(ctx, "postgresql started", "version", p.version, "folder", clusterFolder(o.Folder))
	return s, nil
}

// settle waits for the server and tells others of it. On an error the server is gone again.
func (s *Server) settle(ctx context.Context) error {
	err := waitReady(ctx, clusterFolder(s.folder), s.process, s.log)
	if err == nil {
		err = rememberURL(s.folder, s.URL())
	}
	if err != nil {
		s.process.stop(context.WithoutCancel(ctx), stopPatience)
	}
	return err
}

// URL is the connection string of the database "postgres", as the superuser, over the private socket.
func (s *Server) URL() string { return s.URLFor("postgres") }

// URLFor is URL for another database of the server.
func (s *Server) URLFor(database string) string {
	// pgx takes what is missing here from PGPORT and its like.
	query := url.Values{"host": {s.sockets}, "port": {port}}
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + database, RawQuery: query.Encode()}
	return u.String()
}

// Done is closed when the server ended without Stop. Nothing restarts it: the program should end with a clear message, and the
// next Start repairs the cluster. Stop is still to be called.
func (s *Server) Done() <-chan struct{} { return s.done }

// stopPatience is how long open transactions may take to be broken off and the last checkpoint to be written.
const stopPatience = 30 * time.Second

// Stop breaks off open connections, shuts the server down and gives the folder back. It returns when the server is gone. When ctx
// ends, or after half a minute, it stops waiting for a clean shutdown and returns an error; committed data is safe even then.
func (s *Server) Stop(ctx context.Context) error {
	s.stopOnce.Do(func() {
		close(s.stopping)
		s.stopErr = s.process.stop(ctx, stopPatience)
	})
	<-s.watched
	return s.stopErr
}

// watch owns what is to be undone when the server is gone.
func (s *Server) watch() {
	defer close(s.watched)
	<-s.process.exited
	select {
	case <-s.stopping:
	default:
		s.logger.Error("postgresql ended unexpectedly", "state", s.process.state(), "last_lines", s.log.tail())
		close(s.done)
		<-s.stopping // the folder stays ours until the program has done what it must
	}
	if err := forgetURL(s.folder); err != nil {
		s.logger.Warn("stop postgresql", "err", err)
	}
	os.RemoveAll(s.sockets)
	s.owner.release()
}

func clusterFolder(folder string) string { return filepath.Join(folder, "postgres") }
