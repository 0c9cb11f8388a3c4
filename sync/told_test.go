package sync

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestToldOfEachOther is about what authors learn of edits that met theirs.
func TestToldOfEachOther(t *testing.T) {
	t.Parallel()

	t.Run("S68 a field set twice in one transaction replaces the other's value once", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		result := h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 2), setField(issue, base, "priority", 3))
		if len(result.Notices) != 1 || result.Notices[0].Theirs != int64(1) || result.Notices[0].Mine != int64(3) {
			t.Errorf("%+v", result.Notices)
		}
		changes := h.page(t, issue).Changes
		if lost := changes[len(changes)-1].Overwrote["priority"]; lost.Member != h.ann.Member || lost.Value != float64(1) {
			t.Errorf("%+v", lost)
		}
	})

	t.Run("S68 setting a field twice and back to the other's value replaces nothing", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		result := h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 2), setField(issue, base, "priority", 1))
		if len(result.Notices) != 0 || len(h.logOf(t, issue.ID())) != 2 {
			t.Errorf("%+v", result.Notices)
		}
	})

	t.Run("a field set twice on a stale page is one conflict, with the last wish", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, base, "priority", 1))
		h.clock.advance(time.Minute)
		result := h.push(t, h.ben, h.bensTab, setField(issue, base, "priority", 2), setField(issue, base, "priority", 3))
		if len(result.Conflicts) != 1 || result.Conflicts[0].Mine != int64(3) || result.Conflicts[0].Base != int64(0) {
			t.Errorf("%+v", result.Conflicts)
		}
	})

	t.Run("who met the program's own value is told of no member", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: []Operation{setField(issue, base, "priority", 1)}}))
		raced := h.applied(t, h.ben, h.bensTab, setField(issue, base, "priority", 2))
		must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: []Operation{setField(issue, raced.Version, "priority", 3)}}))
		h.clock.advance(time.Minute)
		stale := h.push(t, h.ben, h.bensTab, setField(issue, base, "priority", 4))
		if len(raced.Notices) != 1 || raced.Notices[0].By != "" || len(stale.Conflicts) != 1 || stale.Conflicts[0].By != "" {
			t.Errorf("%+v, %+v", raced.Notices, stale)
		}
	})

	t.Run("a conflict on any kind of record shows its base", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		edits := map[Ref]map[string][2]string{
			f.label: {"name": {"bug", "fault"}}, f.status: {"name": {"Review", "Reviewing"}}, f.team: {"name": {"Website", "Web"}},
			NewRef("member", h.ben.Member): {"name": {"ben", "Benjamin"}}, f.issue: {"title": {"Fix login", "Mend login"}},
			NewRef("workspace", h.ws): {"name": {"Acme", "Acme Inc"}},
		}
		for ref, fields := range edits {
			for field, values := range fields {
				for _, theirs := range []string{values[1], "a later name"} {
					h.applied(t, h.ann, h.annsTab, setField(ref, f.at, field, theirs))
				}
				h.clock.advance(time.Minute)
				result := h.push(t, h.ann, newID(), setField(ref, f.at, field, "mine"))
				if len(result.Conflicts) != 1 || result.Conflicts[0].Base != values[0] || result.Conflicts[0].Theirs != "a later name" {
					t.Errorf("%s.%s: %+v", ref, field, result)
				}
			}
		}
	})

	t.Run("a share's conflict shows its base too", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		h.applied(t, h.ann, h.annsTab, setField(f.share, f.at, "allowed_origins", []any{"https://a.example"}))
		h.clock.advance(time.Minute)
		result := h.push(t, h.ann, newID(), setField(f.share, f.at, "allowed_origins", []any{"https://b.example"}))
		if len(result.Conflicts) != 1 || !cmp.Equal(result.Conflicts[0].Base, []string{"*"}) {
			t.Errorf("%+v", result)
		}
	})

	t.Run("an import that mixes its source's operations with others is refused", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		actor, client := Program(h.ws)
		issue := NewRef("issue", newID())
		mixture := []Operation{create(h, issue, "Old").By(h.ann.Member, h.clock.now(time.Time{}).Add(-time.Hour)), create(h, NewRef("issue", newID()), "New")}
		results, err := h.Import(t.Context(), actor, client, []Transaction{{ID: newID(), Ops: mixture}})
		must(t, err)
		if results[0].Status != Rejected || results[0].Error.Fields["ops"] == "" || len(h.logOf(t, issue.ID())) != 0 {
			t.Errorf("%+v", results[0])
		}
	})
}

func TestS71_DeletionMeetsEdits(t *testing.T) {
	t.Parallel()
	edits := map[string]func(*house, furniture) Operation{
		"a title":       func(_ *house, f furniture) Operation { return setField(f.issue, f.at, "title", "my words") },
		"a description": func(_ *house, f furniture) Operation { return textOp(f.issue, f.at, nil, "my words") },
		"a comment":     func(_ *house, f furniture) Operation { return comment(f.issue, NewRef("comment", newID()), "my words") },
		"a body":        func(_ *house, f furniture) Operation { return bodyOp(f.comment, f.at, "my words") },
	}
	for name, edit := range edits {
		t.Run("S71 "+name+" written for what is deleted comes back as mine, and goes in after a restore", func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			f := h.records(t)
			h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: f.issue})
			op := edit(h, f)
			result := h.send(t, h.ann, h.annsTab, Transaction{ID: newID(), Queued: true, Ops: []Operation{op}})
			if result.Status != Rejected || result.Error.Code != CodeDeleted || len(result.Conflicts) != 1 || result.Conflicts[0].Mine != "my words" {
				t.Fatalf("%+v", result)
			}
			h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: f.issue})
			h.applied(t, h.ann, h.annsTab, op)
		})
	}

	t.Run("S71 whoever deletes what another has just edited wins, and the edit is in the history", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, at := h.issue(t, "Fix login")
		h.applied(t, h.ann, h.annsTab, setField(issue, at, "title", "Mend login"))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: issue})
		page := h.page(t, issue)
		if !page.Deleted || page.Changes[1].After["title"] != "Mend login" {
			t.Errorf("%+v", page.Changes)
		}
	})

	t.Run("S71 nobody is shown a comment of an issue in the trash", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: f.issue})
		found, err := h.Search(t.Context(), h.ann, "words", "")
		must(t, err)
		if len(found.Comments) != 0 {
			t.Errorf("%+v", found.Comments)
		}
	})
}

func TestS72_ReferencesToWhatVanished(t *testing.T) {
	t.Parallel()

	// shown is what every client makes of an issue's labels: one that was there all along, and one that starts now.
	shown := func(t *testing.T, h *house, early *replica, issue Ref) []string {
		t.Helper()
		early.pull(t, h, h.ben, PullMost)
		var fresh replica
		fresh.pull(t, h, h.ben, PullMost)
		views := [][]string{early.shown(issue, "labels"), fresh.shown(issue, "labels")}
		var page []string
		for _, label := range h.page(t, issue).IssueRow.Labels {
			for _, known := range h.page(t, issue).Snapshot.Labels(h.team) {
				if known.ID == label {
					page = append(page, string(NewRef("label", label)))
				}
			}
		}
		if !cmp.Equal(views[0], views[1]) || !cmp.Equal(views[1], page) {
			t.Errorf("one client shows %v, another %v, the page %v", views[0], views[1], page)
		}
		return views[0]
	}

	t.Run("S72 a label given before its deletion is absent everywhere, and back after a restore", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		var early replica
		early.pull(t, h, h.ben, PullMost)
		h.applied(t, h.ann, h.annsTab, member(Add, f.parent, "labels", f.label))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: f.label})
		if got := shown(t, h, &early, f.parent); len(got) != 0 {
			t.Errorf("%v", got)
		}
		var late replica
		late.pull(t, h, h.ben, PullMost)
		h.applied(t, h.ben, h.bensTab, Operation{Op: Restore, Record: f.label})
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: late.cursor})
		must(t, err)
		if answer.Reset != "access" {
			t.Errorf("whoever pulled while it was gone is not told to start over: %+v", answer)
		}
		early = replica{}
		if got := shown(t, h, &early, f.parent); !cmp.Equal(got, []string{string(f.label)}) {
			t.Errorf("%v", got)
		}
	})

	t.Run("S72 a label cannot be given after its deletion", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		var early replica
		early.pull(t, h, h.ben, PullMost)
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: f.label})
		if result := h.push(t, h.ann, h.annsTab, member(Add, f.parent, "labels", f.label)); result.Error == nil || result.Error.Code != CodeDeleted {
			t.Errorf("%+v", result)
		}
		if got := shown(t, h, &early, f.parent); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}

// shown is a set of references as a client shows it: those to records that it does not hold read as absent.
func (r *replica) shown(ref Ref, field string) []string {
	var live []string
	set, _ := r.records[ref].Fields[field].([]string)
	for _, member := range set {
		_, there := r.records[Ref(member)]
		if _, _, names := Ref(member).Parse(); there || !names {
			live = append(live, member)
		}
	}
	return live
}
