package handlers

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tandem/sync"
)

func TestSearch_IsNarrowedByAFormAndItsChips(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	h.issue("Harbour one", func(set map[string]any) { set["labels"] = []string{string(h.bug)} })
	h.issue("Harbour two")
	project := sync.NewRef("project", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: project, Set: map[string]any{"name": "Harbour works", "description": "Where the harbour is built"}})

	page := h.ben.get("/acme/search?q=harbour").ok()
	page.one("#search-projects")
	if link := page.one("[data-record='" + string(project) + "'] > a"); link.AttrOr("href", "") != "/acme/project/"+project.ID().String() {
		t.Errorf("the project leads to %s", link.AttrOr("href", ""))
	}
	page.one("[data-record='" + string(project) + "'] mark")

	form := page.one(".filter-bar__form")
	if form.Find("[name=q]").AttrOr("value", "") != "harbour" || form.AttrOr("action", "") != "/acme/search" || form.AttrOr("method", "") != "get" {
		t.Error("the form of filters loses the words")
	}
	if form.Find("option[value='team:sec']").Length() != 0 || form.Find("option[value='label:classified']").Length() != 0 || form.Find("option[value='team:eng']").Length() != 1 {
		t.Error("the form offers what the reader does not see, or lacks what they do")
	}
	if got := form.Find("option[value='status:todo']").Length(); got != 1 {
		t.Errorf("a status that several teams have is offered %d times", got)
	}

	narrow := h.ben.get("/acme/search?q=harbour&f=label:bug").ok()
	if rows := narrow.find(".search__rows > [data-record]"); rows.Length() != 1 || !strings.Contains(rows.Text(), "Harbour one") {
		t.Errorf("the filter leaves %q", rows.Text())
	}
	if narrow.find("#search-projects").Length() != 0 {
		t.Error("a project passes a filter by label")
	}
	if got := narrow.one(".search__form [name=f]").AttrOr("value", ""); got != "label:bug" {
		t.Errorf("a search for other words keeps %q", got)
	}
	for selector, want := range map[string]string{
		"[data-action=flip-filter]":         "/acme/search?q=harbour&f=-label:bug",
		"[data-action=clear-filters]":       "/acme/search?q=harbour",
		"a.filter-chip__remove":             "/acme/search?q=harbour",
		".filter-bar__chips .filter-chip a": "/acme/search?q=harbour&f=-label:bug",
	} {
		if got := narrow.find(selector).First().AttrOr("href", ""); got != want {
			t.Errorf("%s leads to %s, not %s", selector, got, want)
		}
	}
	h.ben.get("/acme/search?q=harbour&f=label:nonsense").ok().one(".notice:contains('There is no label “nonsense” here')")
	h.ben.get("/acme/search?q=harbour&f=shape:round").ok().one(".notice:contains('is no filter')")
	h.ben.get("/acme/search?q=harbour&f=status:doing").ok().one(".empty-state [data-action=clear-filters]")
}

func TestSearch_PagesKeepTheFilters(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for range 21 {
		h.issue("Harbour", func(set map[string]any) { set["labels"] = []string{string(h.bug)} })
	}
	h.issue("Harbour")
	first := h.ben.get("/acme/search?q=harbour&f=label:bug").ok()
	next := first.one("[rel=next]").AttrOr("href", "")
	if query, _ := url.Parse(next); query.Query().Get("f") != "label:bug" {
		t.Fatalf("the next page is %s", next)
	}
	if rows := h.ben.get(next).ok().find(".search__rows > [data-record]").Length(); rows != 1 {
		t.Errorf("the last page has %d rows", rows)
	}
}

// Whether a filter names something hidden or nothing must not be told apart.
func TestS44_SearchFiltersTellNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden := sync.NewRef("project", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: hidden, Set: map[string]any{"name": "Secret plan", "team": string(sync.NewRef("team", h.sec))}})
	h.issueIn(h.sec, "SEC", "Harbour hidden", func(set map[string]any) {
		set["project"], set["labels"] = string(hidden), []string{string(h.secretMark)}
	})
	for _, pair := range [][2]string{{"label:classified", "label:imaginarys"}, {"project:secret-plan", "project:dreamy-plan"}, {"team:sec", "team:xyz"},
		{"project:" + hidden.ID().String(), "project:" + uuid.Must(uuid.NewV7()).String()}} {
		said := func(term string) string {
			_, value, _ := strings.Cut(term, ":")
			return strings.ReplaceAll(h.ben.get("/acme/search?q=harbour&f="+term).ok().one("main").Text(), value, "it")
		}
		if said(pair[0]) != said(pair[1]) {
			t.Errorf("%s is told apart from %s", pair[0], pair[1])
		}
	}
	if body := h.ben.get("/acme/search?q=secret").ok().body; strings.Contains(body, "Secret plan") {
		t.Error("the hidden project is found")
	}
}
