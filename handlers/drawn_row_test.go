package handlers

import (
	"testing"
	"time"

	"tandem/sync"
)

// A list of rows that were drawn before is the list that would be drawn anew, whatever a row shows of the issue, of others and of names.
func TestDrawnRows_LookAsIfDrawnAnew(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent, blocker := h.issue("Parent"), h.issue("Blocker")
	due := h.clock.now().AddDate(0, 0, 2).Format(time.DateOnly)
	row := h.issue("Row", func(set map[string]any) {
		set["parent"], set["labels"], set["due"] = string(parent.ref), []any{string(h.bug)}, due
		set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member))
	})
	child := h.issue("Child", func(set map[string]any) { set["parent"] = string(row.ref) })
	relation := sync.NewRef("relation", newID())
	for name, change := range map[string]func(){
		"nothing":      func() {},
		"a title":      func() { h.ann.apply(setField(row.ref, h.head(), "title", "Another row")) },
		"the parent's": func() { h.ann.apply(setField(parent.ref, h.head(), "title", "Renamed parent")) },
		"a child's":    func() { h.ann.apply(setField(child.ref, h.head(), "status", string(h.done()))) },
		"a blocker": func() {
			h.ann.apply(sync.Operation{Op: sync.Create, Record: relation, Set: map[string]any{"issue": string(blocker.ref), "other": string(row.ref), "kind": "blocks"}})
		},
		"the label's":  func() { h.ann.apply(setField(h.bug, h.head(), "name", "fault")) },
		"the status's": func() { h.ann.apply(setField(h.todo, h.head(), "name", "To be done")) },
		"a member's":   func() { h.ben.apply(setField(sync.NewRef("member", h.ben.actor.Member), h.head(), "name", "Benjamin")) },
	} {
		change()
		for _, path := range []string{"/acme/f/team/ENG", "/acme/f/team/ENG?group=assignee&order=updated", "/acme/f/all"} {
			for _, reader := range []*browser{h.ann, h.ben} {
				kept := reader.get(path).ok().has("Child")
				h.rows.kept.Purge()
				h.fragments.kept.kept.Purge()
				if anew := reader.get(path).ok(); anew.body != kept.body {
					t.Errorf("%s, %s: kept\n%s\nanew\n%s", name, path, kept.body, anew.body)
				}
			}
		}
	}
}

// Two teams may turn to a new day one after the other: each turn words other due dates.
func TestDays_ChangeWithEachZone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.ann.apply(setField(sync.NewRef("team", h.eng), h.head(), "timezone", "Europe/Kyiv"))
	h.ann.apply(setField(sync.NewRef("team", h.sec), h.head(), "timezone", "Europe/Berlin"))
	page, err := h.engine.TeamIssues(t.Context(), h.ann.actor, "ENG", sync.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]string{}
	for _, at := range []string{"21:30", "22:30", "23:30"} {
		page.At, err = time.Parse(time.DateTime, "2026-01-02 "+at+":00")
		if err != nil {
			t.Fatal(err)
		}
		now := days(page.Snapshot)
		if before, known := seen[now]; known {
			t.Errorf("at %s the days are those of %s: %s", at, before, now)
		}
		seen[now] = at
	}
}
