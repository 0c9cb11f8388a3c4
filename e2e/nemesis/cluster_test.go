package nemesis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/jackc/pgx/v5"

	"tandem/internal/postgres"
)

const database = "tandem"

// cluster is a PostgreSQL that is killed and started again. It listens on a socket whose folder changes with each start;
// the relay makes one TCP address of it.
type cluster struct {
	folder string
	relay  net.Listener

	mu     sync.Mutex
	server *postgres.Server // nil while it is down
}

func startCluster(ctx context.Context, folder string) (*cluster, error) {
	if err := os.Mkdir(folder, 0o711); err != nil {
		return nil, err
	}
	relay, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	c := &cluster{folder: folder, relay: relay}
	if err := c.start(ctx); err != nil {
		return nil, err
	}
	go c.accept()
	conn, err := pgx.Connect(ctx, c.server.URL())
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, "create database "+database)
	return c, err
}

// start brings the server up; one that is up stays. It is as durable as people's own: an acknowledged commit survives.
func (c *cluster) start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server != nil {
		return nil
	}
	server, err := postgres.Start(ctx, postgres.Options{Folder: c.folder, MaxConnections: 120})
	c.server = server
	return err
}

// kill ends the server by kill -9 and returns when it is gone.
func (c *cluster) kill() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := os.ReadFile(filepath.Join(c.folder, "postgres", "postmaster.pid"))
	if err != nil {
		return err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err == nil {
		err = syscall.Kill(pid, syscall.SIGKILL)
	}
	if err != nil {
		return fmt.Errorf("kill PostgreSQL: %w", err)
	}
	<-c.server.Done()
	err = c.server.Stop(context.Background())
	c.server = nil
	return err
}

func (c *cluster) stop() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.relay.Close()
	if c.server == nil {
		return nil
	}
	return c.server.Stop(context.Background())
}

// url reaches the database past all faults, for whoever judges.
func (c *cluster) url() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return ""
	}
	return c.server.URLFor(database)
}

func (c *cluster) accept() {
	for {
		conn, err := c.relay.Accept()
		if err != nil {
			return
		}
		go c.carry(conn)
	}
}

// carry copies between a TCP connection and one of the socket, until either ends.
func (c *cluster) carry(from net.Conn) {
	defer from.Close()
	to, err := c.dial()
	if err != nil {
		return // as a host without a server refuses
	}
	defer to.Close()
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(pair[0], pair[1])
			done <- struct{}{}
		}()
	}
	<-done
}

func (c *cluster) dial() (net.Conn, error) {
	parsed, err := url.Parse(c.url())
	if err != nil || parsed.Host+parsed.RawQuery == "" {
		return nil, errors.New("PostgreSQL is down")
	}
	return net.Dial("unix", filepath.Join(parsed.Query().Get("host"), ".s.PGSQL."+parsed.Query().Get("port")))
}
