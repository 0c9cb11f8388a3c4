package handlers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tandem/sync"
)

func relation(issue sync.Ref, kind string, other sync.Ref) sync.Operation {
	return sync.Operation{Op: sync.Create, Record: sync.NewRef("relation", newID()),
		Set: map[string]any{"issue": string(issue), "kind": kind, "other": string(other)}}
}

const relationForm = "#relations form[action$='/relation']"

// after is the page that a form leads to, with what it says of the form.
func (b *browser) after(done answer, page string) answer {
	b.house.t.Helper()
	r := httptest.NewRequest(http.MethodGet, page, nil)
	r.AddCookie(done.cookie(flashCookie))
	return b.do(r).ok()
}

// mended is the form that comes back, but for what was typed and the id of the page.
func (a answer) mended(typed string) string {
	a.t.Helper()
	form := a.one(relationForm)
	form.Find("[name=_tx]").Remove()
	text, err := form.Html()
	must(a.t, err)
	return strings.ReplaceAll(text, typed, "…")
}

// related are the relations that a page lists, in words.
func (a answer) related() string {
	a.t.Helper()
	return strings.Join(strings.Fields(a.find("#relations li").Text()), " ")
}

func TestRelations_AreMadeSeenAndEndedByForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.issue("One"), h.issue("Two")
	pages := [2]string{"/acme/issue/" + one.key, "/acme/issue/" + two.key}
	made := h.ben.submit(h.ben.get(pages[0]).ok().lacks("sub-issues__heading"), relationForm, "kind", "blocked_by", "other", strings.ToLower(two.key)).to(pages[0] + "#relations")
	shown := h.ben.after(made, pages[0]).has("Add relation: done.", "marked this as blocked by "+two.key)
	if got := shown.related(); got != "Blocked by "+two.key+" Two" {
		t.Error(got)
	}
	if got := h.ben.get(pages[1]).ok().has("marked this as blocking " + one.key).related(); got != "Blocks "+one.key+" One" {
		t.Error(got)
	}
	ended := h.ben.submit(shown, "#relations li form").is(http.StatusSeeOther)
	if got := h.ben.after(ended, pages[0]).has("Remove relation: done.", "removed the relation: blocked by "+two.key).related(); got != "" {
		t.Error(got)
	}
}

func TestRelations_AnotherKindTakesThePlaceOfTheFirstInOneStep(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.issue("One"), h.issue("The other one")
	page := "/acme/issue/" + one.key
	before := h.ben.get(page).ok()
	h.ben.submit(before, relationForm, "kind", "related", "other", "the OTHER one").to(page + "#relations")
	head := h.head()
	h.ben.submit(before, relationForm, "kind", "related", "other", "the OTHER one").to(page + "#relations") // sent twice
	if h.head() != head {
		t.Error("the form that came twice was done twice")
	}
	changed := h.ben.after(h.ben.submit(before, relationForm, "kind", "blocks", "other", two.key).to(page+"#relations"), page)
	if got := changed.related(); got != "Blocks "+two.key+" The other one" {
		t.Error(got)
	}
	h.ben.submit(changed, "form[action$='/undo']").is(http.StatusSeeOther)
	if got := h.ben.get(page).ok().related(); got != "Related "+two.key+" The other one" {
		t.Error(got)
	}
}

func TestRelations_ABlockerThatIsClosedIsMerelyRelated(t *testing.T) {
	t.Parallel()
	h := setup(t)
	one, two := h.issue("One"), h.issue("Two")
	h.ann.apply(relation(two.ref, sync.Blocks, one.ref))
	path := "/acme/f/issue/" + one.key
	had := h.ben.get(path).ok()
	h.ann.apply(setField(two.ref, h.head(), "status", string(h.done())))
	had = h.ben.told(path, had).ok()
	had.one("#relations .issue-ref--closed [data-category=completed]")
	had.one("#relations use[href$='#check']")
	if got := had.related(); !strings.HasPrefix(got, "Related ") || !strings.HasSuffix(got, "(Blocked this until it was closed)") {
		t.Error(got)
	}
	blocker := h.ben.get("/acme/issue/" + two.key).ok()
	if got := blocker.related(); !strings.HasPrefix(got, "Related ") || !strings.HasSuffix(got, "(Was blocked until this was closed)") {
		t.Error(got)
	}
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: two.ref})
	had = h.ben.told(path, had).ok()
	if got := had.related(); got != "" {
		t.Error(got)
	}
	h.ann.apply(sync.Operation{Op: sync.Restore, Record: two.ref})
	if got := h.ben.told(path, had).ok().related(); got == "" {
		t.Error("it did not come back with its issue")
	}
}

func TestRelations_ADuplicateIsClosedAndItsSubscribersGoOn(t *testing.T) {
	t.Parallel()
	h := setup(t)
	duplicate := sync.NewRef("status", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("status", newID()), Set: map[string]any{"team": string(sync.NewRef("team", h.eng)), "name": "Canceled", "category": "canceled"}},
		sync.Operation{Op: sync.Create, Record: duplicate, Set: map[string]any{"team": string(sync.NewRef("team", h.eng)), "name": "Duplicate", "category": "canceled", "position": 2}})
	ben, cleo := sync.NewRef("member", h.ben.actor.Member), sync.NewRef("member", h.cleo.actor.Member)
	again := h.issue("Again", func(set map[string]any) { set["subscribers"] = []any{string(ben), string(cleo)} })
	secret := h.issueIn(h.sec, "SEC", "The first")
	read := func(ref sync.Ref) sync.IssuePage {
		t.Helper()
		page, err := h.engine.Issue(t.Context(), h.ann.actor, sync.IssueID{ID: ref.ID()})
		must(t, err)
		return page
	}
	page, heard := "/acme/issue/"+again.key, len(read(secret.ref).Subscribers)
	h.ann.submit(h.ann.get(page).ok(), relationForm, "kind", "duplicate", "other", secret.key).to(page + "#relations")
	if got := read(again.ref); got.IssueRow.Status != duplicate.ID() || len(read(secret.ref).Subscribers) != heard {
		t.Errorf("it is in %s, and %v hear of the other, which ben and cleo do not see", got.IssueRow.Status, read(secret.ref).Subscribers)
	}
	first := h.issue("The very first")
	third := h.issue("A third time", func(set map[string]any) { set["subscribers"] = []any{string(ben), string(cleo)} })
	page = "/acme/issue/" + third.key
	closed := h.ann.after(h.ann.submit(h.ann.get(page).ok(), relationForm, "kind", "duplicate", "other", first.key).to(page+"#relations"), page)
	if got := read(first.ref).Subscribers; len(got) != 3 {
		t.Errorf("%v hear of the first", got)
	}
	h.ann.get("/acme/issue/"+first.key).ok().has("Duplicated by", "marked this as duplicated by "+third.key)
	h.ann.submit(closed, "form[action$='/undo']").is(http.StatusSeeOther)
	if got := read(third.ref); got.IssueRow.Status != h.todo.ID() || len(read(first.ref).Subscribers) != 1 || h.ann.get(page).ok().related() != "" {
		t.Errorf("after the undo it is in %s, and %v hear of the first", got.IssueRow.Status, read(first.ref).Subscribers)
	}
}

func TestS44_RelationsToTheHiddenAreRefusedLikeThoseToTheAbsent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent := h.hide(), madeUp()
	open := h.issue("Open")
	page := h.ben.get("/acme/issue/" + open.key).ok()
	for _, names := range [][2]string{{hidden.key, absent.key}, {hidden.issue, absent.issue}, {"Hidden treasure", "Made-up treasure"}} {
		seen, made := h.ben.submit(page, relationForm, "other", names[0]), h.ben.submit(page, relationForm, "other", names[1])
		if got := seen.is(http.StatusUnprocessableEntity).one("#relations .form-field__error").Text(); got != "There is no issue of this key or title." {
			t.Error(got)
		}
		seen.one("#relations details[open]")
		if diff := cmp.Diff(made.mended(names[1]), seen.mended(names[0])); diff != "" {
			t.Errorf("%s and %s are told apart: %s", names[0], names[1], diff)
		}
	}
	twin := h.issue("Open")
	h.ben.submit(page, relationForm, "other", "open").is(http.StatusUnprocessableEntity).has("Several issues have this title")
	h.ben.submit(page, relationForm, "other", open.key).is(http.StatusUnprocessableEntity).has("no relation to itself")
	h.ben.submit(page, relationForm, "kind", "duplicated_by", "other", twin.key).is(http.StatusUnprocessableEntity)
}

// A page is drawn once for all who see the same: who sees one issue more has another one.
func TestS44_APageKeptForOneDoesNotShowARelationToAnother(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret, open := h.issueIn(h.sec, "SEC", "Secret"), h.issue("Open")
	path := "/acme/f/issue/" + open.key
	bens, anns := h.ben.get(path).ok(), h.ann.get(path).ok()
	h.ann.apply(relation(open.ref, sync.Related, secret.ref))
	if got := h.ann.told(path, anns).ok().related(); got != "Related "+secret.key+" Secret" {
		t.Error(got)
	}
	again := h.ben.get(path, "If-None-Match", bens.header.Get("ETag"))
	again.is(http.StatusNotModified)
}
