package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

func (h *house) done() sync.Ref { return h.status("Done") }

// progress is what an element says of an issue's sub-issues.
func (a answer) progress(selector string) string {
	a.t.Helper()
	return strings.Fields(a.one(selector).Text())[0]
}

func TestS89_SubIssuesAreAddedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent := h.issue("Parent", func(set map[string]any) { set["assignee"] = "member:" + h.ben.actor.Member.String() })
	page := "/acme/issue/" + parent.key
	h.ben.get(page).ok().lacks("sub-issues__heading")
	for _, title := range []string{"First part", "Second part", "Third part"} {
		h.ben.submit(h.ben.get(page).ok(), ".sub-issues form", "title", title).to(page + "#sub-issues")
	}
	shown := h.ben.get(page).ok()
	if got := shown.find(".sub-issues .issue-row__title").Text(); got != "First partSecond partThird part" {
		t.Errorf("%s", got)
	}
	if got := shown.progress(".sub-issues__progress"); got != "0/3" {
		t.Error(got)
	}
	h.ben.submit(shown, ".sub-issues form", "title", strings.Repeat("x", sync.MaxTitle+1)).is(http.StatusUnprocessableEntity).
		one(`main form.new-issue input[name=parent][value="` + string(parent.ref) + `"]`)
}

func TestSubIssues_WhatShowsTheirProgressIsFresh(t *testing.T) {
	t.Parallel()
	h := setup(t)
	me := "member:" + h.ben.actor.Member.String()
	parent := h.issue("Parent", func(set map[string]any) { set["assignee"] = me })
	below := func(of madeIssue) madeIssue {
		return h.issue("Below "+of.key, func(set map[string]any) { set["parent"] = string(of.ref) })
	}
	at := map[string]string{
		"/acme/f/issue/" + parent.key: ".sub-issues__progress", "/acme/f": ".issue-row__progress",
		"/acme/f/team/ENG": ".issue-row__progress", "/acme/f/team/ENG?view=board": ".issue-card__progress",
	}
	had := map[string]answer{}
	for path := range at {
		had[path] = h.ben.get(path).ok().lacks("sub-issues done")
	}
	shows := func(want string) {
		t.Helper()
		for path, selector := range at {
			had[path] = h.ben.told(path, had[path]).ok()
			if got := had[path].progress(selector); got != want {
				t.Errorf("%s shows %s, want %s", path, got, want)
			}
		}
	}
	first := below(parent)
	shows("0/1")
	second := below(parent)
	h.ann.apply(setField(first.ref, h.head(), "status", string(h.done())))
	shows("1/2")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: first.ref})
	shows("0/1")
	h.ann.apply(sync.Operation{Op: sync.Restore, Record: first.ref})
	shows("1/2")

	below(second) // what lies below a sub-issue is told by its row
	page := h.ben.told("/acme/f/issue/"+parent.key, had["/acme/f/issue/"+parent.key]).ok()
	if got := page.progress(".sub-issues .issue-row__progress"); got != "0/1" {
		t.Error(got)
	}
}

func TestS89_AParentIsNamedByItsKey(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent, issue := h.issue("Parent"), h.issue("Child")
	page := "/acme/issue/" + issue.key
	h.ben.submit(h.ben.get(page).ok(), ".property form[data-online]", "parent", " "+strings.ToLower(parent.key)).to(page)
	under := h.ben.get(page).ok()
	under.one(`.breadcrumb a[href="/acme/issue/` + parent.key + `"]`)
	h.ben.submit(under, ".property form[data-op=set][action$='/parent']", "parent", "").to(page)
	if h.ben.get(page).ok().find(`.breadcrumb a[href="/acme/issue/`+parent.key+`"]`).Length() > 0 {
		t.Error("the parent is still there")
	}
	hidden := h.issueIn(h.sec, "SEC", "Hidden")
	for _, absent := range []string{"ENG-99", hidden.key, string(hidden.ref)} {
		h.ben.post(page+"/parent", []string{"parent", absent, "_base", issue.base()}).is(http.StatusNotFound)
	}
}

func TestSubIssues_ALoopIsRefusedInWords(t *testing.T) {
	t.Parallel()
	h := setup(t)
	parent := h.issue("Parent")
	child := h.issue("Child", func(set map[string]any) { set["parent"] = string(parent.ref) })
	for _, below := range []madeIssue{parent, child} {
		h.ben.post("/acme/issue/"+parent.key+"/parent", []string{"parent", string(below.ref), "_base", parent.base()}).
			is(http.StatusUnprocessableEntity).has("cannot lie below itself")
	}
}
