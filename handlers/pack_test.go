package handlers

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tandem/sync"
)

// packFor is the list for a member, with the keys of its issues in order.
func (b *browser) packFor() (pack, []string) {
	b.house.t.Helper()
	var told pack
	must(b.house.t, json.Unmarshal([]byte(b.get("/acme/f/pack").ok().body), &told))
	var keys []string
	for _, issue := range told.Issues {
		keys = append(keys, issue.Key)
	}
	return told, keys
}

// packed asks for the pages of issues.
func (b *browser) packed(keys ...string) []packedIssue {
	b.house.t.Helper()
	var told []packedIssue
	must(b.house.t, json.Unmarshal([]byte(b.get("/acme/f/pack/issue?key="+strings.Join(keys, "&key=")).ok().body), &told))
	return told
}

func TestPack_ListsTheOpenIssuesOneSees(t *testing.T) {
	t.Parallel()
	h := setup(t)
	mine := h.issue("Ben's own", func(set map[string]any) { set["assignee"] = sync.NewRef("member", h.ben.actor.Member) })
	closed := h.issue("Done with", func(set map[string]any) { set["status"] = h.status("Done") })
	trashed := h.issue("Thrown away")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: trashed.ref})
	later := h.issue("The latest", func(set map[string]any) { set["labels"] = []any{string(h.bug)} })
	hidden := h.issueIn(h.sec, "SEC", "Hidden treasure")

	told, keys := h.ben.packFor()
	if slices.Contains(keys, closed.key) || slices.Contains(keys, trashed.key) || slices.Contains(keys, hidden.key) {
		t.Errorf("the pack holds %v", keys)
	}
	if keys[0] != mine.key || slices.Index(keys, later.key) < 1 {
		t.Errorf("one's own are not first: %v", keys)
	}
	row := told.Issues[slices.Index(keys, later.key)]
	if row.Path != "/acme/issue/"+later.key || row.Record != later.ref || row.Set["title"] != "The latest" || row.Set["status"] != string(h.todo) ||
		row.Stale != later.version || told.Version < row.Stale || told.Build != h.build {
		t.Errorf("%+v of %d", row, told.Version)
	}
	paths := []string{}
	for _, page := range told.Pages {
		paths = append(paths, page.Path)
		h.ben.get(page.Path).ok()
	}
	if want := []string{"/acme/f/vocabulary", "/acme", "/acme?view=created", "/acme?view=subscribed", "/acme?view=activity", "/acme/team/ENG", "/acme/team/ENG?view=board"}; !slices.Equal(paths, want) {
		t.Errorf("the pages are %v", paths)
	}
}

// Whoever holds an answer asks again with its ETag, and for what became stale alone.
func TestPack_TellsWhatBecameStale(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, other := h.issue("One"), h.issue("Other")
	before, _ := h.ben.packFor()
	etag := h.ben.get("/acme/f/pack").ok().header.Get("ETag")
	h.ben.get("/acme/f/pack", "If-None-Match", etag).is(http.StatusNotModified)
	h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(one.ref), "body": "A word"}})
	after, keys := h.ben.packFor()
	if got := after.Issues[slices.Index(keys, one.key)].Stale; got <= before.Version || got != after.Version {
		t.Errorf("a commented issue is stale as of %d, V is %d", got, after.Version)
	}
	if got := after.Issues[slices.Index(keys, other.key)].Stale; got > before.Version {
		t.Errorf("an issue that nobody touched is stale as of %d", got)
	}
	h.ben.get("/acme/f/pack", "If-None-Match", etag).ok()
}

func TestPack_HoldsPagesAsTheyAreDrawn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, hidden := h.issue("Drawn once"), h.issueIn(h.sec, "SEC", "Hidden treasure")
	told := h.ben.packed(issue.key, hidden.key, "NOP-1", "nonsense")
	if len(told) != 1 || told[0].Path != "/acme/issue/"+issue.key || told[0].Version < issue.version {
		t.Fatalf("told %+v", told)
	}
	region := h.ben.get("/acme/f/issue/" + issue.key).ok().body
	if !strings.Contains(told[0].Main, region) || !strings.Contains(told[0].Main, `name="issue" value="`+string(issue.ref)+`"`) || strings.Contains(told[0].Main, "_tx") {
		t.Errorf("the page is %s", told[0].Main)
	}
	h.ben.get("/acme/f/pack/issue?" + strings.Repeat("key=ENG-1&", packBatch+1)).is(http.StatusBadRequest)
}
