package handlers

import (
	"net/http"
	"strings"
	"testing"
)

func TestCycles_WorkByLinksAndForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	if h.ann.get("/acme/team/ENG").ok().find("[data-action=go-cycles]").Length() != 0 {
		t.Error("a team without cycles leads to them")
	}
	settings := h.ann.get("/acme/settings/team/ENG").ok()
	h.ann.submit(settings, "form[action='/acme/settings/team/ENG/cycles']", "cycle_weeks", "2").is(http.StatusSeeOther)
	cycles := h.ben.get("/acme/team/ENG/cycles").ok()
	if got := cycles.find(".settings__item").Length(); got != 3 {
		t.Fatalf("%d cycles are shown", got)
	}
	page := h.ben.get("/acme/issue/" + issue.key).ok()
	current := page.one("[data-action=set-cycle] button:contains('current')").AttrOr("value", "")
	h.ben.submit(page, "form[data-action=set-cycle]", "cycle", current).is(http.StatusSeeOther)
	list := h.ben.get("/acme/team/ENG?f=cycle:current").ok()
	if got := list.one("[data-rows] [data-field=cycle]").Text(); strings.TrimSpace(got) != "Cycle 1" {
		t.Errorf("the row says %q", got)
	}
	if got := list.one("section[aria-label=Cycle]").Text(); !strings.Contains(got, "0 of 1 done") {
		t.Errorf("its progress is %q", got)
	}
	named := h.ben.submit(list, "section[aria-label=Cycle] form", "name", "Harvest")
	named.is(http.StatusSeeOther)
	h.ben.get("/acme/team/ENG?group=cycle").ok().one("[data-group='" + current + "']:contains(Harvest)")
	if h.ben.get("/acme/team/ENG?f=cycle:next").ok().find("[data-rows] [data-record]").Length() != 0 {
		t.Error("it is in the next cycle too")
	}
	bulk := h.ben.get("/acme/team/ENG").ok()
	h.ben.submit(bulk, "form[data-bulk]", "_do", "cycle", "cycle", "", "record", string(issue.ref)).is(http.StatusSeeOther)
	if h.ben.get("/acme/team/ENG?f=cycle:none").ok().find("[data-rows] [data-record='"+string(issue.ref)+"']").Length() != 1 {
		t.Error("it was not taken out of its cycle")
	}
	h.cleo.get("/acme/team/SEC/cycles").is(http.StatusNotFound)
}
