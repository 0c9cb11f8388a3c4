package handlers

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/sync/singleflight"

	"tandem/static"
	"tandem/sync"
	"tandem/views"
)

// Options are what a Server needs. Engine and Static are required.
type Options struct {
	Engine *sync.Engine
	Static *static.Assets
	Logger *slog.Logger
	// Build names the build in pages and in the URLs of assets. Empty: as Static says.
	Build string
	// URL is the address that people use, such as https://tandem.example. Empty: as the request says.
	URL string
	// Mail sends a letter; an error that is sync.ErrUndeliverable would come again. Nil: there is no way to send one.
	Mail func(context.Context, Mail) error
	// MailURL is the address that letters lead to. Empty: URL.
	MailURL string
	// Push sends a message to a browser; an error that is sync.ErrGone or sync.ErrUndeliverable would come again. Nil: there is no way.
	Push func(context.Context, Push) error
	// PushKey is what browsers are told to take messages of this site alone, as Push signs them.
	PushKey string
	// Importer brings tables of issues into teams. Nil: nothing is imported.
	Importer Importer
	// Demo adds the sign-in without a password.
	Demo bool
	// Starter is what a new workspace begins with.
	Starter sync.Starter
	// Trusted are the proxies whose X-Forwarded headers count.
	Trusted []netip.Prefix
	// Rate is how many transactions a person may send in any minute. Zero: no limit.
	Rate int
	// Clock is the time that limits count with. Nil: the machine's.
	Clock func() time.Time
	// Heartbeat and Check drive the streams in tests. Nil: every 20 and every 1.5 seconds.
	Heartbeat, Check <-chan time.Time
}

// Server answers all of Tandem's HTTP. It is safe for concurrent use. Close it when no more requests shall come.
type Server struct {
	engine    *sync.Engine
	assets    *static.Assets
	logger    *slog.Logger
	build     views.Build
	url       string
	mail      func(context.Context, Mail) error
	mailURL   string
	notify    func(context.Context, Push) error
	pushKey   string
	demo      bool
	starter   sync.Starter
	limit     *limiter
	uploads   *uploads
	importer  Importer
	imports   *importJobs
	previews  *turns // of tables to import
	archives  *turns
	fragments *fragmentCache
	zips      *zipper
	looks     *gather[lookKey, looked]
	beside    *byteCache[lookKey, beside]
	reading   singleflight.Group
	ends      *gather[sync.Token, bool] // whether a share has ended
	shares    *gather[sync.Token, sync.SharePage]
	texts     *texts
	comments  *drawnComments
	issues    *byteCache[lookKey, keptIssue]
	rows      *byteCache[drawnRowKey, []byte]
	threads   *byteCache[threadKey, drawnThread]
	streams   *streams
	patience  time.Duration // for a body
	draining  atomic.Bool
	teams     stdsync.Map // teamKey -> uuid.UUID: keys of teams never change
	origins   *http.CrossOriginProtection
	echo      *echo.Echo
}

// New makes a server and starts what its streams need.
func New(options Options) *Server {
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	if options.Build == "" {
		options.Build = options.Static.Build()
	}
	zips := newZipper()
	s := &Server{
		engine: options.Engine, assets: options.Static, logger: options.Logger, build: views.Build(options.Build), url: options.URL,
		mail: options.Mail, mailURL: strings.TrimSuffix(or(options.MailURL, options.URL), "/"),
		notify: options.Push, pushKey: options.PushKey,
		demo: options.Demo, starter: options.Starter, limit: newLimiter(options.Rate, options.Clock), uploads: newUploads(), importer: options.Importer, imports: newImportJobs(), previews: newPreviews(), archives: newArchives(),
		fragments: newFragmentCache(zips), zips: zips, looks: newGather[lookKey, looked](), beside: newByteCache(besideBytes, func(key lookKey, b beside) int { return key.size() + b.size() }),
		ends: newGather[sync.Token, bool](), shares: newGather[sync.Token, sync.SharePage](), texts: newTexts(), comments: newDrawnComments(), issues: newKeptIssues(), rows: newDrawnRows(), threads: newDrawnThreads(), streams: newStreams(options, options.Engine.Ended),
		origins: newOriginCheck(options.URL), patience: bodyPatience, echo: newEcho(options.Trusted),
	}
	s.echo.HTTPErrorHandler = s.fail
	s.use()
	s.route()
	return s
}

func newEcho(trusted []netip.Prefix) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.IPExtractor, e.SchemeExtractor = echo.ExtractIPDirect(), echo.ExtractSchemeDirect()
	if len(trusted) > 0 {
		e.IPExtractor, e.SchemeExtractor = throughProxies(trusted)
	}
	return e
}

// use puts the middleware in the order in which a request meets it.
func (s *Server) use() {
	s.echo.Use(
		s.requestID,    // first, so that everything below can name the request
		s.logAccess,    // outside of recover, so that a panic is logged as the 500 that it became
		s.recoverPanic, // below it nothing takes the process down
		s.headers,      // on errors too, so before anything that may refuse
		s.limitBody,    // before anything reads a body
		s.sameOrigin,   // before any handler writes
	)
}

// headKey marks the context of a HEAD.
type headKey struct{}

// ServeHTTP implements http.Handler. HEAD is answered as GET is; net/http leaves the body out. A stream has no end to
// wait for, so it takes none.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodHead && !strings.HasSuffix(r.URL.Path, "/events") {
		r = r.WithContext(context.WithValue(r.Context(), headKey{}, true))
		r.Method = http.MethodGet
	}
	if s.draining.Load() && r.ProtoMajor == 1 {
		w.Header().Set("Connection", "close") // after its answer: a proxy that kept it might send a write into its end
	}
	s.echo.ServeHTTP(w, r)
}

// Drain tells a load balancer, at /readyz, to send its requests to other nodes. All that comes is still answered.
func (s *Server) Drain() { s.draining.Store(true) }

// Close tells every stream that the server goes away, breaks off imports, and returns when they have ended. Call it before, or while,
// http.Server.Shutdown waits.
func (s *Server) Close() {
	s.imports.end()
	s.streams.close()
	s.imports.running.Wait()
}
