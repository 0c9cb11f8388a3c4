package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	stdsync "sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/a-h/templ"

	"tandem/sync"
)

func TestS28_AFragmentIsRenderedOnlyWhenItChanged(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Watched")
	for _, path := range []string{"/acme/f/team/ENG", "/acme/f/team/ENG?view=board", "/acme/f/issue/" + issue.key, "/acme/f/vocabulary",
		"/acme/f/settings/label", "/acme/f/settings/template", "/acme/f/settings/team/ENG", "/acme/f/member/" + h.ben.actor.Member.String()} {
		t.Run(path, func(t *testing.T) {
			etag := h.ben.get(path).ok().header.Get("ETag")
			if !strings.HasPrefix(etag, `W/"`) {
				t.Fatalf("ETag %q", etag)
			}
			other := h.issueIn(h.sec, "SEC", "Another team's")
			fresh := h.ben.get(path, "If-None-Match", `"x", `+etag).is(http.StatusNotModified)
			if got := fresh.header.Get("Tandem-Version"); got != fmt.Sprint(other.version) || fresh.body != "" || fresh.header.Get("ETag") != etag {
				t.Errorf("%s of %d, %q", got, other.version, fresh.body)
			}
		})
	}
	etag := h.ben.get("/acme/f/issue/" + issue.key).header.Get("ETag")
	h.ann.apply(setField(issue.ref, issue.version, "title", "Changed"))
	changed := h.ben.get("/acme/f/issue/"+issue.key, "If-None-Match", etag).ok().has("Changed")
	if changed.header.Get("ETag") == etag {
		t.Error("the ETag stayed")
	}
}

// Due dates are worded by the day, so a new one makes what shows them stale.
func TestS28_ANewDayIsAChange(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fresh, err := h.engine.Freshness(t.Context(), h.ben.actor, "vocabulary")
	must(t, err)
	today := h.tag(fresh)
	fresh.At = fresh.At.Add(24 * time.Hour)
	if h.tag(fresh) == today {
		t.Error("the ETag stayed")
	}
}

func TestFragment_IsDrawnOnceForAll(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("Popular")
	fresh, err := h.engine.Freshness(t.Context(), h.ben.actor, "vocabulary")
	must(t, err)
	var drawn atomic.Int32
	one := fragment{fresh: fresh, name: "once", draw: func(context.Context) (sync.Snapshot, templ.Component, error) {
		drawn.Add(1)
		return fresh.Snapshot, templ.Raw("<p>drawn</p>"), nil
	}}
	var asking stdsync.WaitGroup
	for range 100 {
		asking.Go(func() {
			_, err := h.fragments.get(context.Background(), "once", one)
			if err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	if n := drawn.Load(); n != 1 {
		t.Errorf("drawn %d times", n)
	}
}

// What is kept for a class of rights must have been drawn with just those.
func TestFragment_IsNotKeptWhenRightsMoved(t *testing.T) {
	t.Parallel()
	h := setup(t)
	fresh, err := h.engine.Freshness(t.Context(), h.ben.actor, "vocabulary")
	must(t, err)
	more, err := h.engine.Look(t.Context(), h.ann.actor)
	must(t, err)
	_, err = h.fragments.get(t.Context(), "moved", fragment{fresh: fresh, name: "moved", draw: func(context.Context) (sync.Snapshot, templ.Component, error) {
		return more, templ.Raw("secret"), nil
	}})
	if err != errRightsMoved {
		t.Errorf("%v", err)
	}
}

// It is drawn beside the request's goroutine, where nothing else would catch it.
func TestFragment_ThatPanicsIsAnError(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.fragments.get(t.Context(), "broken", fragment{draw: func(context.Context) (sync.Snapshot, templ.Component, error) { panic("broken") }})
	if err == nil {
		t.Error("no error")
	}
}

func TestFragment_HoldsNothingOfItsViewer(t *testing.T) {
	t.Parallel()
	h := setup(t)
	dora := h.join("dora", sync.Member)
	issue := h.issue("Shared", func(set map[string]any) {
		set["description"] = "Ask @ben"
		set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member))
	})
	for _, path := range []string{"/acme/f/team/ENG", "/acme/f/team/ENG?view=board", "/acme/f/issue/" + issue.key, "/acme/f/vocabulary", "/acme/f/settings/label"} {
		ben, dora := h.ben.get(path).ok(), dora.get(path).ok()
		if ben.body != dora.body || ben.header.Get("ETag") != dora.header.Get("ETag") {
			t.Errorf("%s differs", path)
		}
		ben.lacks(`name="_tx"`)
		if member := dora.header.Get("Tandem-Member"); member == ben.header.Get("Tandem-Member") {
			t.Errorf("%s is both members'", path)
		}
	}
}

func TestFragment_AboutMeIsMineAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("Ben's", func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member)) })
	h.issue("Ann's", func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.ann.actor.Member)) })
	h.ben.get("/acme/f/team/ENG?f=assignee:me").ok().has("Ben&#39;s").lacks("Ann&#39;s")
	h.cleo.get("/acme/f/team/ENG?f=assignee:me").ok().lacks("Ben&#39;s", "Ann&#39;s")
	page := h.ben.get("/acme/team/ENG?f=assignee:me").ok()
	if source, _ := page.one(".issue-list").Attr("data-src"); source != "/acme/f/team/ENG?f=assignee:"+h.ben.actor.Member.String() {
		t.Errorf("data-src %s", source)
	}
	h.ben.get("/acme/f").ok().has("Ben&#39;s").lacks("Ann&#39;s")
	h.ben.get("/acme/f/member/" + h.ann.actor.Member.String()).is(http.StatusNotFound)
}

func TestDrawnFragment_SaysTheVersionItIsTrueAt(t *testing.T) {
	t.Parallel()
	d := newDrawnFragment(newZipper(), 98, []byte(`<div data-version="98"><p data-version="98">x</p></div>`))
	for _, step := range []struct{ at, want int64 }{{97, 98}, {98, 98}, {99, 99}, {100, 100}, {12345, 12345}, {99, 12345}} {
		shown := d.at(step.at)
		if want := fmt.Sprintf(`<div data-version="%d"><p data-version="98">x</p></div>`, step.want); string(shown.body) != want || shown.version != step.want {
			t.Errorf("at %d: %d %s", step.at, shown.version, shown.body)
		}
	}
	if shown := newDrawnFragment(newZipper(), 3, []byte("words")).at(9); string(shown.body) != "words" || shown.version != 9 {
		t.Errorf("%d %s", shown.version, shown.body)
	}
}

func TestByteCache_KeepsToItsSize(t *testing.T) {
	t.Parallel()
	c := newByteCache(100, func(_ int, s string) int { return len(s) })
	for i := range 50 {
		c.add(i, strings.Repeat("x", 30))
		c.add(i, strings.Repeat("y", 30))
	}
	c.add(99, strings.Repeat("z", 101))
	if c.used != 90 || c.kept.Len() != 3 {
		t.Errorf("%d bytes in %d", c.used, c.kept.Len())
	}
	if _, kept := c.get(99); kept {
		t.Error("what is larger than all is kept")
	}
}

func TestSend_CompressesForWhoTakesIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, path := range []string{"/acme/team/ENG", "/acme/f/vocabulary", "/acme/sync/pull", "/assets/" + string(h.build) + "/app.css"} {
		for accept, want := range map[string]string{"": "", "br;q=1.0, gzip;q=0.5": "br", "gzip, br;q=0": "gzip", "deflate": "", "gzip;q=0": ""} {
			answer := h.ben.get(path, "Accept-Encoding", accept).ok()
			if got := answer.header.Get("Content-Encoding"); got != want || !strings.Contains(answer.header.Get("Vary"), "Accept-Encoding") {
				t.Errorf("%s for %q: %q, Vary %q", path, accept, got, answer.header.Get("Vary"))
			}
		}
	}
}
