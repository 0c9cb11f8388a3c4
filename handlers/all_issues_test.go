package handlers

import (
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tandem/sync"
)

// grouped is a list as it is shown, group by group: "Started: Two, One".
func (a answer) grouped() string {
	a.t.Helper()
	var groups []string
	a.find(".issue-list__group").Each(func(_ int, group *goquery.Selection) {
		var titles []string
		group.Find("[data-rows] > li [data-field=title]").Each(func(_ int, title *goquery.Selection) { titles = append(titles, strings.TrimSpace(title.Text())) })
		groups = append(groups, strings.TrimSpace(group.Find("h2").Text())+": "+strings.Join(titles, ", "))
	})
	return strings.Join(groups, "; ")
}

func TestAll_ListsTheIssuesOfAllTeamsThatOneSees(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	h.issue("One", func(set map[string]any) { set["labels"] = []string{string(h.bug)} })
	h.issueIn(web, "WEB", "Two", func(set map[string]any) { set["status"] = string(sync.NewRef("status", sync.StatusID(web, "Doing"))) })
	h.issueIn(h.sec, "SEC", "Hidden treasure")

	page := h.ben.get("/acme/all").ok()
	if got := page.grouped(); got != "Unstarted: One; Started: Two; Completed: " {
		t.Errorf("ben sees %q", got)
	}
	if got := h.cleo.get("/acme/all").ok().grouped(); got != "Unstarted: One; Started: ; Completed: " {
		t.Errorf("cleo sees %q", got)
	}
	h.ann.get("/acme/all").ok().has("Hidden treasure")
	page.one("a[data-action=go-list][aria-current=page]")
	page.one("[data-group='category:started']")
	if got := h.ben.get("/acme/all?group=team&f=label:bug").ok(); !strings.HasPrefix(got.grouped(), "Engineering: One") {
		t.Errorf("by team and label: %q", got.grouped())
	} else if chip := got.one(".filter-chip__remove").AttrOr("href", ""); chip != "/acme/all?group=team" {
		t.Errorf("the chip leads to %s", chip)
	}
	form := page.one(".filter-bar__form[aria-label=Display]")
	if form.AttrOr("method", "") != "get" || form.AttrOr("action", "") != "/acme/all" || form.Find("option:contains('By hand')").Length() != 0 {
		t.Error("the display is not laid out by a form of this list")
	}
	h.ben.get("/acme/all?order=updated&f=shape:round&group=cycle").ok().has("is no filter", "There is no group “cycle”").lacks("no order")
	h.ben.get("/acme/all?f=label:nonsense").ok().one(".empty-state [data-action=clear-filters]")
	h.ben.get("/acme/all?after=x").is(http.StatusUnprocessableEntity)
}

func TestAll_IsFreshWhenAnyTeamThatOneSeesChanges(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	two := h.issueIn(web, "WEB", "Two")
	hidden := h.issueIn(h.sec, "SEC", "Hidden treasure")
	for _, topic := range []string{string(sync.NewRef("team", h.eng)), string(sync.NewRef("team", web)), "vocabulary"} {
		if live := h.ben.get("/acme/all").ok().one(".issue-list").AttrOr("data-live", ""); !strings.Contains(live, topic) || strings.Contains(live, h.sec.String()) {
			t.Errorf("it is live by %q, not by %s alone", live, topic)
		}
	}
	tag := h.ben.get("/acme/f/all").ok().header.Get("ETag")
	look := func(what string, want int) {
		t.Helper()
		answer := h.ben.get("/acme/f/all", "If-None-Match", tag)
		if answer.is(want); want == http.StatusOK {
			tag = answer.header.Get("ETag")
		}
	}
	look("nothing", http.StatusNotModified)
	h.ann.apply(setField(hidden.ref, h.head(), "priority", 1))
	look("what ben does not see", http.StatusNotModified)
	h.ann.apply(setField(two.ref, h.head(), "priority", 1))
	look("another team's", http.StatusOK)
	look("nothing since", http.StatusNotModified)
	delta := h.ben.get("/acme/f/all?since=1", "If-None-Match", tag)
	delta.is(http.StatusNotModified)
	h.issue("Three")
	if body := h.ben.get("/acme/f/all?since=1", "If-None-Match", tag).ok(); body.find("[data-same='"+string(two.ref)+"']").Length() != 1 || !strings.Contains(body.body, "Three") {
		t.Error("the delta is no delta")
	}
}
