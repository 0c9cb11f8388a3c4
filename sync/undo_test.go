package sync

import (
	"fmt"
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func undo(id uuid.UUID) Operation { return Operation{Op: Undo, Transaction: id} }

func undoPartly(id uuid.UUID) Operation { return Operation{Op: Undo, Transaction: id, Partial: true} }

func member(op Verb, record Ref, field string, value Ref) Operation {
	return Operation{Op: op, Record: record, Field: field, Value: string(value)}
}

func bodyOp(ref Ref, base int64, to string) Operation {
	return Operation{Op: Text, Record: ref, Base: &base, Field: "body", Text: &to}
}

// contents are all live records as ann sees them, but for when they were last written.
func (h *house) contents(t testing.TB) map[Ref]map[string]any {
	t.Helper()
	var fresh replica
	fresh.pull(t, h, h.ann, PullMost)
	contents := map[Ref]map[string]any{}
	for ref, change := range fresh.records {
		fields := maps.Clone(change.Fields)
		delete(fields, "updated_at")
		contents[ref] = fields
	}
	return contents
}

// furniture is one record of each kind for undos to work on.
type furniture struct {
	issue, parent, comment, label, other, status, team, share Ref
	at                                                        int64
}

func (h *house) records(t testing.TB) furniture {
	t.Helper()
	f := furniture{comment: NewRef("comment", newID()), label: NewRef("label", newID()), other: NewRef("label", newID()),
		status: NewRef("status", newID()), team: NewRef("team", newID())}
	team := string(NewRef("team", h.team))
	f.parent, _ = h.issue(t, "Parent")
	h.issue(t, "Between")
	h.applied(t, h.ann, h.annsTab,
		Operation{Op: Create, Record: f.label, Set: map[string]any{"name": "bug"}},
		Operation{Op: Create, Record: f.other, Set: map[string]any{"name": "feature"}},
		Operation{Op: Create, Record: f.status, Set: map[string]any{"team": team, "name": "Review", "category": "started"}},
		Operation{Op: Create, Record: f.team, Set: map[string]any{"key": "WEB", "name": "Website"}})
	f.issue, _ = h.issue(t, "Fix login", described("one\ntwo\n"), func(set map[string]any) { set["labels"] = []any{string(f.label)} })
	h.applied(t, h.ann, h.annsTab, comment(f.issue, f.comment, "words"))
	_, err := h.Share(t.Context(), h.ann, h.annsTab, f.issue, "", []string{"*"})
	must(t, err)
	var fresh replica
	fresh.pull(t, h, h.ann, PullMost)
	for ref := range fresh.records {
		if kind, _, _ := ref.Parse(); kind == "share" {
			f.share = ref
		}
	}
	f.at = fresh.cursor
	return f
}

func TestUndoOfEveryKindOfOperation(t *testing.T) {
	t.Parallel()
	trash := func(ref Ref) []Operation { return []Operation{{Op: Delete, Record: ref}} }
	cases := map[string]func(*house, furniture) []Operation{
		"create an issue": func(h *house, f furniture) []Operation {
			return []Operation{create(h, NewRef("issue", newID()), "New")}
		},
		"create a comment": func(_ *house, f furniture) []Operation {
			return []Operation{comment(f.issue, NewRef("comment", newID()), "new")}
		},
		"set an issue's all": setAll,
		"move out of a group": func(h *house, f furniture) []Operation {
			return []Operation{{Op: Move, Record: f.issue, After: f.parent, Set: map[string]any{"status": string(h.doing)}}}
		},
		"write a description": func(_ *house, f furniture) []Operation { return []Operation{textOp(f.issue, f.at, nil, "one\nTWO\n")} },
		"write a comment":     func(_ *house, f furniture) []Operation { return []Operation{bodyOp(f.comment, f.at, "other words")} },
		"label":               func(_ *house, f furniture) []Operation { return []Operation{member(Add, f.issue, "labels", f.other)} },
		"unlabel": func(_ *house, f furniture) []Operation {
			return []Operation{member(Remove, f.issue, "labels", f.label)}
		},
		"subscribe": func(h *house, f furniture) []Operation {
			return []Operation{member(Add, f.issue, "subscribers", NewRef("member", h.ben.Member))}
		},
		"create a label": func(_ *house, f furniture) []Operation {
			return []Operation{{Op: Create, Record: NewRef("label", newID()), Set: map[string]any{"name": "x"}}}
		},
		"set a label": func(_ *house, f furniture) []Operation {
			return []Operation{setField(f.label, f.at, "color", "#123456")}
		},
		"set a status": func(_ *house, f furniture) []Operation {
			return []Operation{setField(f.status, f.at, "name", "Reviewing")}
		},
		"set a team": func(_ *house, f furniture) []Operation { return []Operation{setField(f.team, f.at, "private", true)} },
		"join a team": func(h *house, f furniture) []Operation {
			return []Operation{member(Add, f.team, "members", NewRef("member", h.cleo.Member))}
		},
		"leave a team": func(h *house, f furniture) []Operation {
			return []Operation{member(Remove, NewRef("team", h.team), "members", NewRef("member", h.cleo.Member))}
		},
		"set a role": func(h *house, f furniture) []Operation {
			return []Operation{setField(NewRef("member", h.ben.Member), f.at, "role", Guest)}
		},
		"set a share": func(_ *house, f furniture) []Operation {
			return []Operation{setField(f.share, f.at, "allowed_origins", []any{"https://example.com"})}
		},
		"rename all": func(h *house, f furniture) []Operation {
			return []Operation{setField(NewRef("workspace", h.ws), f.at, "name", "Acme Inc")}
		},
		"create a status": func(h *house, f furniture) []Operation {
			return []Operation{{Op: Create, Record: NewRef("status", newID()), Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Blocked"}}}
		},
		"create a team": func(_ *house, f furniture) []Operation {
			return []Operation{{Op: Create, Record: NewRef("team", newID()), Set: map[string]any{"key": "OPS", "name": "Operations"}}}
		},
		"delete an issue": func(_ *house, f furniture) []Operation { return trash(f.issue) },
		"delete comment":  func(_ *house, f furniture) []Operation { return trash(f.comment) },
		"delete a label":  func(_ *house, f furniture) []Operation { return trash(f.label) },
		"delete a status": func(_ *house, f furniture) []Operation { return trash(f.status) },
		"delete a team":   func(_ *house, f furniture) []Operation { return trash(f.team) },
		"remove somebody": func(h *house, f furniture) []Operation { return trash(NewRef("member", h.cleo.Member)) },
		"revoke a share":  func(_ *house, f furniture) []Operation { return trash(f.share) },
		"several at once": func(h *house, f furniture) []Operation {
			return append(setAll(h, f), comment(f.parent, NewRef("comment", newID()), "new"), Operation{Op: Delete, Record: f.comment},
				member(Remove, f.issue, "labels", f.label), Operation{Op: Move, Record: f.parent})
		},
	}
	for name, ops := range cases {
		t.Run("S76 S78 "+name+", undone on another device, redone, undone", func(t *testing.T) {
			t.Parallel()
			h := setup(t)
			f := h.records(t)
			before := h.contents(t)
			step := h.applied(t, h.ann, h.annsTab, ops(h, f)...)
			after := h.contents(t)
			if cmp.Equal(before, after) {
				t.Fatal("the operation changed nothing")
			}
			for _, want := range []map[Ref]map[string]any{before, after, before} {
				step = h.applied(t, h.ann, newID(), undo(step.ID))
				if diff := cmp.Diff(want, h.contents(t)); diff != "" {
					t.Fatal(diff)
				}
			}
			h.checkLog(t)
		})
	}
}

func setAll(h *house, f furniture) []Operation {
	return []Operation{{Op: Set, Record: f.issue, Base: &f.at, Set: map[string]any{"title": "Mend login", "status": string(h.doing), "priority": 2,
		"assignee": string(NewRef("member", h.ben.Member)), "parent": string(f.parent), "due": "2026-12-01", "estimate": 3}}}
}

func TestUndoOfARestore(t *testing.T) {
	t.Parallel()
	h := setup(t)
	f := h.records(t)
	for _, ref := range []Ref{f.issue, f.comment, f.label, f.status, f.team, f.share} {
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: ref})
		gone := h.contents(t)
		restored := h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: ref})
		h.applied(t, h.ann, newID(), undo(restored.ID))
		if diff := cmp.Diff(gone, h.contents(t)); diff != "" {
			t.Errorf("%s: %s", ref, diff)
		}
	}
}

func TestUndoOfWhatChangedSince(t *testing.T) {
	t.Parallel()

	t.Run("S77 a bulk edit of 50 issues is one step: the three that a rule keeps are named, the others go back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		var issues []Ref
		var ops []Operation
		for n := range 50 {
			issue, at := h.issue(t, fmt.Sprint("issue ", n))
			issues, ops = append(issues, issue), append(ops, setField(issue, at, "status", string(h.doing)))
		}
		step := h.applied(t, h.ben, h.bensTab, ops...)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issues[3]}, Operation{Op: Delete, Record: issues[30]})
		h.applied(t, h.ann, h.annsTab, setField(issues[7], step.Version, "status", string(h.done)))

		whole := h.push(t, h.ben, h.bensTab, undo(step.ID))
		if whole.Status != InConflict || len(whole.Conflicts) != 3 || h.statusOf(t, issues[0]) != h.doing {
			t.Fatalf("%+v", whole)
		}
		partly := h.applied(t, h.ben, h.bensTab, undoPartly(step.ID))
		named := map[Ref]Notice{}
		for _, notice := range partly.Notices {
			named[notice.Record] = notice
		}
		if len(named) != 3 || named[issues[3]].Text == "" || named[issues[30]].Text == "" || named[issues[7]].Theirs != string(h.done) {
			t.Errorf("%+v", partly.Notices)
		}
		for n, issue := range issues {
			want := map[int]Ref{3: h.doing, 30: h.doing, 7: h.done}[n]
			if want == "" {
				want = h.todo
			}
			if got := h.statusOf(t, issue); got != want {
				t.Errorf("issue %d has %s", n, got)
			}
		}
	})

	t.Run("S77 a reference that is gone keeps one record, and the others go back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		h.applied(t, h.ann, h.annsTab, setField(f.issue, f.at, "status", string(f.status)))
		step := h.applied(t, h.ben, h.bensTab, setField(f.issue, f.at+1, "status", string(h.doing)), setField(f.parent, f.at, "status", string(h.doing)))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: f.status})
		if whole := h.push(t, h.ben, h.bensTab, undo(step.ID)); whole.Status != InConflict || len(whole.Conflicts) != 1 || whole.Conflicts[0].Text == "" {
			t.Errorf("%+v", whole)
		}
		partly := h.applied(t, h.ben, h.bensTab, undoPartly(step.ID))
		if len(partly.Notices) != 1 || partly.Notices[0].Record != f.issue || h.statusOf(t, f.parent) != h.todo || h.statusOf(t, f.issue) != h.doing {
			t.Errorf("%+v", partly.Notices)
		}
	})

	t.Run("S77 a label of a group that another has replaced since is a conflict", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, two := NewRef("label", newID()), NewRef("label", newID())
		h.applied(t, h.ann, h.annsTab,
			Operation{Op: Create, Record: one, Set: map[string]any{"name": "one", "group": "size"}},
			Operation{Op: Create, Record: two, Set: map[string]any{"name": "two", "group": "size"}})
		issue, _ := h.issue(t, "Fix login", func(set map[string]any) { set["labels"] = []any{string(one)} })
		step := h.applied(t, h.ben, h.bensTab, member(Remove, issue, "labels", one))
		h.applied(t, h.ann, h.annsTab, member(Add, issue, "labels", two))
		if result := h.push(t, h.ben, h.bensTab, undo(step.ID)); result.Status != InConflict || result.Conflicts[0].Field != "labels" {
			t.Errorf("%+v", result)
		}
	})

	t.Run("S76 a partial undo of a creation leaves what others wrote into", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		mine, theirs := NewRef("issue", newID()), NewRef("issue", newID())
		made := h.applied(t, h.ben, h.bensTab, create(h, mine, "Mine"), create(h, theirs, "Theirs"))
		h.applied(t, h.ann, h.annsTab, textOp(theirs, made.Version, nil, "Ann's words"))
		partly := h.applied(t, h.ben, h.bensTab, undoPartly(made.ID))
		if !h.page(t, mine).Deleted || h.page(t, theirs).Deleted || len(partly.Notices) != 1 {
			t.Errorf("%+v", partly)
		}
	})

	t.Run("S76 everything of a deleted issue comes back, and history shows three events", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		f := h.records(t)
		h.applied(t, h.ann, h.annsTab, setAll(h, f)...)
		before := h.page(t, f.issue)
		step := h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: f.issue})
		for range 2 {
			step = h.applied(t, h.ben, h.bensTab, undo(step.ID))
		}
		step = h.applied(t, h.ben, h.bensTab, undo(step.ID))
		after := h.page(t, f.issue)
		if after.ID != before.ID || after.Number != before.Number || !after.CreatedAt.Equal(before.CreatedAt) || after.Parent != before.Parent ||
			after.rank != before.rank || !cmp.Equal(after.IssueRow.Labels, before.IssueRow.Labels) || !cmp.Equal(after.Comments, before.Comments) {
			t.Errorf("before %+v, after %+v", before, after)
		}
		var verbs []Verb
		for _, change := range after.Changes[len(before.Changes):] {
			verbs = append(verbs, change.Op)
		}
		if !cmp.Equal(verbs, []Verb{Delete, Restore, Delete, Restore}) {
			t.Errorf("%v", verbs)
		}
	})
}

func (h *house) statusOf(t testing.TB, issue Ref) Ref {
	t.Helper()
	return NewRef("status", h.page(t, issue).IssueRow.Status)
}

func TestUndoChecksRightsAnew(t *testing.T) {
	t.Parallel()

	t.Run("S78 a step in a team that one has left is refused, without effect, and leaves the list", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bens := NewRef("member", h.ben.Member)
		h.applied(t, h.ann, h.annsTab, member(Add, NewRef("team", h.private), "members", bens))
		secret, at := h.issueIn(t, h.private, "Secret")
		step := h.applied(t, h.ben, h.bensTab, setField(secret, at, "priority", 1))
		h.applied(t, h.ann, h.annsTab, member(Remove, NewRef("team", h.private), "members", bens))
		if got := h.steps(t, h.ben); len(got.Undo) != 0 {
			t.Errorf("offered %+v", got.Undo)
		}
		result := h.push(t, h.ben, h.bensTab, undo(step.ID))
		if result.Error == nil || result.Error.Code != CodeNotFound || h.page(t, secret).Priority != 1 {
			t.Errorf("%+v", result)
		}
	})

	t.Run("S78 a step that one's role no longer allows is refused and leaves the list", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		label := NewRef("label", newID())
		step := h.applied(t, h.ben, h.bensTab, Operation{Op: Create, Record: label, Set: map[string]any{"name": "bug"}})
		h.applied(t, h.ann, h.annsTab, setField(NewRef("member", h.ben.Member), step.Version, "role", Guest))
		if got := h.steps(t, h.ben); len(got.Undo) != 1 {
			t.Fatalf("%+v", got)
		}
		if result := h.push(t, h.ben, h.bensTab, undo(step.ID)); result.Error == nil || result.Error.Code != CodeForbidden {
			t.Errorf("%+v", result)
		}
		if got := h.steps(t, h.ben); len(got.Undo) != 0 || len(got.Redo) != 0 {
			t.Errorf("%+v", got)
		}
	})

	t.Run("S78 of a bulk edit over two teams the one that is left is undone", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		bens := NewRef("member", h.ben.Member)
		h.applied(t, h.ann, h.annsTab, member(Add, NewRef("team", h.private), "members", bens))
		secret, _ := h.issueIn(t, h.private, "Secret")
		open, at := h.issue(t, "Open")
		step := h.applied(t, h.ben, h.bensTab, setField(secret, at, "priority", 1), setField(open, at, "priority", 1))
		h.applied(t, h.ann, h.annsTab, member(Remove, NewRef("team", h.private), "members", bens))
		partly := h.applied(t, h.ben, h.bensTab, undoPartly(step.ID))
		if len(partly.Notices) != 1 || partly.Notices[0].Theirs != nil || h.page(t, open).Priority != 0 || h.page(t, secret).Priority != 1 {
			t.Errorf("%+v", partly)
		}
	})
}
