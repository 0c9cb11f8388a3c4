package handlers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/queries/querytest"
	"tandem/sync"
)

// deadline is how late a change may be told where its hint was lost, and a sign-out elsewhere be felt.
const deadline = 2 * time.Second

// node is another server on the house's database, as another machine would run it: with caches, a pool and a bus of its own.
func (h *house) node() *house {
	h.t.Helper()
	other := *h
	other.beats, other.checks = make(chan time.Time), make(chan time.Time)
	engine := sync.New(sync.Options{Pool: querytest.Pool(h.t, h.url), Bus: sync.NewPostgresBus(h.url, silent()), Clock: func(time.Time) time.Time { return h.clock.now() }})
	engine.Start()
	h.t.Cleanup(engine.Stop)
	other.Server = New(Options{Engine: engine, Static: assets(), Clock: h.clock.now, Heartbeat: other.beats, Check: other.checks})
	h.t.Cleanup(other.Server.Close)
	other.ann, other.ben, other.cleo = h.ann.at(&other), h.ben.at(&other), h.cleo.at(&other)
	return &other
}

// at is the same browser in front of another node.
func (b *browser) at(h *house) *browser {
	moved := *b
	moved.house = h
	return &moved
}

// checkSessions returns when a check of the sessions is through.
func (h *house) checkSessions() {
	h.checks <- time.Time{}
	h.checks <- time.Time{} // when it is taken the first one is done
}

// count reads a number from the database.
func (h *house) count(sql string) (n int) {
	h.t.Helper()
	must(h.t, h.pool.QueryRow(h.t.Context(), sql).Scan(&n))
	return n
}

func TestS42_ASignOutOnAnotherNodeEndsTheStreamAndTheRequests(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.node(), h.node()
	again, err := h.engine.OpenSession(t.Context(), h.ben.person.ID, "other")
	must(t, err)
	other := two.ben.tab()
	other.token = again
	url := two.serve() + "/acme/sync/events"
	ended, stays := two.ben.stream(url), other.stream(url)
	ended.next()
	stays.next()
	two.ben.get("/acme").ok() // the session is in the second node's memory
	one.ben.post("/sign-out", nil).to("/sign-in")
	two.checkSessions()
	if e := ended.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("%+v", e)
	}
	ended.ended()
	two.ben.get("/acme/sync/pull").problem(http.StatusUnauthorized, sync.CodeSignedOut)
	other.get("/acme/sync/pull").ok()
	two.beats <- time.Time{}
	if e := stays.next(); e.name != "hello" {
		t.Errorf("the other session's stream says %+v", e)
	}
}

func TestS42_ACheckThatFailsEndsNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.streams.ended = func(context.Context, []sync.Token) ([]sync.Token, error) {
		return nil, fmt.Errorf("the database is away")
	}
	stream := h.open(h.ben, "")
	stream.next()
	h.checkSessions()
	h.beats <- time.Time{}
	if e := stream.next(); e.name != "hello" {
		t.Errorf("%+v", e)
	}
}

// However many sessions have streams, one check looks at all of them.
func TestS42_OneCheckLooksAtEverySession(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const many = 10_000
	left := sync.NewToken()
	tokens := make([]sync.Token, many)
	feeds := map[sync.Token]*feed{}
	for i := range tokens {
		tokens[i] = sync.NewToken()
		feeds[tokens[i]] = &feed{token: tokens[i]}
		h.streams.enter(feeds[tokens[i]])
	}
	feeds[left] = &feed{token: left}
	h.streams.enter(feeds[left])
	h.exec("insert into session (token_hash, person_id, expires_at) select sha256(convert_to(t, 'utf8')), $1, now() + interval '1 day' from unnest($2::text[]) t", h.ben.person.ID, tokens)
	h.checkSessions()
	for token, f := range feeds {
		if _, reason := f.due(); (reason != "") != (token == left) {
			t.Errorf("a stream is told %q, of the session that is none: %t", reason, token == left)
		}
		h.streams.leave(f)
	}
}

func TestS32_AWriteOnOneNodeReachesAViewerOnAnother(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.node(), h.node()
	stream := two.open(two.ben, "")
	stream.next()
	issue := one.issue("Fix login")
	stream.until(issue.version)

	waits := make([]time.Duration, 200)
	for i := range waits {
		began := time.Now()
		result := one.ann.apply(setField(issue.ref, issue.version, "priority", i%4+1))
		stream.until(result.Version)
		if waits[i] = time.Since(began); waits[i] > deadline {
			t.Errorf("told after %s", waits[i])
		}
	}
	slices.Sort(waits)
	t.Logf("from the write to a viewer on another node: p50 %s, p99 %s", waits[len(waits)/2], waits[len(waits)*99/100])

	// What the bump made stale can be read there at once.
	two.ben.get("/acme/issue/" + issue.key).ok().has("Fix login")
}

func TestS31_S32_WithTheListenerKilledThePollCarriesAndTheListenerComesBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.node(), h.node()
	stream := two.open(two.ben, "")
	stream.next()
	issue := one.issue("Fix login")
	stream.until(issue.version)
	const listening = "from pg_stat_activity where datname = current_database() and query = 'listen tandem'"
	for i := range 2 {
		if killed := h.count("select count(pg_terminate_backend(pid)) " + listening); killed == 0 {
			t.Error("nobody listened")
		}
		began := time.Now()
		result := one.ann.apply(setField(issue.ref, issue.version, "priority", i+1))
		two.ben.get("/acme/issue/" + issue.key).ok() // no error page meanwhile
		stream.until(result.Version)
		took := time.Since(began)
		t.Logf("told after %s", took)
		if took > deadline {
			t.Errorf("told after %s", took)
		}
		for h.count("select count(*) "+listening) < 2 {
			if t.Context().Err() != nil || time.Since(began) > time.Minute {
				t.Fatal("the listeners do not come back")
			}
		}
	}
}

// until reads up to the event that tells a V.
func (s *streamReader) until(version int64) (e told) {
	s.t.Helper()
	for e = s.next(); e.id < version; e = s.next() {
	}
	return e
}

// Whoever is removed on one node has lost everything on the other with the next request, whatever is cached there.
func TestNodes_RightsThatEndOnOneNodeEndOnAll(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.node(), h.node()
	issue := one.issue("Seen")
	two.ben.get("/acme/issue/" + issue.key).ok()
	stream := two.open(two.ben, "")
	stream.next()
	one.ann.apply(sync.Operation{Op: sync.Delete, Record: sync.NewRef("member", h.ben.actor.Member)})
	two.ben.get("/acme/issue/" + issue.key).is(http.StatusNotFound)
	two.ben.get("/acme/sync/pull").is(http.StatusNotFound)
	for e := stream.next(); e.name != "access"; e = stream.next() {
	}
	one.issue("Not for ben")
	last := one.head()
	for at := stream.beat(two); at.id != last; at = stream.beat(two) {
		if at.name != "hello" {
			t.Fatalf("told %+v", at)
		}
	}
	invited, err := h.engine.AddMember(t.Context(), h.ws, h.ben.person, sync.Member)
	must(t, err)
	if invited != h.ben.actor {
		t.Error("came back as somebody else")
	}
	two.ben.get("/acme/issue/" + issue.key).ok()
}

// beat asks for the heartbeat and reads what comes.
func (s *streamReader) beat(h *house) told {
	s.t.Helper()
	h.beats <- time.Time{}
	return s.next()
}

// PostgreSQL was replaced by a copy that lacks the end of the log: a new epoch. The streams that are open say so, what was
// lost is no longer believed, and what is written then is told.
func TestS21_ANewEpochReachesTheStreamsThatAreOpen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	since := h.head()
	mine := h.ben.pull("")
	stream := h.open(h.ben, "")
	if e := stream.next(); e.data["epoch"] != mine.Epoch.String() {
		t.Errorf("%+v", e)
	}
	var epoch uuid.UUID
	must(t, h.pool.QueryRow(t.Context(), `update workspace set epoch = gen_random_uuid(),
		base_version = 1000000000 + (select max(version) from change where workspace_id = id) returning epoch`).Scan(&epoch))
	e := stream.next()
	if e.name != "hello" || e.data["epoch"] != epoch.String() || e.data["version"] != float64(since+1_000_000_000) {
		t.Fatalf("%+v", e)
	}
	if e = stream.next(); e.name != "bump" || e.data["all"] != true {
		t.Errorf("%+v", e)
	}
	if reset := h.ben.pull(fmt.Sprintf("?since=%d&epoch=%s", since, mine.Epoch)); reset.Reset != "epoch" || reset.PullResult.Epoch != epoch {
		t.Errorf("%+v", reset)
	}
	issue := h.issue("After the failover")
	if issue.version != since+1_000_000_001 {
		t.Errorf("written as %d", issue.version)
	}
	if e = stream.next(); e.name != "bump" || e.id != issue.version || e.data["all"] == true || fmt.Sprint(e.data["records"]) != fmt.Sprintf("[%s]", issue.ref) {
		t.Errorf("%+v", e)
	}
	if e = stream.beat(h); e.data["epoch"] != epoch.String() {
		t.Errorf("%+v", e)
	}
}

// A change of rights may be among what was lost, and no log tells of it.
func TestS21_ANewEpochTakesBackRightsThatWereLost(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.ann.apply(sync.Operation{Op: sync.Add, Record: sync.NewRef("team", h.sec), Field: "members", Value: string(sync.NewRef("member", h.ben.actor.Member))})
	stream := h.open(h.ben, "")
	stream.next()
	secret := h.issueIn(h.sec, "SEC", "Secret")
	stream.until(secret.version)
	h.exec("update team set members = array_remove(members, $2) where id = $1", h.sec, h.ben.actor.Member)
	h.exec("update topic set version = version - 1 where name = 'vocabulary'")
	h.exec("update workspace set epoch = gen_random_uuid(), base_version = 1000000000 + (select max(version) from change where workspace_id = id)")
	for e := stream.next(); e.data["all"] != true; e = stream.next() {
	}
	h.issueIn(h.sec, "SEC", "Not for ben")
	last := h.head()
	for at := stream.beat(h); at.id != last; at = stream.beat(h) {
		if at.name != "hello" {
			t.Fatalf("told %+v", at)
		}
	}
}

func TestS35_AnOldSocketThatIsNoticedLaterTakesNothingWithIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	url := h.serve() + "/acme/sync/events"
	old := h.ben.stream(url)
	hello := old.next()
	fresh := h.ben.stream(url, "Last-Event-ID", fmt.Sprint(hello.id))
	fresh.next()
	old.cancel()
	waiting := time.After(10 * time.Second)
	for h.openStreams(h.ben) != 1 {
		select {
		case <-time.After(time.Millisecond):
		case <-waiting:
			t.Fatal("the old socket is never noticed")
		}
	}
	issue := h.issue("After the old one closed")
	if e := fresh.until(issue.version); e.name != "bump" {
		t.Errorf("%+v", e)
	}
	h.ben.post("/sign-out", nil).to("/sign-in") // finds the new one under the session
	if e := fresh.next(); e.name != "bye" {
		t.Errorf("%+v", e)
	}
}

func (h *house) openStreams(b *browser) int {
	h.streams.mu.Lock()
	defer h.streams.mu.Unlock()
	return len(h.streams.feeds[b.token])
}
