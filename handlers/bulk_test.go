package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

// issues makes as many, and answers them with the pairs that a form sends for them.
func (h *house) issues(n int) (made []madeIssue, selected []string) {
	h.t.Helper()
	for i := range n {
		made = append(made, h.issue(fmt.Sprint("Many ", i)))
		selected = append(selected, "record", string(made[i].ref))
	}
	return made, selected
}

func (h *house) fieldOf(issue madeIssue, name string) any {
	h.t.Helper()
	return h.ann.pull("").find(issue.ref).Fields[name]
}

func TestBulk_ChangesAllThatIsSelectedByAPlainForm(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made, selected := h.issues(3)
	ben := "member:" + h.ben.actor.Member.String()
	for _, path := range []string{"/acme/team/ENG", "/acme/team/ENG?view=board", "/acme?view=created", "/acme?view=activity"} {
		for _, change := range []struct {
			do, control, value, field string
			want                      any
			flash                     string
		}{
			{"status", "status", string(h.doing), "status", string(h.doing), "Set status of 3 issues: done."},
			{"priority", "priority", "2", "priority", float64(2), "Set priority of 3 issues: done."},
			{"assignee", "assignee", ben, "assignee", ben, "Assign 3 issues: done."},
			{"due", "due", "2026-12-24", "due", "2026-12-24", "Set due date of 3 issues: done."},
			{"add", "labels", string(h.bug), "labels", []any{string(h.bug)}, "Add labels to 3 issues: done."},
			{"remove", "labels", string(h.bug), "labels", []any{}, "Remove labels from 3 issues: done."},
		} {
			page, was := h.ann.get(path).ok(), h.fieldOf(made[0], change.field)
			for _, issue := range made {
				page.one(`[name=record][value="` + string(issue.ref) + `"][aria-label="` + issue.key + `"]`)
			}
			done := h.ann.submit(page, "form#bulk", append([]string{"_do", change.do, change.control, change.value, "_next", path}, selected...)...).to(path)
			versions := map[int64]bool{}
			for _, issue := range made {
				if got := h.fieldOf(issue, change.field); fmt.Sprint(got) != fmt.Sprint(change.want) {
					t.Errorf("%s %s: %s is %v", path, change.do, issue.key, got)
				}
				versions[h.ann.pull("").find(issue.ref).Version] = true
			}
			if len(versions) != 1 {
				t.Errorf("%s %s: %d transactions", path, change.do, len(versions))
			}
			h.clock.advance(time.Minute)
			flash := h.ann.get(path, "Cookie", done.cookie(flashCookie).String()).ok().has(change.flash)
			if change.do != "add" { // what is removed next
				h.ann.submit(flash, "form[data-op=undo]").is(http.StatusSeeOther)
			}
			if got := h.fieldOf(made[2], change.field); change.do != "add" && fmt.Sprint(got) != fmt.Sprint(was) {
				t.Errorf("%s %s: after one undo %v", path, change.do, got)
			}
		}
		h.ann.post("/acme/bulk", append([]string{"remove", string(h.bug)}, selected...)).is(http.StatusSeeOther)
	}
	trashed := h.ann.submit(h.ann.get("/acme/team/ENG"), "form#bulk", append([]string{"_do", "trash"}, selected...)...).is(http.StatusSeeOther)
	h.ann.get("/acme/team/ENG").ok().lacks("Many 0", "Many 2")
	h.ann.submit(h.ann.get("/acme/team/ENG", "Cookie", trashed.cookie(flashCookie).String()), "form[data-op=undo]").is(http.StatusSeeOther)
	h.ann.get("/acme/team/ENG").ok().has("Many 0", "Many 1", "Many 2")
}

// What scripts send straight to the URL has the names of the protocol alone.
func TestBulk_TakesTheProtocolsNames(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made, selected := h.issues(2)
	base := []string{"_base", made[1].base()}
	h.ben.post("/acme/bulk", slices.Concat(base, selected, []string{"add", string(h.bug)})).to("/acme")
	h.ben.post("/acme/bulk", slices.Concat(base, selected, []string{"priority", "1"})).to("/acme")
	h.ben.post("/acme/bulk", slices.Concat(base, selected, []string{"assignee", ""})).to("/acme")
	if h.fieldOf(made[0], "priority") != float64(1) || fmt.Sprint(h.fieldOf(made[1], "labels")) != fmt.Sprint([]any{string(h.bug)}) {
		t.Error("not changed")
	}
}

func TestBulk_SaysWhatIsWrongAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made, selected := h.issues(2)
	hidden := h.issueIn(h.sec, "SEC", "Hidden")
	base := []string{"_base", made[1].base()}
	far := slices.Clone(base)
	for range sync.MaxOperations + 1 {
		far = append(far, "record", string(sync.NewRef("issue", newID())))
	}
	before := h.head()
	for name, wrong := range map[string]struct {
		form  []string
		code  int
		words string
	}{
		"nothing selected": {append(base, "_do", "status", "status", string(h.doing)), 422, "No issue is selected."},
		"no issue":         {append(base, "record", string(h.bug), "_do", "trash"), 422, "Only issues"},
		"no change":        {slices.Concat(base, selected), 422, "Choose what to change"},
		"unknown change":   {slices.Concat(base, selected, []string{"_do", "title", "title", "x"}), 422, "Choose what to change"},
		"no value":         {slices.Concat(base, selected, []string{"_do", "status", "status", ""}), 422, "Choose what to change"},
		"no label":         {slices.Concat(base, selected, []string{"_do", "add"}), 422, "Choose what to change"},
		"no day":           {slices.Concat(base, selected, []string{"_do", "due", "due", "soon"}), 422, "due"},
		"no base":          {slices.Concat(selected, []string{"_do", "status", "status", string(h.doing)}), 422, "base"},
		"no such status":   {slices.Concat(base, selected, []string{"_do", "status", "status", string(sync.NewRef("status", newID()))}), 404, "or what they were to get"},
		"a hidden issue":   {slices.Concat(base, selected, []string{"record", string(hidden.ref), "_do", "trash"}), 404, "One of the selected issues"},
		"too many":         {append(far, "_do", "trash"), 413, "1001 issues are selected; at most 1000"},
	} {
		page := h.ben.post("/acme/bulk", wrong.form, "Referer", "http://example.com/acme/team/ENG").is(wrong.code).has(wrong.words)
		if link := page.one("a[data-action=open]").AttrOr("href", ""); link != "/acme/team/ENG" {
			t.Errorf("%s leads back to %q", name, link)
		}
	}
	if h.head() != before {
		t.Error("something was changed")
	}
}

// S82: what is one change is seen whole or not at all, also when one of ten cannot be.
func TestS82_ABulkChangeIsAllOrNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made, selected := h.issues(9)
	other := h.issueIn(h.team("OPS", "Operations", false), "OPS", "Of another team")
	before := h.head()
	form := slices.Concat([]string{"_base", fmt.Sprint(before), "_do", "status", "status", string(h.doing)}, selected, []string{"record", string(other.ref)})
	h.ann.post("/acme/bulk", form).is(http.StatusUnprocessableEntity).has("Set status of 10 issues: not done", "not one of the issue&#39;s team")
	if h.head() != before || h.fieldOf(made[0], "status") != string(h.todo) {
		t.Error("some of it was done")
	}
}

func TestBulk_MeetsAnothersWriteWithWaysForAllOfThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made, selected := h.issues(4)
	page, second := h.ben.get("/acme/team/ENG").ok(), h.ben.get("/acme/team/ENG").ok()
	h.clock.advance(time.Hour)
	h.ann.apply(setField(made[1].ref, made[1].version, "priority", 3))
	h.clock.advance(time.Hour)
	change := func(page answer) answer {
		return h.ben.submit(page, "form#bulk", append([]string{"_do", "priority", "priority", "1"}, selected...)...).is(http.StatusConflict)
	}
	met := change(page).has(made[1].key, "ann changed Priority to Medium.").lacks(made[0].key)
	if h.fieldOf(made[0], "priority") != float64(0) {
		t.Error("half of it was done")
	}
	h.ben.submit(met, "form[data-action=keep-theirs]").is(http.StatusSeeOther)
	if h.fieldOf(made[0], "priority") != float64(1) || h.fieldOf(made[1], "priority") != float64(3) {
		t.Error("the others were not changed alone")
	}
	h.clock.advance(time.Hour)
	h.ann.apply(setField(made[0].ref, h.head(), "priority", 4))
	h.clock.advance(time.Hour)
	h.ben.submit(change(second), "form[data-action=keep-mine]").is(http.StatusSeeOther)
	for _, issue := range made {
		if got := h.fieldOf(issue, "priority"); got != float64(1) {
			t.Errorf("%s has the priority %v", issue.key, got)
		}
	}
}

// S77: a bulk edit of 50 issues is one step; when others have changed 3 of them, they are named and the other 47 go back.
func TestS77_UndoOfABulkEditNamesWhatOthersChanged(t *testing.T) {
	t.Parallel()
	h := setup(t)
	made, selected := h.issues(50)
	page := h.ben.get("/acme/team/ENG").ok()
	done := h.ben.submit(page, "form#bulk", append([]string{"_do", "status", "status", string(h.doing)}, selected...)...).is(http.StatusSeeOther)
	h.clock.advance(time.Minute)
	flash := h.ben.get("/acme/team/ENG", "Cookie", done.cookie(flashCookie).String()).ok().has("Set status of 50 issues: done.")
	base := h.head()
	var theirs []string
	for _, i := range []int{3, 20, 49} {
		h.ann.apply(setField(made[i].ref, base, "status", string(h.status("Done"))))
		theirs = append(theirs, made[i].key)
	}
	h.clock.advance(time.Minute)
	met := h.ben.submit(flash, "form[data-op=undo]").is(http.StatusConflict)
	for _, key := range theirs {
		met.has(key + ": ann changed Status to Done.")
	}
	if h.fieldOf(made[0], "status") != string(h.doing) {
		t.Error("half of it was undone")
	}
	partly := h.ben.submit(met, "form[data-op=undo]").is(http.StatusSeeOther)
	for i, issue := range made {
		want := h.todo
		if slices.Contains(theirs, issue.key) {
			want = h.status("Done")
		}
		if got := h.fieldOf(issue, "status"); got != string(want) {
			t.Errorf("%d: %s has the status %v", i, issue.key, got)
		}
	}
	words := h.ben.get("/acme/team/ENG", "Cookie", partly.cookie(flashCookie).String()).ok().one("#notice").Text()
	for _, key := range theirs {
		if !strings.Contains(words, key) {
			t.Errorf("%s is not named in %q", key, words)
		}
	}
}
