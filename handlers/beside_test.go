package handlers

import (
	"net/http"
	"strings"
	stdsync "sync"
	"testing"

	"tandem/sync"
)

// told asks for a fragment as a browser that has it does: it answers what is new, or nothing.
func (b *browser) told(path string, had answer) answer {
	b.house.t.Helper()
	return b.get(path, "If-None-Match", had.header.Get("ETag"))
}

func (a answer) live() string {
	a.t.Helper()
	return a.one("[data-live]").AttrOr("data-live", "")
}

func TestReference_FollowsTheIssueThatItNames(t *testing.T) {
	t.Parallel()
	h := setup(t)
	named := h.issue("Old title")
	issue := h.issue("Refers", func(set map[string]any) { set["description"] = "Like " + named.key + ", but later" })
	remark := sync.NewRef("comment", newID())
	path := "/acme/f/issue/" + issue.key

	had := h.ben.get(path).ok()
	if chip := strings.Join(strings.Fields(had.one(".markdown .issue-ref").Text()), " "); chip != named.key+" Old title" {
		t.Errorf("%q", chip)
	}
	if !strings.Contains(had.live(), string(named.ref)) {
		t.Errorf("live on %s", had.live())
	}
	h.ben.told(path, had).is(http.StatusNotModified)
	other := h.issue("Another that nothing refers to")
	h.ben.told(path, had).is(http.StatusNotModified)

	h.ann.apply(setField(named.ref, h.head(), "title", "New title"))
	renamed := h.ben.told(path, had).ok().has("New title").lacks("Old title")
	h.ben.told(path, renamed).is(http.StatusNotModified)
	h.ann.apply(setField(named.ref, h.head(), "status", string(h.done())))
	closed := h.ben.told(path, renamed).ok()
	closed.one(".issue-ref--closed [data-category=completed]")

	h.ann.apply(sync.Operation{Op: sync.Create, Record: remark, Set: map[string]any{"issue": string(issue.ref), "body": "See " + other.key + " too"}})
	more := h.ben.told(path, closed).ok().has("Another that nothing refers to")
	h.ann.apply(setField(other.ref, h.head(), "title", "One that a comment refers to"))
	h.ben.told(path, more).ok().has("One that a comment refers to")
}

func TestReference_ACrowdIsToldTheSame(t *testing.T) {
	t.Parallel()
	h := setup(t)
	named := h.issue("Old title")
	path := "/acme/f/issue/" + h.issue("Refers", func(set map[string]any) { set["description"] = "Like " + named.key }).key
	had := h.ben.get(path).ok()
	h.ann.apply(setField(named.ref, h.head(), "title", "New title"))
	answers := make([]answer, 50)
	var asking stdsync.WaitGroup
	for i := range answers {
		asking.Go(func() { answers[i] = h.ben.told(path, had) })
	}
	asking.Wait()
	for _, got := range answers {
		if got.ok().has("New title"); got.body != answers[0].body || got.header.Get("ETag") != answers[0].header.Get("ETag") {
			t.Fatalf("%s and %s", got.header.Get("ETag"), answers[0].header.Get("ETag"))
		}
	}
}

// What goes out of sight leaves nothing behind: not its title, not its id, and not when it changes.
func TestS44_AReferenceToWhatGoesOutOfSightIsPlainText(t *testing.T) {
	t.Parallel()
	h := setup(t)
	named := h.issue("Soon secret")
	issue := h.issue("Refers", func(set map[string]any) { set["description"] = "Like " + named.key })
	path := "/acme/f/issue/" + issue.key
	had := h.ben.get(path).ok().has("Soon secret")
	ann := h.ann.get(path).ok()
	h.ben.get("/acme/f/pack/issue?key=" + issue.key).ok().has("Soon secret")

	h.ann.apply(toTeam(named, h.sec))
	h.ben.get("/acme/f/pack/issue?key="+issue.key).ok().lacks("Soon secret", string(named.ref))
	left := h.ben.told(path, had).ok().lacks("Soon secret", string(named.ref), `class="issue-ref`)
	h.ann.told(path, ann).ok().has("Soon secret", "SEC-1")
	h.ann.apply(setField(named.ref, h.head(), "title", "Wholly secret"))
	h.ben.told(path, left).is(http.StatusNotModified)
	h.ann.get(path).ok().has("Wholly secret")
}

func TestIssuePage_FollowsTheIssueAbove(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent := h.issue("Parent")
	issue := h.issue("Child", func(set map[string]any) {
		set["parent"], set["assignee"] = string(parent.ref), "member:"+h.ben.actor.Member.String()
	})
	for _, path := range []string{"/acme/f/issue/" + issue.key, "/acme/f"} {
		had := h.ben.get(path).ok()
		if !strings.Contains(had.live(), string(parent.ref)) {
			t.Errorf("%s is live on %s", path, had.live())
		}
		title := "Renamed for " + path
		h.ann.apply(setField(parent.ref, h.head(), "title", title))
		trash := h.ben.told(path, had).ok().has(title)
		h.ann.apply(sync.Operation{Op: sync.Delete, Record: parent.ref})
		restore := h.ben.told(path, trash).ok().lacks(title)
		h.ann.apply(sync.Operation{Op: sync.Restore, Record: parent.ref})
		h.ben.told(path, restore).ok().has(title)
	}
}

// A region names so many issues and no more: of very many their teams tell when it is stale.
func TestOthers_OfVeryManyTheirTeamsStand(t *testing.T) {
	t.Parallel()
	few, many, team := others{}, others{}, newID()
	for range besideTopics {
		few[newID()], many[newID()] = team, team
	}
	many[newID()] = team
	if got := few.topics(); len(got) != besideTopics || !strings.HasPrefix(got[0], "issue:") {
		t.Errorf("%d, %s", len(got), got[0])
	}
	if got := many.topics(); len(got) != 1 || got[0] != "team:"+team.String() {
		t.Errorf("%v", got)
	}
}
