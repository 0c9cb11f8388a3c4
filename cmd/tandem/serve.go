package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"

	"tandem/handlers"
	"tandem/internal/demo"
	"tandem/internal/mail"
	"tandem/internal/markdown"
	"tandem/internal/webpush"
	"tandem/static"
	"tandem/sync"
)

// The graceful stop must take less than ten seconds in all; PostgreSQL needs the rest.
const (
	drainTime       = 2 * time.Second // for load balancers to notice, if there may be other nodes
	requestPatience = 3 * time.Second
	enginePatience  = 2 * time.Second
)

func (c *serveCommand) run(ctx context.Context, p *program) error {
	if err := c.check(); err != nil {
		return err
	}
	send, err := mailer(c.SMTP)
	if err != nil {
		return err
	}
	site := &site{program: p, addr: c.Addr, options: handlers.Options{URL: c.URL, Trusted: c.TrustedProxies, Rate: c.Rate, Mail: send}}
	return site.serve(ctx, false, site.announceSetup)
}

// mailer sends letters through the server of a URL; nil where there is none.
func mailer(raw string) (func(context.Context, handlers.Mail) error, error) {
	if raw == "" {
		return nil, nil
	}
	server, err := mail.Parse(raw)
	if err != nil {
		return nil, misuse{"--smtp: " + err.Error()}
	}
	return func(ctx context.Context, m handlers.Mail) error {
		err := server.Send(ctx, mail.Letter(m))
		if errors.Is(err, mail.ErrRefused) {
			return fmt.Errorf("%w: %w", sync.ErrUndeliverable, err)
		}
		return err
	}, nil
}

// notify makes the way to browsers, through whatever push services they have.
func (s *site) notify(ctx context.Context) error {
	key, err := s.engine.PushKey(ctx)
	if err != nil {
		return err
	}
	sender := webpush.New(key, contact(s.address()), webpush.Outside())
	s.options.PushKey, s.options.Push = sender.PublicKey(), func(ctx context.Context, m handlers.Push) error {
		err := sender.Send(ctx, webpush.Message(m))
		switch {
		case errors.Is(err, webpush.ErrGone):
			return sync.ErrGone
		case errors.Is(err, webpush.ErrRefused):
			return fmt.Errorf("%w: %w", sync.ErrUndeliverable, err)
		}
		return err
	}
	return nil
}

// contact is by what push services may reach whoever runs the site: its address, unless that is this machine's alone.
func contact(address string) string {
	if strings.HasPrefix(address, "https://") {
		return address
	}
	return "tandem@localhost"
}

func (c *serveCommand) check() error {
	if c.Rate < 0 {
		return misuse{fmt.Sprintf("--rate %d: write a number of transactions, 0 for no limit", c.Rate)}
	}
	if c.FileSpace < 0 {
		return misuse{fmt.Sprintf("--file-space %d: write a number of MiB, 0 for no limit", c.FileSpace)}
	}
	if c.URL == "" {
		return nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return misuse{fmt.Sprintf("--url %s: write it as https://tandem.example.com, without a path", c.URL)}
	}
	return nil
}

// site is a server of pages on its way: what serve and demo have in common.
type site struct {
	*program
	addr    string
	options handlers.Options

	listener net.Listener
	database *database
	engine   *sync.Engine
}

// headroom is how much memory counts as live beside what is. It is never touched, so it takes none; but without it the garbage
// collector runs after every few megabytes, which took a fifth of the CPU of the writes of a server that holds little.
const headroom = 32 << 20

// serve runs until ctx ends or PostgreSQL does. ready is called when the engine works and before anybody is answered.
func (s *site) serve(ctx context.Context, fresh bool, ready func(context.Context) error) (err error) {
	// First of all, so that a port that is taken costs no time; who connects already now is answered when the rest is there.
	if s.listener, err = net.Listen("tcp", s.addr); err != nil {
		return fmt.Errorf("cannot listen on %s, choose another address with --addr: %w", s.addr, err)
	}
	defer s.listener.Close()
	defer runtime.KeepAlive(make([]byte, headroom))
	assets, err := newAssets()
	if err != nil {
		return err
	}
	if s.database, err = ownDatabase(ctx, s.program, fresh); err != nil {
		return err
	}
	defer s.database.close(s.program)
	s.engine = newEngine(s.program, s.database)
	s.engine.Start()
	defer s.stopEngine()
	if err := ready(ctx); err != nil {
		return err
	}
	s.options.MailURL = s.address()
	if err := s.notify(ctx); err != nil {
		return err
	}
	s.options.Engine, s.options.Static, s.options.Logger, s.options.Starter = s.engine, assets, s.logger, starter()
	s.options.Importer = &webImport{s.program, s.database, s.engine}
	return s.answer(ctx)
}

func newEngine(p *program, db *database) *sync.Engine {
	return sync.New(sync.Options{Pool: db.pool, Logger: p.logger, Bus: newBus(p, db), Mentions: markdown.New().Mentions, Mail: p.Serve.SMTP != "",
		Retention: time.Duration(p.Serve.Retention), FileSpace: int64(p.Serve.FileSpace) << 20})
}

func (s *site) stopEngine() {
	ctx, cancel := context.WithTimeout(context.Background(), enginePatience)
	defer cancel()
	within(ctx, s.engine.Stop)
}

// announceSetup prints the link that makes the first account, as long as there is none.
func (s *site) announceSetup(ctx context.Context) error {
	token, needed, err := s.engine.IssueSetupToken(ctx)
	if err == nil && needed {
		fmt.Fprintf(s.stdout, "tandem: set up at %s/setup?token=%s\n", s.address(), token)
	}
	return err
}

// address is where people reach the site.
func (s *site) address() string {
	if s.options.URL != "" {
		return strings.TrimSuffix(s.options.URL, "/")
	}
	return "http://" + shownAddress(s.listener.Addr())
}

// shownAddress names a host that a browser can be sent to also where all of them are listened on.
func shownAddress(addr net.Addr) string {
	host, port, err := net.SplitHostPort(addr.String())
	if ip := net.ParseIP(host); err == nil && ip != nil && ip.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return addr.String()
}

// answer serves HTTP until ctx ends or PostgreSQL does, then ends what is under way.
func (s *site) answer(ctx context.Context) error {
	pages := handlers.New(s.options)
	// Not ctx itself: what is under way when it ends shall be finished.
	base, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	server := newHTTPServer(base, pages, s.logger)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(s.listener) }()
	defer deliver(base, pages)()
	fmt.Fprintf(s.stdout, "tandem: listening on http://%s\n", shownAddress(s.listener.Addr()))

	var err error
	select {
	case <-ctx.Done():
		s.drain(pages)
	case err = <-failed:
		err = fmt.Errorf("serve: %w", err)
	case <-s.database.died():
		err = errors.New("PostgreSQL ended unexpectedly, its last words are in the log: start tandem again, which repairs the data")
	}
	s.stop(server, pages, cancel)
	return err
}

// deliver sends mail and notifications until the function that it returns is called. A letter that is under way then is given a moment.
func deliver(ctx context.Context, pages *handlers.Server) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	delivered := make(chan struct{})
	go func() { defer close(delivered); pages.Deliver(ctx) }()
	return func() {
		cancel()
		patience, end := context.WithTimeout(context.Background(), enginePatience)
		defer end()
		select {
		case <-delivered:
		case <-patience.Done():
		}
	}
}

// drain goes on serving until load balancers have noticed that it shall end. With a database of its own the node is the only one.
func (s *site) drain(pages *handlers.Server) {
	if s.database.server != nil {
		return
	}
	s.logger.Info("draining", "for", drainTime.String())
	pages.Drain()
	time.Sleep(drainTime)
}

// newHTTPServer bounds every request; streams lift the limit on writing for themselves.
func newHTTPServer(base context.Context, handler http.Handler, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       120 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelDebug), // of clients that speak no HTTP
	}
}

// stop takes no more requests, says goodbye to the streams and waits for what is under way; cancel breaks off what takes too long.
func (s *site) stop(server *http.Server, pages *handlers.Server, cancel func()) {
	s.logger.Info("stopping")
	ctx, end := context.WithTimeout(context.Background(), requestPatience)
	defer end()
	context.AfterFunc(ctx, cancel)
	server.RegisterOnShutdown(pages.Close)
	if err := server.Shutdown(ctx); err != nil {
		s.logger.Warn("some requests were broken off", "err", err)
		_ = server.Close() // they have been given their time
	}
	within(ctx, pages.Close) // an earlier call may still be at it
}

// newAssets names the build by the program itself, templates included, so that nodes of one build agree on it.
func newAssets() (*static.Assets, error) {
	path, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find the program's file: %w", err)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the program's file: %w", err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return nil, fmt.Errorf("read the program's file: %w", err)
	}
	return static.New(hex.EncodeToString(sum.Sum(nil)))
}

// starter is what a new workspace begins with.
func starter() sync.Starter {
	var s sync.Starter
	for _, status := range demo.DefaultStatuses() {
		s.Statuses = append(s.Statuses, sync.StarterStatus{Name: status.Name, Category: status.Category, Color: status.Color})
	}
	for _, label := range demo.DefaultLabels() {
		s.Labels = append(s.Labels, sync.StarterLabel{Name: label.Name, Color: label.Color})
	}
	for _, issue := range demo.Sample("", time.Time{}) {
		s.Issues = append(s.Issues, sync.StarterIssue{Title: issue.Title, Description: issue.Description, Status: issue.Status})
	}
	return s
}
