package sync

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

// relate says as ann what an issue is to another.
func (h *house) relate(t testing.TB, issue Ref, kind string, other Ref) (Ref, Result) {
	t.Helper()
	op := relation(issue, kind, other)
	return op.Record, h.applied(t, h.ann, h.annsTab, op)
}

func relation(issue Ref, kind string, other Ref, as ...Ref) Operation {
	return Operation{Op: Create, Record: append(as, NewRef("relation", newID()))[0], Set: map[string]any{"issue": string(issue), "kind": kind, "other": string(other)}}
}

// relations are what an issue's page shows of them to a reader, with a sign for those of which only the history tells.
func (h *house) relations(t testing.TB, actor Actor, issue Ref) []string {
	t.Helper()
	page, err := h.Issue(t.Context(), actor, IssueID{ID: issue.ID()})
	must(t, err)
	shown := []string{}
	for _, r := range page.Relations {
		words := r.Kind + " " + r.Other.Title
		if !r.Outward {
			words = r.Other.Title + " " + r.Kind
		}
		if r.Ended {
			words = "-" + words
		}
		shown = append(shown, words)
	}
	return shown
}

// told are the verbs of an issue's history that are about a kind of record.
func (h *house) told(t testing.TB, actor Actor, issue Ref, kind string) []Verb {
	t.Helper()
	page, err := h.Issue(t.Context(), actor, IssueID{ID: issue.ID()})
	must(t, err)
	verbs := []Verb{}
	for _, change := range page.Changes {
		if change.Kind == kind {
			verbs = append(verbs, change.Op)
		}
	}
	return verbs
}

func wantSame(t testing.TB, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestRelation(t *testing.T) {
	t.Parallel()

	t.Run("both issues show it, from either side, and tell of it in their histories", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, _ := h.issue(t, "One")
		two, _ := h.issueIn(t, h.openTeam(t, "WEB"), "Two")
		ref, made := h.relate(t, one, Blocks, two)
		wantSame(t, "of one", []string{"blocks Two"}, h.relations(t, h.ben, one))
		wantSame(t, "of two", []string{"One blocks"}, h.relations(t, h.ben, two))
		for _, issue := range []Ref{one, two} {
			_, fresh, err := h.IssueFreshness(t.Context(), h.ben, IssueID{ID: issue.ID()})
			must(t, err)
			if fresh.Stale != made.Version {
				t.Errorf("%s is fresh as of %d, not %d", issue, fresh.Stale, made.Version)
			}
		}
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: ref})
		wantSame(t, "of one, ended", []string{"-blocks Two"}, h.relations(t, h.ben, one))
		wantSame(t, "the history of two", []Verb{Create, Delete}, h.told(t, h.ben, two, "relation"))
		wantSame(t, "the history of one", []Verb{Create, Delete}, h.told(t, h.ben, one, "relation"))
	})

	t.Run("S44 who sees one of its issues alone learns nothing of it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		dan := h.member(t, "dan", Guest, h.private)
		open, _ := h.issue(t, "Open")
		secret, _ := h.issueIn(t, h.private, "Secret")
		sides := map[string]struct {
			actor Actor
			tab   uuid.UUID
			issue Ref
		}{"ben": {h.ben, h.bensTab, open}, "dan": {dan, newID(), secret}}
		before, streams := map[string]any{}, map[string]*Subscription{}
		seen := func(name string) any {
			side := sides[name]
			title, fresh, err := h.IssueFreshness(t.Context(), side.actor, IssueID{ID: side.issue.ID()})
			must(t, err)
			answer, err := h.Pull(t.Context(), side.actor, Pull{})
			must(t, err)
			return []any{title, fresh.Stale, answer.Changes, h.relations(t, side.actor, side.issue), h.told(t, side.actor, side.issue, "relation")}
		}
		for name, side := range sides {
			before[name] = seen(name)
			stream, err := h.Subscribe(t.Context(), side.actor, nil)
			must(t, err)
			defer stream.Close()
			streams[name] = stream
		}
		for _, ends := range [][2]Ref{{open, secret}, {secret, open}} {
			ref, made := h.relate(t, ends[0], Blocks, ends[1])
			h.applied(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: made.ID})
			h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: ref})
			for name, side := range sides {
				wantSame(t, name, before[name], seen(name))
				for _, verb := range []Verb{Delete, Restore} {
					hidden := h.push(t, side.actor, side.tab, Operation{Op: verb, Record: ref})
					absent := h.push(t, side.actor, side.tab, Operation{Op: verb, Record: NewRef("relation", newID())})
					if diff := cmp.Diff(absent, hidden, cmpopts.IgnoreFields(Result{}, "ID"), cmpopts.IgnoreUnexported(Result{})); diff != "" {
						t.Errorf("%s, %s: %s", name, verb, diff)
					}
				}
			}
			h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: ref})
		}
		for name, stream := range streams {
			last, _ := h.issueIn(t, map[string]uuid.UUID{"ben": h.team, "dan": h.private}[name], "Last")
			if event := next(t, stream); len(event.Records) != 1 || event.Records[0] != string(last) {
				t.Errorf("%s was told of %v", name, event.Records)
			}
		}
	})

	t.Run("two issues have one relation at a time", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, _ := h.issue(t, "One")
		two, _ := h.issue(t, "Two")
		first, _ := h.relate(t, one, Blocks, two)
		for _, op := range []Operation{relation(one, Blocks, two), relation(two, Blocks, one), relation(two, Related, one)} {
			if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Fields["other"] == "" {
				t.Errorf("%+v", result)
			}
		}
		second := relation(two, Related, one)
		replaced := h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: first}, second)
		wantSame(t, "replaced", []string{"Two related", "-blocks Two"}, h.relations(t, h.ben, one))
		if result := h.push(t, h.ben, h.bensTab, Operation{Op: Restore, Record: first}); result.Error == nil || result.Error.Fields["other"] == "" {
			t.Errorf("%+v", result)
		}
		undone := h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: replaced.ID})
		wantSame(t, "undone", []string{"blocks Two", "-Two related"}, h.relations(t, h.ben, one))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: undone.ID})
		wantSame(t, "redone", []string{"Two related", "-blocks Two"}, h.relations(t, h.ben, one))
		h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: second.Record})
		h.applied(t, h.ben, h.bensTab, Operation{Op: Restore, Record: first})
	})

	t.Run("two tabs that say the same in one moment leave one relation", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, _ := h.issue(t, "One")
		two, _ := h.issue(t, "Two")
		answer, err := h.Push(t.Context(), h.ann, Push{Client: h.annsTab, Transactions: []Transaction{
			{ID: newID(), Ops: []Operation{relation(one, Blocks, two)}}, {ID: newID(), Ops: []Operation{relation(one, Blocks, two)}}}})
		must(t, err)
		if answer.Results[0].Status != Applied || answer.Results[1].Status != Rejected {
			t.Errorf("%+v", answer.Results)
		}
	})

	t.Run("with itself, with what lies in the trash and of an unknown kind there is none", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, _ := h.issue(t, "One")
		gone, _ := h.issue(t, "Gone")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
		for code, ops := range map[string][]Operation{
			CodeInvalid: {relation(one, Related, one), relation(one, "likes", one)},
			CodeDeleted: {relation(one, Related, gone), relation(gone, Related, one)},
		} {
			for _, op := range ops {
				if result := h.push(t, h.ben, h.bensTab, op); result.Error == nil || result.Error.Code != code {
					t.Errorf("%v: %+v", op.Set, result)
				}
			}
		}
	})

	t.Run("S72 while one issue lies in the trash the other shows none, and is stale when it comes back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		one, _ := h.issue(t, "One")
		two, _ := h.issue(t, "Two")
		h.relate(t, one, Duplicate, two)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: two})
		page := h.page(t, one)
		if len(page.Relations) != 1 || !page.Relations[0].Trashed {
			t.Errorf("%+v", page.Relations)
		}
		h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: two})
		if page := h.page(t, one); page.Relations[0].Trashed {
			t.Errorf("%+v", page.Relations)
		}
	})
}

func TestRelation_Transfer(t *testing.T) {
	t.Parallel()

	t.Run("S44 it goes out of sight with either of its issues and comes back with it", func(t *testing.T) {
		t.Parallel()
		for _, from := range []string{"issue", "other"} {
			h := setup(t)
			one, _ := h.issue(t, "One")
			two, _ := h.issue(t, "Two")
			ref, _ := h.relate(t, one, Blocks, two)
			goes, stays := one, two
			if from == "other" {
				goes, stays = two, one
			}
			var ben, ann replica
			ben.pull(t, h, h.ben, 500)
			ann.pull(t, h, h.ann, 500)
			left := h.applied(t, h.ann, h.annsTab, toTeam(goes, h.head(t), h.private))
			answer, err := h.Pull(t.Context(), h.ben, Pull{Since: ben.cursor})
			must(t, err)
			wantSame(t, from+": ben loses it", []RecordChange{{left.Version, goes, "revoke", nil}, {left.Version, ref, "revoke", nil}}, answer.Changes)
			wantSame(t, from+": ben's page", []string{}, h.relations(t, h.ben, stays))
			wantSame(t, from+": ben's history", []Verb{}, h.told(t, h.ben, stays, "relation"))
			wantSame(t, from+": ann's page", 1, len(h.relations(t, h.ann, stays)))
			h.applied(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: left.ID})
			wantSame(t, from+": it is back", 1, len(h.relations(t, h.ben, stays)))
			for reader, actor := range map[*replica]Actor{&ben: h.ben, &ann: h.ann} {
				reader.pull(t, h, actor, 500)
				reader.equals(t, h, actor)
			}
			h.checkLog(t)
		}
	})

	t.Run("S44 of one that was never in sight no departure is told", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		third := newID()
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("team", third), Set: map[string]any{"key": "HID", "name": "Hidden", "private": true}})
		h.applied(t, h.ann, h.annsTab, Operation{Op: Add, Record: NewRef("team", third), Field: "members", Value: string(NewRef("member", h.ann.Member))})
		h.applied(t, h.ann, h.annsTab, StarterOps(h.ws, third, Starter{Statuses: []StarterStatus{{"Todo", "unstarted", "#888888"}}})...)
		one, _ := h.issue(t, "One")
		secret, _ := h.issueIn(t, h.private, "Secret")
		h.relate(t, one, Blocks, secret)
		h.relate(t, secret, Related, h.stray(t))
		var ben replica
		ben.pull(t, h, h.ben, 500)
		h.applied(t, h.ann, h.annsTab, toTeam(secret, h.head(t), third))
		moved := h.applied(t, h.ann, h.annsTab, toTeam(one, h.head(t), h.private))
		answer, err := h.Pull(t.Context(), h.ben, Pull{Since: ben.cursor})
		must(t, err)
		wantSame(t, "ben is told", []RecordChange{{moved.Version, one, "revoke", nil}}, answer.Changes)
		h.checkLog(t)
	})

	t.Run("who moves an issue takes along relations that they do not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		one, _ := h.issue(t, "One")
		secret, _ := h.issueIn(t, h.private, "Secret")
		h.relate(t, secret, Blocks, one)
		moved := h.applied(t, h.ben, h.bensTab, toTeam(one, h.head(t), web))
		wantSame(t, "after the move", []string{"Secret blocks"}, h.relations(t, h.ann, one))
		h.checkLog(t)
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: moved.ID})
		wantSame(t, "after the undo", []string{"blocks One"}, h.relations(t, h.ann, secret))
		h.checkLog(t)
	})
}

func TestRelation_OneOfASecondKindIsAFlaw(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, _ := h.issue(t, "One")
	two, _ := h.issue(t, "Two")
	first, _ := h.relate(t, one, Blocks, two)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: first})
	h.relate(t, two, Blocks, one)
	verdict := h.spoil(t, "relation", "update relation set deleted_at = null where id = $1", first.ID())
	if verdict.Flaws != 2 {
		t.Errorf("%d flaws, the first: %s", verdict.Flaws, verdict.First)
	}
	verdict = h.spoil(t, "relation", "update relation set other_team_id = $2 where id = $1", first.ID(), h.private)
	wantFlaw(t, "the other's team", verdict, first, "other_team", "the log says")
}
