package sync

import (
	"context"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

func TestAccess(t *testing.T) {
	t.Parallel()

	t.Run("S44 reads answer for what is hidden exactly as for what is absent", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, _ := h.issueIn(t, h.private, "Secret zebra")
		remark := NewRef("comment", newID())
		h.applied(t, h.ann, h.annsTab, comment(secret, remark, "zebra again"))
		reads := map[string]func(context.Context, uuid.UUID, uuid.UUID) error{
			"issue": func(ctx context.Context, issue, _ uuid.UUID) error {
				_, err := h.Issue(ctx, h.ben, IssueID{ID: issue})
				return err
			},
			"freshness": func(ctx context.Context, issue, _ uuid.UUID) error {
				_, _, err := h.IssueFreshness(ctx, h.ben, IssueID{ID: issue})
				return err
			},
			"comment": func(ctx context.Context, _, remark uuid.UUID) error {
				_, _, _, err := h.Comment(ctx, h.ben, remark)
				return err
			},
			"share": func(ctx context.Context, issue, _ uuid.UUID) error {
				_, err := h.Share(ctx, h.ben, h.bensTab, NewRef("issue", issue), "", nil)
				return err
			},
		}
		for name, read := range reads {
			hidden, absent := read(t.Context(), secret.ID(), remark.ID()), read(t.Context(), newID(), newID())
			if !sameAnswer(hidden, absent) {
				t.Errorf("%s: hidden %v, absent %v", name, hidden, absent)
			}
		}
		for _, key := range []string{"SEC", "NOPE"} {
			_, err := h.TeamIssues(t.Context(), h.ben, key, ListOptions{})
			wantCode(t, err, CodeNotFound)
		}
		found, err := h.Search(t.Context(), h.ben, "zebra", "")
		must(t, err)
		if len(found.Issues)+len(found.Comments) != 0 {
			t.Errorf("the search found %+v %+v", found.Issues, found.Comments)
		}
	})

	t.Run("S44 writes answer for what is hidden exactly as for what is absent", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, base := h.issueIn(t, h.private, "Secret")
		open, _ := h.issue(t, "Open")
		writes := map[string]func(Ref) Operation{
			"set":      func(ref Ref) Operation { return setField(ref, base, "priority", 1) },
			"text":     func(ref Ref) Operation { return textOp(ref, base, nil, "mine") },
			"delete":   func(ref Ref) Operation { return Operation{Op: Delete, Record: ref} },
			"move":     func(ref Ref) Operation { return Operation{Op: Move, Record: ref} },
			"comment":  func(ref Ref) Operation { return comment(ref, NewRef("comment", newID()), "hello") },
			"relation": func(ref Ref) Operation { return relation(ref, Related, open) },
			"related":  func(ref Ref) Operation { return relation(open, Blocks, ref) },
			"parent": func(ref Ref) Operation {
				op := create(h, NewRef("issue", newID()), "Child")
				op.Set["parent"] = string(ref)
				return op
			},
		}
		for name, write := range writes {
			hidden := h.push(t, h.ben, h.bensTab, write(secret))
			absent := h.push(t, h.ben, h.bensTab, write(NewRef("issue", newID())))
			if hidden.Status != Rejected || hidden.Error.Code != CodeNotFound {
				t.Errorf("%s: %+v", name, hidden)
			}
			if diff := cmp.Diff(absent, hidden, cmpopts.IgnoreFields(Result{}, "ID"), cmpopts.IgnoreUnexported(Result{})); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})

	t.Run("S44 a guest sees only the teams they are in", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		other := newID()
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("team", other), Set: map[string]any{"key": "WEB", "name": "Website"}})
		if _, err := h.TeamIssues(t.Context(), h.ben, "WEB", ListOptions{}); err != nil {
			t.Errorf("a member does not see a public team: %v", err)
		}
		_, err := h.TeamIssues(t.Context(), h.cleo, "WEB", ListOptions{})
		wantCode(t, err, CodeNotFound)
		if _, err := h.TeamIssues(t.Context(), h.cleo, "ENG", ListOptions{}); err != nil {
			t.Error(err)
		}
	})

	t.Run("S49 what one sees but may not change is forbidden", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		remark := NewRef("comment", newID())
		made := h.applied(t, h.ann, h.annsTab, comment(issue, remark, "Ann's words"))
		mine := "Ben's words"
		forbidden := map[string]Operation{
			"another's comment": {Op: Text, Record: remark, Base: &made.Version, Field: "body", Text: &mine},
			"a role":            setField(NewRef("member", h.ann.Member), made.Version, "role", Guest),
			"the workspace":     setField(NewRef("workspace", h.ws), made.Version, "name", "Mine"),
		}
		for what, op := range forbidden {
			if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Code != CodeForbidden {
				t.Errorf("%s: %+v", what, result)
			}
		}
	})

	t.Run("S49 the server's own fields are refused by name", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, base := h.issue(t, "Fix login")
		for _, field := range []string{"number", "author", "rank", "created_at", "workspace_id", "id", "colour"} {
			result := h.push(t, h.ben, h.bensTab, setField(issue, base, field, "x"))
			if result.Error == nil || result.Error.Code != CodeInvalid || result.Error.Fields[field] == "" {
				t.Errorf("%s: %+v", field, result)
			}
		}
	})

	t.Run("an issue is assigned only to whoever sees it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, base := h.issueIn(t, h.private, "Secret")
		result := h.push(t, h.ann, h.annsTab, setField(secret, base, "assignee", string(NewRef("member", h.ben.Member))))
		if result.Error == nil || result.Error.Fields["assignee"] == "" {
			t.Errorf("%+v", result)
		}
	})

	t.Run("a parent of another team, which might be hidden, is refused", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		secret, _ := h.issueIn(t, h.private, "Secret")
		child, base := h.issue(t, "Child")
		result := h.push(t, h.ann, h.annsTab, setField(child, base, "parent", string(secret)))
		if result.Error == nil || result.Error.Fields["parent"] == "" {
			t.Errorf("%+v", result)
		}
	})

	t.Run("rights that were read earlier never replace later ones", func(t *testing.T) {
		t.Parallel()
		s := &Subscription{box: newMailbox(0)}
		s.setRights(11, rights{})
		s.setRights(10, rights{role: Member})
		if s.who.role != "" {
			t.Error("the rights of V 10 came back")
		}
	})

	t.Run("that less is shown is told until it was taken", func(t *testing.T) {
		t.Parallel()
		m := newMailbox(0)
		m.caughtUp()
		for i, lost := range []bool{false, true, false} {
			m.putAccess(int64(i+1), lost)
		}
		if e, _ := m.take(); !e.Access || !e.Lost || e.Version != 3 {
			t.Errorf("%+v", e)
		}
		m.putAccess(4, false)
		if e, _ := m.take(); !e.Access || e.Lost {
			t.Errorf("%+v", e)
		}
	})

	t.Run("rights cover earlier ones of the same role that showed no more", func(t *testing.T) {
		t.Parallel()
		one, two := newID(), newID()
		of := func(role string, teams ...uuid.UUID) rights {
			r := rights{role: role, teams: map[uuid.UUID]bool{}}
			for _, team := range teams {
				r.teams[team] = true
			}
			return r
		}
		for _, c := range []struct {
			now, earlier rights
			covered      bool
		}{
			{of(Member, one, two), of(Member, one), true},
			{of(Member, one), of(Member, one), true},
			{of(Member, one), of(Member, one, two), false},
			{of(Member, two), of(Member, one), false},
			{of(Guest, one), of(Member, one), false},
			{of(Admin, one), of(Member, one), false},
			{rights{}, of(Member), false},
		} {
			if c.now.cover(c.earlier) != c.covered {
				t.Errorf("%v after %v", c.now.list(), c.earlier.list())
			}
		}
	})

	t.Run("the last admin stays one", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		_, head := h.issue(t, "Fix login")
		result := h.push(t, h.ann, h.annsTab, setField(NewRef("member", h.ann.Member), head, "role", Member))
		if result.Error == nil || result.Error.Fields["role"] == "" {
			t.Errorf("%+v", result)
		}
	})
}

func sameAnswer(a, b error) bool {
	one, ok := asError(a)
	other, too := asError(b)
	return ok && too && one.Kind == other.Kind && one.Code == other.Code && one.Text == other.Text
}

// A page is kept for all who see the same as its first reading did.
func TestS44_APageIsNotMadeOfReadingsWithDifferentRights(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret, _ := h.issueIn(t, h.private, "Secret")
	above, _ := h.issue(t, "Above")
	before, err := h.Look(t.Context(), h.ben)
	must(t, err)
	h.applied(t, h.ann, h.annsTab, addTo(NewRef("team", h.private), "members", h.ref(h.ben)))
	if named, err := h.IssuesByKey(t.Context(), h.ben, before, []string{h.page(t, secret).Key(h.private, 1)}); !errors.Is(err, ErrRightsMoved) {
		t.Errorf("%v, %v", named, err)
	}
	if family, err := h.Family(t.Context(), h.ben, before, []IssueRow{h.page(t, above).IssueRow}); !errors.Is(err, ErrRightsMoved) {
		t.Errorf("%+v, %v", family, err)
	}
}

// What a browser keeps for reading offline is let go of when something may have gone out of its reader's sight, and not
// when a colleague made a team meanwhile.
func TestS46_AStreamTellsWhetherAnythingWasLostWhileItsReaderWasAway(t *testing.T) {
	t.Parallel()
	h := setup(t)
	team, ben := NewRef("team", h.private), h.ref(h.ben)
	_, left := h.issue(t, "As ben left it")
	told := func(since int64) (access, lost bool) {
		s, err := h.Subscribe(t.Context(), h.ben, &since)
		must(t, err)
		defer s.Close()
		event, _ := s.Take()
		return event.Access, event.Lost
	}
	want := func(when string, since int64, access, lost bool) {
		t.Helper()
		if gotAccess, gotLost := told(since); gotAccess != access || gotLost != lost {
			t.Errorf("%s: access %t lost %t", when, gotAccess, gotLost)
		}
	}
	want("nothing", left, false, false)
	h.openTeam(t, "NEW")
	want("a colleague's team", left, true, false)
	added := h.applied(t, h.ann, h.annsTab, addTo(team, "members", ben)).Version
	want("a team that was closed to him", left, true, false)
	taken := h.applied(t, h.ann, h.annsTab, Operation{Op: Remove, Record: team, Field: "members", Value: string(ben)}).Version
	want("closed again", left, true, true)
	want("closed again, told before", taken, false, false)
	h.openTeam(t, "NEWER")
	want("another team after what was lost", added, true, true)
	want("another team, the loss told before", taken, true, false)

	_, err := h.pool.Exec(t.Context(), "update member_access set judged = judged - 1 where member_id = $1", h.ben.Member) // as after an older program
	must(t, err)
	want("what nobody judged", taken, true, true)
	h.openTeam(t, "NEWEST")
	want("a team after what nobody judged", taken, true, true)
}
