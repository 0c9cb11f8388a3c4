package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// saves is a member who saves the list at a path as a view; it returns where the view's list is.
func (b *browser) saves(path, name string, more ...string) string {
	b.house.t.Helper()
	page := b.get(path).ok()
	made := b.submit(page, "form[action='/acme/view']", append([]string{"name", name}, more...)...).is(http.StatusSeeOther)
	return b.get(made.header.Get("Location")).is(http.StatusSeeOther).header.Get("Location")
}

func TestViews_AreSavedFromTheListAndStandInTheSidebar(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	const list = "/acme/team/ENG?view=board&group=priority&order=due&f=-label:bug"
	saved := h.ann.saves(list, "Ann's board", "icon", "warning")
	if !strings.HasPrefix(saved, list+"&saved=") {
		t.Fatalf("the view leads to %s", saved)
	}
	page := h.ben.get(saved).ok()
	if got := laid(page); got != "Urgent 0: ; High 0: ; Medium 0: ; Low 1: Low; No priority 1: Plain" {
		t.Errorf("it shows %q", got)
	}
	if got := page.one("h1").Text(); got != "Ann's board" {
		t.Errorf("it is called %q", got)
	}
	link := page.one(".sidebar [data-action=go-view][aria-current=page]")
	if href := link.AttrOr("href", ""); href != saved || strings.TrimSpace(link.Text()) != "Ann's board" {
		t.Errorf("the sidebar leads to %s by %q", href, link.Text())
	}
	if source := page.one("[data-list]").AttrOr("data-src", ""); strings.Contains(source, "saved") {
		t.Errorf("the fragment is another one for each view: %s", source)
	}
	page.one("summary[data-action=open-view]:contains(View)")
	if page.find("[data-action=reset-view]").Length() != 0 {
		t.Error("the view counts as changed")
	}
}

// A list that is shown in another way than its view says so: it may be saved, saved as another, or left.
func TestViews_ThatAreShownOtherwise(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	saved := h.ann.saves("/acme/team/ENG?f=status:todo", "To do")
	page := h.ben.get(saved + "&group=none").ok()
	view := page.one("[data-action=reset-view]").AttrOr("href", "")
	h.ben.get(view).to(saved)
	page.one("summary[data-action=open-view]:contains(Save)")
	h.ben.submit(page, "form:has([data-action=save-view])").to(view)
	changed := h.ann.get(view).is(http.StatusSeeOther).header.Get("Location")
	if !strings.HasPrefix(changed, "/acme/team/ENG?group=none&f=status:todo&saved=") {
		t.Errorf("the view leads to %s", changed)
	}
	renamed := h.ann.get(changed).ok()
	h.ann.submit(renamed, "form:has([data-action=rename-view])", "name", "Flat", "icon", "check").to(view)
	h.ben.get(changed).ok().has("Flat")
	h.ann.submit(renamed, "form:has([data-action=trash])[action^='/acme/view']").is(http.StatusSeeOther)
	h.ann.get(view).is(http.StatusNotFound)
	gone := h.ann.get(changed).ok()
	if gone.find("[data-action=go-view]").Length() != 0 || gone.one("h1").Text() != "Engineering" {
		t.Error("a view in the trash is still there")
	}
	h.ann.post(view+"/restore", nil).is(http.StatusSeeOther)
	h.ann.get(changed).ok().has("Flat")
}

// A private view is there for its author alone, whatever the others ask.
func TestS44_APrivateViewIsItsAuthorsAlone(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	stream := h.open(h.ben, "")
	stream.next()
	saved := h.ann.saves("/acme/team/ENG?group=none", "Only of ann", "private", "true")
	view := strings.Split(saved, "saved=")[1]
	if told := stream.next().data; strings.Contains(told["topics"].([]any)[0].(string), view) || told["records"] != nil {
		t.Errorf("others are told of it: %v", told)
	}
	h.ann.get(saved).ok().one(".sidebar [data-action=go-view]:contains('Only of ann')")
	h.ben.get(saved).ok().lacks("Only of ann", "reset-view")
	for _, path := range []string{view, newID().String()} {
		h.ben.get("/acme/view/" + path).is(http.StatusNotFound)
		h.ben.post("/acme/view/"+path, []string{"name", "Mine", "_base", "1"}).is(http.StatusNotFound)
		h.ben.post("/acme/view/"+path+"/trash", nil).is(http.StatusNotFound)
	}
	if pulled := h.ben.get("/acme/sync/pull").ok().body; strings.Contains(pulled, view) {
		t.Error("others pull it")
	}
	if pulled := h.ann.get("/acme/sync/pull").ok().body; !strings.Contains(pulled, view) {
		t.Error("its author does not pull it")
	}
}

func TestViews_OfGuestsAreTheirOwn(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	h.cleo.post("/acme/view", []string{"team", string(sync.NewRef("team", h.eng)), "name", "For all", "query", ""}).is(http.StatusForbidden)
	h.cleo.saves("/acme/team/ENG?group=label", "Of cleo alone")
	h.ann.get("/acme/team/ENG").ok().lacks("Of cleo alone")
	shared := h.ann.saves("/acme/team/ENG?group=none", "Of everybody")
	page := h.cleo.get(shared+"&order=due").ok().has("Of cleo alone", "Of everybody")
	if page.find("[data-action=save-view]").Length() != 0 || page.find("[data-action=reset-view]").Length() != 1 {
		t.Error("a guest is offered to change what is everybody's")
	}
}

func TestViews_RefuseWhatIsNone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	team := string(sync.NewRef("team", h.eng))
	for _, set := range []map[string]any{
		{"team": team, "name": ""}, {"team": team, "name": "x", "icon": "skull"}, {"team": team, "name": "x", "query": "f=%zz"},
		{"team": team, "name": "x", "query": "/acme?f=a"}, {"team": team, "name": "x", "author": string(sync.NewRef("member", h.ben.actor.Member))},
	} {
		result := h.ann.try(sync.Operation{Op: sync.Create, Record: sync.NewRef("view", newID()), Set: set})
		if result.Error == nil || result.Error.Code != sync.CodeInvalid {
			t.Errorf("%v: %+v", set, result)
		}
	}
}
