package handlers

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tandem/internal/markdown"
	"tandem/sync"
)

// A page of an issue that was read before is as right as one that is read anew, whatever of it changed and whoever asks.
func TestKeptIssue_IsAsTrueAsOneReadAnew(t *testing.T) {
	t.Parallel()
	h := setup(t)
	other := h.issue("Another")
	issue := h.issue("Kept", func(set map[string]any) { set["description"] = "Like " + other.key })
	comment := sync.NewRef("comment", newID())
	h.ben.apply(sync.Operation{Op: sync.Create, Record: comment, Set: map[string]any{"issue": string(issue.ref), "body": strings.Repeat("Ben's long words. ", 2000)}})
	steps := []struct {
		name   string
		change func()
	}{
		{"nothing", func() {}},
		{"a title", func() { h.ann.apply(setField(issue.ref, h.head(), "title", "Kept by many")) }},
		{"a comment", func() {
			h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "Ann's words."}})
		}},
		{"the issue that it names", func() { h.ann.apply(setField(other.ref, h.head(), "title", "Renamed")) }},
		{"a status's name", func() { h.ann.apply(setField(h.todo, h.head(), "name", "To be done")) }},
		{"a label's name", func() { h.ann.apply(setField(h.bug, h.head(), "name", "fault")) }},
		{"an edited comment", func() {
			base, from := h.head(), strings.Repeat("Ben's long words. ", 2000)
			now := "Ben's other words. " + from
			h.ben.apply(sync.Operation{Op: sync.Text, Record: comment, Field: "body", Base: &base, From: &from, Text: &now})
		}},
		{"a key that leads nowhere", func() {
			h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "See ENG-3."}})
		}},
		{"the issue of that key", func() {
			if come := h.issue("Come"); come.key != "ENG-3" {
				t.Errorf("its key is %s", come.key)
			}
		}},
		{"a share", func() { h.ann.post("/acme/issue/"+issue.key+"/share", []string{"_tx", newID().String()}) }},
		{"a deleted comment", func() { h.ann.apply(sync.Operation{Op: sync.Delete, Record: comment}) }},
		{"the trash", func() { h.ann.apply(sync.Operation{Op: sync.Delete, Record: issue.ref}) }},
	}
	for _, step := range steps {
		step.change()
		for name, reader := range map[string]*browser{"ann": h.ann, "ben": h.ben, "cleo": h.cleo} {
			kept := reader.get("/acme/issue/" + issue.key).ok()
			again := reader.get("/acme/issue/" + issue.key).ok()
			h.Server.issues, h.threads = newKeptIssues(), newDrawnThreads()
			anew := reader.get("/acme/issue/" + issue.key).ok()
			for which, page := range map[string]answer{"kept": kept, "again": again} {
				if got, want := page.timeless(), anew.timeless(); got != want {
					at := 0
					for at < min(len(got), len(want)) && got[at] == want[at] {
						at++
					}
					t.Errorf("after %s, %s sees a page %s that is another one: %.200q and not %.200q", step.name, name, which, got[at:], want[at:])
				}
			}
			if forms, ids := strings.Count(again.body, "<form"), strings.Count(again.body, `name="_tx"`); ids == 0 || strings.Contains(again.body, "\x00") {
				t.Errorf("after %s, %s: %d forms, %d transaction ids", step.name, name, forms, ids)
			}
			reader.get("/acme/issue/" + issue.key) // leaves it kept for the next step
		}
	}
	h.cleo.get("/acme/f/issue/" + issue.key).ok()
}

// A page tells only that a description changed, so what is kept of it does not grow with all that the description ever was.
func TestKeptIssue_HoldsALongDescriptionOnceHoweverOftenItWasEdited(t *testing.T) {
	t.Parallel()
	h := setup(t)
	text := strings.Repeat("Ann's long words. ", 2000)
	issue := h.issue("Kept", func(set map[string]any) { set["description"] = text })
	for range 8 {
		base, from := h.head(), text
		text = "More. " + text
		h.ben.apply(sync.Operation{Op: sync.Text, Record: issue.ref, Field: "description", Base: &base, From: &from, Text: &text})
	}
	for _, when := range []string{"anew", "kept"} {
		if page := h.ann.get("/acme/issue/" + issue.key).ok(); strings.Count(page.body, "Description") < 8 {
			t.Errorf("read %s, the page tells of %d changes", when, strings.Count(page.body, "Description"))
		}
	}
	asked, err := sync.ParseIssueID(issue.key)
	must(t, err)
	kept, known := h.Server.issues.get(lookKey{h.ws, h.engine.RightsClass(h.ann.actor), asked})
	if size := kept.size(); !known || size < len(text) || size > 2*len(text) {
		t.Errorf("%v: %d bytes are kept of a description of %d", known, size, len(text))
	}
}

func TestKeptIssue_CountsWhatItHolds(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 10_000)
	many := make([]uuid.UUID, 1000)
	values := map[string]any{"title": long}
	for name, fill := range map[string]func(*issuePage){
		"a value before": func(p *issuePage) { p.Changes = []sync.Change{{Before: values}} },
		"a value after":  func(p *issuePage) { p.Changes = []sync.Change{{After: values}} },
		"a set":          func(p *issuePage) { p.Changes = []sync.Change{{After: map[string]any{"labels": []string{long}}}} },
		"an overwritten one": func(p *issuePage) {
			p.Changes = []sync.Change{{Overwrote: map[string]sync.Overwritten{"title": {Value: long}}}}
		},
		"subscribers":         func(p *issuePage) { p.Subscribers = many },
		"reactions":           func(p *issuePage) { p.Reactions = []sync.Reaction{{Members: many}} },
		"a comment":           func(p *issuePage) { p.Comments = []sync.CommentRow{{Body: long}} },
		"a comment's":         func(p *issuePage) { p.Comments = []sync.CommentRow{{Reactions: []sync.Reaction{{Members: many}}}} },
		"a sub-issue":         func(p *issuePage) { p.SubIssues = []sync.IssueRow{{Title: long}} },
		"what blocks it":      func(p *issuePage) { p.Family.Blockers = map[uuid.UUID][]sync.Blocker{{}: make([]sync.Blocker, 1000)} },
		"a relation":          func(p *issuePage) { p.Relations = []sync.RelationRow{{Other: sync.IssueTitle{Title: long}}} },
		"a file":              func(p *issuePage) { p.Attachments = []sync.AttachmentRow{{Name: long}} },
		"the chip of another": func(p *issuePage) { p.links.issues = map[string]markdown.Link{"ENG-1": {HTML: long}} },
	} {
		var page issuePage
		none := keptIssue{page: page}.size()
		fill(&page)
		if more := (keptIssue{page: page}).size() - none; more < 10_000 {
			t.Errorf("%s counts as %d bytes", name, more)
		}
	}
}

var clock = regexp.MustCompile(`<meta name="tandem-clock"[^>]*>`)

// timeless is a page without what each has of its own: the id of its transaction, and the time.
func (a answer) timeless() string {
	a.t.Helper()
	tx := a.find(`[name=_tx]`).First().AttrOr("value", "none")
	return clock.ReplaceAllString(strings.ReplaceAll(a.body, tx, "TX"), "")
}
