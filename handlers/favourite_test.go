package handlers

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tandem/sync"
)

// favourites are the links that somebody's sidebar keeps, with their folders.
func (b *browser) favourites() string {
	b.house.t.Helper()
	var shown []string
	b.get("/acme/search").ok().find("#sidebar-favourites li").Each(func(_ int, item *goquery.Selection) {
		shown = append(shown, strings.TrimSpace(item.Text()))
	})
	return strings.Join(shown, ", ")
}

// stars is somebody who puts what a page is about among their favourites, or takes it out.
func (b *browser) stars(path string) {
	b.house.t.Helper()
	b.submit(b.get(path).ok(), "#star form").is(http.StatusSeeOther)
}

func (h *house) wantFavourites(who *browser, want string) {
	h.t.Helper()
	if got := who.favourites(); got != want {
		h.t.Errorf("the favourites are %q instead of %q", got, want)
	}
}

func TestFavourites_AreStarredOnTheirPagesAndStandInTheSidebar(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	issue := h.issue("Fix login")
	if h.ben.get("/acme/issue/"+issue.key).ok().find("#sidebar-favourites > *").Length() != 0 {
		t.Error("there is a heading over no favourites")
	}
	view := h.ann.saves("/acme/team/ENG?group=none", "Flat")
	for _, path := range []string{"/acme/issue/" + issue.key, view, "/acme/team/ENG?view=board"} {
		h.ben.stars(path)
	}
	h.wantFavourites(h.ben, "Fix login, Flat, Engineering")
	h.wantFavourites(h.ann, "")
	page := h.ben.get("/acme/issue/" + issue.key).ok()
	if href := page.one("#sidebar-favourites [data-action=go-favourite]:contains('Fix login')").AttrOr("href", ""); href != "/acme/issue/"+issue.key {
		t.Errorf("it leads to %s", href)
	}
	page.one("#star button:contains('Remove from favourites')")
	h.ben.stars("/acme/issue/" + issue.key)
	h.wantFavourites(h.ben, "Flat, Engineering")
	h.ben.get("/acme/issue/" + issue.key).ok().one("#star button:contains('Add to favourites')")
}

func TestFavourites_LeadToProjectsAndCycles(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	project := sync.NewRef("project", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: project, Set: map[string]any{"name": "New login"}})
	h.ann.apply(setField(sync.NewRef("team", h.eng), h.head(), "cycle_weeks", 2))
	h.ben.stars("/acme/project/" + project.ID().String())
	h.ben.stars("/acme/team/ENG?f=cycle:current")
	h.wantFavourites(h.ben, "New login, Engineering: Cycle 1")
	page := h.ben.get("/acme/project/" + project.ID().String()).ok()
	page.one("#star button:contains('Remove from favourites')")
	for name, want := range map[string]string{"New login": "/acme/project/" + project.ID().String(), "Cycle 1": "/acme/team/ENG?f=cycle:1"} {
		if got := page.one("#sidebar-favourites [data-action=go-favourite]:contains('"+name+"')").AttrOr("href", ""); got != want {
			t.Errorf("%s leads to %s", name, got)
		}
	}
	h.ben.get("/acme/team/ENG?f=cycle:1").ok().one("#star button:contains('Remove from favourites')")
	h.ben.get("/acme/team/ENG").ok().one("#star button:contains('Add to favourites')")
	h.ben.get("/acme/f/project/" + project.ID().String()).ok().one("#star-slot")
	h.ben.stars("/acme/team/ENG?f=cycle:current")
	h.wantFavourites(h.ben, "New login")
}

func TestFavourites_ArePutInOrderAndInFoldersByForms(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for _, title := range []string{"Alpha", "Beta", "Gamma"} {
		h.ben.stars("/acme/issue/" + h.issue(title).key)
	}
	item := func(name string) string { return "#favourites li:contains('" + name + "')" }
	move := func(name, to string) {
		t.Helper()
		h.ben.submit(h.ben.get("/acme/favourites").ok(), item(name)+" form:has([value="+to+"])", "to", to).to("/acme/favourites")
	}
	move("Gamma", "up")
	h.wantFavourites(h.ben, "Alpha, Gamma, Beta")
	move("Alpha", "down")
	h.wantFavourites(h.ben, "Gamma, Alpha, Beta")
	page := h.ben.get("/acme/favourites").ok()
	if page.find(item("Gamma")+" [value=up]").Length() != 0 || page.find(item("Beta")+" [value=down]").Length() != 0 {
		t.Error("an end can be gone beyond")
	}
	h.ben.submit(page, item("Gamma")+" form.edit__form", "folder", "Soon").to("/acme/favourites")
	h.wantFavourites(h.ben, "Alpha, Beta, Soon, Gamma")
	gone := h.ben.get("/acme/favourites").ok()
	h.ben.submit(gone, item("Gamma")+" form:has([data-action=trash])").to("/acme/favourites")
	h.wantFavourites(h.ben, "Alpha, Beta")
	record := gone.one(item("Gamma")).AttrOr("data-record", "")
	h.ben.post("/acme/favourite/"+sync.Ref(record).ID().String()+"/restore", nil).to("/acme/favourites")
	h.wantFavourites(h.ben, "Alpha, Beta, Soon, Gamma")
}

// Two devices that make one each, both as the last, give two of them one place.
func TestFavourites_OfOnePlaceAreCountedAnewWhenOneIsMoved(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	for _, title := range []string{"Alpha", "Beta", "Gamma"} {
		h.ben.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("favourite", newID()), Set: map[string]any{"issue": string(h.issue(title).ref), "position": 7}})
	}
	h.ben.submit(h.ben.get("/acme/favourites").ok(), "#favourites li:contains('Gamma') form:has([value=up])", "to", "up").to("/acme/favourites")
	h.wantFavourites(h.ben, "Alpha, Gamma, Beta")
}

// Fragments of favourites are their owner's alone, and say when they are another.
func TestFavourites_TurnStaleForTheirOwner(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	issue := h.issue("Fix login")
	star := "star/issue:" + issue.ref.ID().String()
	tags := map[string]string{}
	parts := []string{"sidebar", "favourites", star}
	look := func(step string, want int) {
		t.Helper()
		for _, part := range parts {
			answer := h.ben.get(h.ben.memberPath(part), "If-None-Match", tags[part])
			if answer.code != want {
				t.Errorf("%s: %s answers %d instead of %d", step, part, answer.code, want)
			}
			if answer.code == http.StatusOK {
				tags[part] = answer.header.Get("ETag")
			}
			h.ann.get(h.ben.memberPath(part)).is(http.StatusNotFound)
		}
	}
	look("at first", http.StatusOK)
	h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("favourite", newID()), Set: map[string]any{"issue": string(issue.ref)}})
	look("another's", http.StatusNotModified)
	made := sync.NewRef("favourite", newID())
	h.ben.apply(sync.Operation{Op: sync.Create, Record: made, Set: map[string]any{"issue": string(issue.ref)}})
	look("made", http.StatusOK)
	h.ben.get(h.ben.memberPath(star)).ok().has(fmt.Sprintf(`action="/acme/favourite/%s/trash"`, made.ID()))
	h.ben.apply(sync.Operation{Op: sync.Delete, Record: made})
	look("taken out", http.StatusOK)
	look("nothing since", http.StatusNotModified)
}

func TestFavourites_OfWhatIsGoneAreNotShown(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	hidden := h.issueIn(h.sec, "SEC", "Hidden treasure", func(map[string]any) {})
	view := h.ann.saves("/acme/team/ENG?group=none", "Flat")
	for _, path := range []string{"/acme/issue/" + hidden.key, "/acme/team/SEC", view} {
		h.ann.stars(path)
	}
	h.wantFavourites(h.ann, "Hidden treasure, Security, Flat")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: sync.Ref("view:" + strings.Split(view, "saved=")[1])})
	h.ann.apply(sync.Operation{Op: sync.Remove, Record: sync.NewRef("team", h.sec), Field: "members", Value: string(sync.NewRef("member", h.ann.actor.Member))})
	h.wantFavourites(h.ann, "")
	h.ann.get("/acme/favourites").ok().has("No favourites yet.").lacks("Hidden treasure")
}
