package sync

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

func TestProject_WhoLeavesNoneAsItIsTakesNoneAway(t *testing.T) {
	t.Parallel()
	h := setup(t)
	launch, gone, ours := h.project(t, "Launch", h.team), h.project(t, "Gone", h.team), h.project(t, "Rework", h.team)
	hidden := h.project(t, "Hidden", uuid.Nil)
	beta, alpha := h.milestone(t, gone, "Beta"), h.milestone(t, hidden, "Alpha")
	seen, _ := h.issue(t, "In a project that is there", having("project", string(launch)))
	trashed, _ := h.issue(t, "In one in the trash", having("project", string(gone)), having("milestone", string(beta)))
	secret, _ := h.issue(t, "In one that guests do not see", having("project", string(hidden)), having("milestone", string(alpha)))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
	emptied := func(issue Ref) []Operation {
		at := h.at(t)
		return []Operation{{Op: Move, Record: issue, Set: map[string]any{"project": nil}, After: seen},
			setField(issue, at, "project", nil), setField(issue, at, "milestone", nil)}
	}

	for _, issue := range []Ref{trashed, secret} {
		h.applied(t, h.cleo, newID(), emptied(issue)...)
	}
	h.applied(t, h.ann, h.annsTab, emptied(trashed)...)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: gone})
	h.wantBelongs(t, trashed, gone, beta)
	h.wantBelongs(t, secret, hidden, alpha)

	h.applied(t, h.cleo, newID(), emptied(seen)...)
	h.wantBelongs(t, seen, "", "")
	h.applied(t, h.ann, h.annsTab, emptied(secret)...)
	h.wantBelongs(t, secret, "", "")
	h.applied(t, h.cleo, newID(), setField(trashed, h.at(t), "project", string(ours)))
	h.wantBelongs(t, trashed, ours, "")
}

func TestS44_NoAnswerNamesAHiddenProject(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, another := h.project(t, "Hidden", uuid.Nil), h.project(t, "Hidden too", uuid.Nil)
	ours, other := h.project(t, "Rework", h.team), h.project(t, "Other", h.team)
	tab := newID() // cleo's
	issue, at := h.issue(t, "Fix login")
	sides := func(result Result) [3]any {
		t.Helper()
		if len(result.Conflicts) != 1 {
			t.Fatalf("%+v", result)
		}
		met := result.Conflicts[0]
		return [3]any{met.Base, met.Mine, met.Theirs}
	}
	told := func(result Result) [2]any {
		t.Helper()
		if len(result.Notices) != 1 {
			t.Fatalf("%+v", result)
		}
		return [2]any{result.Notices[0].Mine, result.Notices[0].Theirs}
	}

	h.applied(t, h.ann, h.annsTab, setField(issue, at, "project", string(hidden)))
	raced := h.applied(t, h.cleo, tab, setField(issue, at, "project", string(ours)))
	wantSame(t, "a race", [2]any{string(ours), nil}, told(raced))
	changes := h.page(t, issue).Changes
	if lost := changes[len(changes)-1].Overwrote["project"]; lost.Value != string(hidden) {
		t.Errorf("the log holds %v, not what was overwritten", lost.Value)
	}

	h.applied(t, h.ann, h.annsTab, setField(issue, h.at(t), "project", string(another)))
	wantSame(t, "an undo", [3]any{string(ours), nil, nil}, sides(h.push(t, h.cleo, tab, undo(raced.ID))))
	wantSame(t, "an undo in part", [2]any{nil, nil}, told(h.push(t, h.cleo, tab, undoPartly(raced.ID))))
	h.clock.advance(time.Minute)
	stale := setField(issue, raced.Version, "project", string(other))
	wantSame(t, "a conflict", [3]any{string(ours), string(other), nil}, sides(h.push(t, h.cleo, tab, stale)))
	wantSame(t, "a member's conflict", [3]any{string(ours), string(other), string(another)}, sides(h.push(t, h.ben, h.bensTab, stale)))

	left := h.applied(t, h.ben, h.bensTab, setField(issue, h.at(t), "project", string(ours)))
	h.applied(t, h.ann, h.annsTab, setField(issue, h.at(t), "project", string(other)))
	h.applied(t, h.ann, h.annsTab, setField(h.ref(h.ben), h.at(t), "role", Guest))
	wantSame(t, "an undo by who has become a guest", [3]any{string(ours), nil, string(other)}, sides(h.push(t, h.ben, h.bensTab, undo(left.ID))))
}

func TestProject_ItsDescriptionIsReadWhereItIsShownOrWritten(t *testing.T) {
	t.Parallel()
	h := setup(t)
	want := map[Ref]any{}
	var projects []Ref
	for _, name := range []string{"One", "Two", "Three"} {
		project := h.project(t, name, h.team, having("description", "about "+name))
		projects, want[project] = append(projects, project), "about "+name
	}
	h.project(t, "Hidden", uuid.Nil, having("description", "a secret"))
	bare := h.project(t, "Bare", h.team)
	want[bare] = ""

	first, second := "about it", "about all of it"
	from, at := "about One", h.at(t)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Text, Record: projects[0], Base: &at, Field: "description", From: &from, Text: &first})
	later := h.at(t)
	edited := h.applied(t, h.ann, h.annsTab, Operation{Op: Text, Record: projects[0], Base: &later, Field: "description", Text: &second})
	h.applied(t, h.ann, h.annsTab, setField(projects[1], h.at(t), "state", "started"))
	h.applied(t, h.ann, h.annsTab, undo(edited.ID))
	want[projects[0]] = "about it"

	for _, limit := range []int{1, 3, PullMost} {
		var fresh replica
		fresh.pull(t, h, h.cleo, limit)
		got := map[Ref]any{}
		for ref, change := range fresh.records {
			if ref.kind() == "project" {
				got[ref] = change.Fields["description"]
			}
		}
		wantSame(t, "what a guest pulls", want, got)
	}
	for ref, description := range want {
		page, err := h.Project(t.Context(), h.ben, ref.ID(), ProjectOptions{})
		must(t, err)
		wantSame(t, "the page", description, any(page.Description))
	}
	_, words, err := h.Engine.wordsOf(t.Context(), h.ws)
	must(t, err)
	for _, r := range words.all("project") {
		if _, held := r.fields["description"]; held {
			t.Errorf("the names in memory hold what %s is about", r.text("name"))
		}
	}
}
