package handlers

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tandem/sync"
)

// furnished is a house with issues that differ in all that lists go by; the last made comes first.
func furnished(t *testing.T) *house {
	t.Helper()
	h := setup(t)
	for _, issue := range []struct {
		title string
		set   map[string]any
	}{
		{"Plain", map[string]any{"status": string(h.doing), "due": "2026-12-01"}},
		{"Urgent", map[string]any{"priority": 1, "labels": []string{string(h.bug)}}},
		{"Low", map[string]any{"priority": 4, "due": "2026-12-24", "assignee": string(sync.NewRef("member", h.ann.actor.Member))}},
	} {
		h.issue(issue.title, func(set map[string]any) {
			for name, value := range issue.set {
				set[name] = value
			}
		})
	}
	return h
}

// laid is what a list shows, group by group: "Todo: Low, Urgent".
func laid(page answer) string {
	var groups []string
	for _, group := range page.find("[data-group]").EachIter() {
		var titles []string
		group.Find("[data-rows] [data-field=title]").Each(func(_ int, title *goquery.Selection) { titles = append(titles, title.Text()) })
		name := group.Find("h2 [data-part=name], h2 .label-chip").First().Text()
		groups = append(groups, name+" "+group.Find("[data-count]").Text()+": "+strings.Join(titles, ", "))
	}
	return strings.Join(groups, "; ")
}

func TestLists_AreLaidOutByTheirURL(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for query, want := range map[string]string{
		"":                                "Todo 2: Low, Urgent; Doing 1: Plain; Done 0: ",
		"empty=hide":                      "Todo 2: Low, Urgent; Doing 1: Plain",
		"group=assignee":                  "No assignee 2: Urgent, Plain; ann 1: Low",
		"group=priority&empty=hide":       "Urgent 1: Urgent; Low 1: Low; No priority 1: Plain",
		"group=label":                     "No label 2: Low, Plain; bug 1: Urgent",
		"group=none":                      "All issues 3: Low, Urgent, Plain",
		"group=none&order=priority":       "All issues 3: Urgent, Low, Plain",
		"group=none&order=-priority":      "All issues 3: Plain, Low, Urgent",
		"group=none&order=due":            "All issues 3: Plain, Low, Urgent",
		"group=none&order=created":        "All issues 3: Low, Urgent, Plain",
		"group=none&f=label:bug&order=":   "All issues 1: Urgent",
		"group=assignee&f=assignee:none":  "No assignee 2: Urgent, Plain",
		"group=assignee&f=-assignee:none": "ann 1: Low",
	} {
		for _, view := range []string{"", "view=board&"} {
			page := h.ben.get("/acme/team/ENG?" + view + query).ok()
			if got := laid(page); got != want {
				t.Errorf("%s%s shows %q instead of %q", view, query, got, want)
			}
			source := page.one("[data-list]").AttrOr("data-src", "")
			if got := laid(h.ben.get(source).ok()); got != want {
				t.Errorf("the fragment %s shows %q instead of %q", source, got, want)
			}
		}
	}
}

// What a form of the bar sends is what the page then shows, all else kept.
func TestLists_AreLaidOutByAForm(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	page := h.ben.get("/acme/team/ENG?f=-status:done").ok()
	form := page.one("form[aria-label=Display]")
	if form.Find("input[type=hidden][name=f][value='-status:done']").Length() != 1 {
		t.Error("the display's form drops the filter")
	}
	shown := h.ben.get("/acme/team/ENG?f=-status:done&group=priority&order=-due&closed=14&sub=off&empty=&hide=labels&hide=due").ok()
	for name, value := range map[string]string{"group": "priority", "order": "-due", "closed": "14", "sub": "off", "empty": ""} {
		if got := shown.one("form[aria-label=Display] select[name="+name+"] option[selected]").AttrOr("value", "?"); got != value {
			t.Errorf("%s is shown as %q", name, got)
		}
	}
	shown.one(`[data-list][data-hide="labels due"]`)
	shown.one("form[aria-label='Filter issues'] input[type=hidden][name=group][value=priority]")
	if href := shown.one(`[data-action=clear-filters]`).AttrOr("href", ""); href != "/acme/team/ENG?group=priority&order=-due&closed=14&sub=off&hide=labels&hide=due" {
		t.Errorf("clearing the filters leads to %s", href)
	}
}

// Filters of one field and one sense are one chip, which its link removes; each of its values goes by itself too.
func TestFilters_AreChips(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	page := h.ben.get("/acme/team/ENG?f=assignee:ann&f=assignee:none&f=-label:bug").ok()
	if got := strings.Join(strings.Fields(page.find(".filter-chip").Text()), " "); got != "Assignee is any of ann nobody Remove filter: Assignee is any of ann, nobodyLabel is not bug Remove filter: Label is not bug" {
		t.Errorf("%q", got)
	}
	for selector, want := range map[string]string{
		".filter-chip:first-child .filter-chip__remove":             "/acme/team/ENG?f=-label:bug",
		".filter-chip:first-child .filter-chip__operator":           "/acme/team/ENG?f=-assignee:ann&f=-assignee:none&f=-label:bug",
		".filter-chip:first-child [aria-label='Remove nobody']":     "/acme/team/ENG?f=assignee:ann&f=-label:bug",
		".filter-chip:nth-child(2) .filter-chip__remove":            "/acme/team/ENG?f=assignee:ann&f=assignee:none",
		".filter-bar__chips > li:last-child > [data-action^=clear]": "/acme/team/ENG",
	} {
		if got := page.one(selector).AttrOr("href", ""); got != want {
			t.Errorf("%s leads to %s", selector, got)
		}
	}
	if got := laid(page); got != "Todo 1: Low; Doing 1: Plain; Done 0: " {
		t.Errorf("it shows %q", got)
	}
}

// What a URL says wrongly is said in words, and the rest of it holds.
func TestFilters_ThatMeanNothingAreToldOf(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for query, words := range map[string]string{
		"group=none&f=status:todo&f=colour:red": "“colour:red” is no filter",
		"group=none&f=status:todo&f=nonsense":   "“nonsense” is no filter",
		"group=none&f=status:todo&order=age":    "There is no order “age”",
		"group=none&f=status:todo&closed=-1":    "There is no closed “-1”",
		"group=none&f=status:todo&f=-label:zzz": "There is no label “zzz” here",
	} {
		page := h.ben.get("/acme/team/ENG?" + query).ok()
		if got := page.find("main > .notice[role=status]").Text(); !strings.HasPrefix(got, words) {
			t.Errorf("%s says %q", query, got)
		}
		if got := laid(page); got != "All issues 2: Low, Urgent" {
			t.Errorf("%s shows %q", query, got)
		}
	}
	if page := h.ben.get("/acme/team/ENG?group=status&order=manual&f=").ok(); page.find("main > .notice[role=status]").Length() != 0 {
		t.Error("what is meant anyway is told of")
	}
}

// A card goes to another column by a form, whatever the columns are of, as far as they differ in one field.
func TestBoards_MoveCardsBetweenGroups(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	card := func(query, title string) (answer, string) {
		page := h.ben.get("/acme/team/ENG?view=board&" + query).ok()
		menu := page.find(".issue-card:has([data-field=title]:contains(" + title + ")) a[data-action=open-move]")
		if page.find("form[data-op=move]").Length() != 0 {
			t.Error("a board has the form of each card")
		}
		at, _, _ := strings.Cut(menu.AttrOr("href", ""), "#")
		return h.ben.get(at).ok(), ".issue-card:has([data-field=title]:contains(" + title + ")) form[data-op=move]"
	}
	page, form := card("group=assignee", "Low")
	h.ben.submit(page, form, "assignee", "member:").is(303)
	page, form = card("group=assignee&empty=show", "Plain")
	h.ben.submit(page, form, "assignee", string(sync.NewRef("member", h.ben.actor.Member))).is(303)
	page, form = card("group=priority&order=updated", "Plain")
	if page.find(form+" [name=before]").Length() != 0 {
		t.Error("a place is offered in an order that is not made by hand")
	}
	h.ben.submit(page, form, "priority", "priority:2").is(303)
	if got := laid(h.ben.get("/acme/team/ENG?group=assignee").ok()); got != "No assignee 2: Urgent, Low; ben 1: Plain" {
		t.Errorf("by assignee %q", got)
	}
	if got := laid(h.ben.get("/acme/team/ENG?group=priority&empty=hide").ok()); got != "Urgent 1: Urgent; High 1: Plain; Low 1: Low" {
		t.Errorf("by priority %q", got)
	}
	page, form = card("group=label&order=manual", "Low")
	if page.find(form+" [data-column]").Length() != 0 {
		t.Error("labels are offered as columns to move to")
	}
}
