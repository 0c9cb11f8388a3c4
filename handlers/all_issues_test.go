package handlers

import (
	"fmt"
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
	form := page.one(displayForm)
	if form.AttrOr("method", "") != "post" || form.AttrOr("action", "") != "/acme/all/display" || form.Find("option:contains('By hand')").Length() != 0 {
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

// A view of the list over all teams is one list for everybody: each sees in it the issues of their teams.
func TestAll_IsSavedAsAViewThatShowsEachWhatTheySee(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	h.issue("One", func(set map[string]any) { set["priority"] = 1 })
	h.issueIn(web, "WEB", "Two", func(set map[string]any) { set["priority"] = 1 })
	h.issueIn(h.sec, "SEC", "Hidden treasure", func(set map[string]any) { set["priority"] = 1 })
	const list = "/acme/all?group=team&order=created&empty=hide&f=priority:urgent"
	saved := h.ann.saves(list, "Urgent everywhere", "icon", "warning")
	if !strings.HasPrefix(saved, list+"&saved=") {
		t.Fatalf("the view leads to %s", saved)
	}
	view := "/acme/view/" + strings.Split(saved, "saved=")[1]
	for who, want := range map[*browser]string{h.ann: "Engineering: One; Security: Hidden treasure; Website: Two", h.ben: "Engineering: One; Website: Two", h.cleo: "Engineering: One"} {
		who.get(view).to(saved)
		page := who.get(saved).ok()
		if got := page.grouped(); got != want {
			t.Errorf("it shows %q", got)
		}
		if title := page.one("h1").Text(); title != "Urgent everywhere" {
			t.Errorf("it is called %q", title)
		}
		if href := page.one(".sidebar [data-action=go-view][aria-current=page]").AttrOr("href", ""); href != saved {
			t.Errorf("the sidebar leads to %s", href)
		}
		if source := page.source(); strings.Contains(source, "saved") {
			t.Errorf("the fragment is another one for each view: %s", source)
		}
	}
	h.ben.get("/acme/team/ENG").ok().one(".sidebar [data-action=go-view]:contains('Urgent everywhere')")
	h.ben.get("/acme/team/ENG?saved=" + strings.Split(saved, "saved=")[1]).ok().lacks("reset-view")
	if page := h.cleo.get(strings.Replace(saved, "order=created", "order=due", 1)).ok(); page.find("[data-action=save-view]").Length() != 0 || page.find("[data-action=reset-view]").Length() != 1 {
		t.Error("a guest is offered to change what is everybody's")
	}
	h.cleo.post("/acme/view", []string{"name", "For all", "query", ""}).is(http.StatusForbidden)

	changed := h.ben.get(strings.Replace(saved, "order=created", "order=due", 1)).ok()
	h.ben.submit(changed, "form:has([data-action=save-view])").to(view)
	if now := h.ann.get(view).is(http.StatusSeeOther).header.Get("Location"); !strings.Contains(now, "order=due") {
		t.Errorf("the view leads to %s", now)
	}
	h.ben.submit(h.ben.get(h.ben.get(view).header.Get("Location")).ok(), "form:has([data-action=trash])[action^='/acme/view']").is(http.StatusSeeOther)
	h.ann.get(view).is(http.StatusNotFound)
	if gone := h.ann.get(saved).ok(); gone.one("h1").Text() != "All issues" || gone.find("[data-action=go-view]").Length() != 0 {
		t.Error("a view in the trash is still there")
	}
}

func TestS44_APrivateViewOfAllTeamsIsItsAuthorsAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	saved := h.cleo.saves("/acme/all?group=none", "Of cleo alone")
	view := strings.Split(saved, "saved=")[1]
	h.cleo.get(saved).ok().one(".sidebar [data-action=go-view]:contains('Of cleo alone')")
	for _, other := range []*browser{h.ann, h.ben} {
		other.get(saved).ok().lacks("Of cleo alone", "reset-view")
		other.get("/acme/view/" + view).is(http.StatusNotFound)
		other.post("/acme/view/"+view+"/trash", nil).is(http.StatusNotFound)
		if pulled := other.get("/acme/sync/pull").ok().body; strings.Contains(pulled, view) {
			t.Error("others pull it")
		}
	}
}

func TestAll_ViewsAreKeptAmongTheFavourites(t *testing.T) {
	t.Parallel()
	h := setup(t)
	saved := h.ann.saves("/acme/all?f=assignee:me", "Mine everywhere")
	page := h.ben.get(saved).ok()
	h.ben.submit(page, "form[action='/acme/favourite']").is(http.StatusSeeOther)
	if href := h.ben.get("/acme/inbox").ok().one("[data-action=go-favourite]").AttrOr("href", ""); href != saved {
		t.Errorf("the favourite leads to %s", href)
	}
	h.ben.get(saved).ok().one("form[action^='/acme/favourite/'] [data-action=star]")
	if h.ben.get("/acme/all").ok().find("[data-action=star]").Length() != 0 {
		t.Error("the list itself, which every sidebar has, can be kept too")
	}
}

// How the list is laid out is kept for each member, as a team's is, and what is set for everyone holds where a member has nothing set.
func TestAll_IsLaidOutForOneMemberOrForEveryone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("One")
	const list = "/acme/all"
	page := h.ben.lays(h.ben.get(list+"?f=-priority:urgent").ok(), "group", "team", "order", "due", "hide", "due")
	if got := page.source(); got != "/acme/f/all?group=team&order=due&hide=due&f=-priority:urgent" {
		t.Errorf("the fragment is %s", got)
	}
	if got := h.ben.get(list).ok().source(); got != "/acme/f/all?group=team&order=due&hide=due" {
		t.Errorf("the next time it is %s", got)
	}
	if got := h.ben.get(list + "?group=priority").ok().source(); got != "/acme/f/all?group=priority" {
		t.Errorf("against its URL the list is %s", got)
	}
	for path, who := range map[string]*browser{list: h.ann, "/acme/team/ENG": h.ben} {
		if got := who.get(path).ok().source(); strings.Contains(got, "?") {
			t.Errorf("another's, or another list is %s", got)
		}
	}
	if h.cleo.get(list).ok().find(displayForm+" button[value=all]").Length() != 0 {
		t.Error("a guest is offered to lay out the list for all")
	}
	h.cleo.post("/acme/all/display", []string{"group", "label", "_do", "all"}).is(http.StatusForbidden)
	h.ann.lays(h.ann.get(list).ok(), "group", "priority", "_do", "all")
	for who, want := range map[*browser]string{h.ann: "?group=priority", h.cleo: "?group=priority", h.ben: "?group=team&order=due&hide=due"} {
		if got := who.get(list).ok().source(); got != "/acme/f/all"+want {
			t.Errorf("it is %s", got)
		}
	}
	reset := h.ben.lays(h.ben.get(list).ok(), "_do", "reset")
	if got := reset.source(); got != "/acme/f/all?group=priority" {
		t.Errorf("reset it is %s", got)
	}
	h.ben.submit(reset, "form[action$='/undo']").is(http.StatusSeeOther)
	if got := h.ben.get(list).ok().source(); got != "/acme/f/all?group=team&order=due&hide=due" {
		t.Errorf("after the undo it is %s", got)
	}

	saved := h.ann.saves(list+"?group=label", "By label")
	own := h.ben.lays(h.ben.get(saved).ok(), "group", "none")
	if got := own.source(); got != "/acme/f/all?group=none" || own.find("[data-action=reset-view]").Length() != 0 {
		t.Errorf("a view laid out otherwise is %s", got)
	}
	if got := h.ann.get(saved).ok().source(); got != "/acme/f/all?group=label" {
		t.Errorf("for another it is %s", got)
	}
}

// A view of all teams is everybody's, and its maker may have filtered by what others do not see: they learn that there is a filter, and no name.
func TestS51_AViewNamesNothingThatItsReaderDoesNotSee(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issueIn(h.sec, "SEC", "Hidden treasure", func(set map[string]any) { set["labels"] = []string{string(h.secretMark)} })
	h.issue("One")
	for filter, masked := range map[string]string{"team:sec": "team:-", "-label:classified": "-label:-"} {
		const list = "/acme/all?group=team&f="
		saved := h.ann.saves(list+filter, "Of "+filter[:4])
		view := strings.Split(saved, "saved=")[1]
		if !strings.HasPrefix(saved, list+filter+"&") {
			t.Errorf("its maker is led to %s", saved)
		}
		h.ann.get(saved).ok().one("form[action$='" + view + "/trash']")
		led := h.ben.get("/acme/view/" + view).is(http.StatusSeeOther).header.Get("Location")
		if !strings.HasPrefix(led, list+masked+"&") {
			t.Errorf("%s: another is led to %s", filter, led)
		}
		page := h.ben.get(led).ok().lacks("Hidden treasure")
		if n := page.find("[data-action=reset-view]").Length(); n != 0 {
			t.Errorf("%s: as it was saved it is taken for changed", filter)
		}
		page = h.ben.get(led + "&order=due").ok()
		if page.one("[data-action=reset-view]"); page.find("[data-action=save-view]").Length() != 0 {
			t.Errorf("%s: who does not know it all is offered to change it", filter)
		}
		told := h.ben.get("/acme/sync/pull?since=0").ok().lacks("f="+filter, "classified")
		if !strings.Contains(told.body, "f="+masked) {
			t.Errorf("%s: the pull does not say that there is a filter", filter)
		}
		base := int64(0)
		clash := h.ben.push(sync.Transaction{ID: newID(), Ops: []sync.Operation{{Op: sync.Set, Record: sync.Ref("view:" + view), Base: &base, Set: map[string]any{"query": "group=none"}}}})
		if met := fmt.Sprintf("%+v", clash); !strings.Contains(met, "query") || strings.Contains(met, strings.Split(filter, ":")[1]) {
			t.Errorf("%s: whose write met it is told %s", filter, met)
		}
		writes := func(query string) sync.Result {
			now := sync.Operation{Op: sync.Set, Record: sync.Ref("view:" + view), Base: &clash.Version, Set: map[string]any{"query": query}}
			return h.ben.push(sync.Transaction{ID: newID(), Ops: []sync.Operation{now}}).Results[0]
		}
		if back := writes("group=none&f=" + masked); back.Error == nil || !strings.Contains(back.Error.Fields["query"], masked) {
			t.Errorf("%s: the mask may be written in the name's place: %+v", filter, back)
		}
		if own := writes("group=none"); own.Status != sync.Applied {
			t.Errorf("%s: a query of one's own is %+v", filter, own)
		}
	}
}

// Two letters are a team's key, and may be the word that stands for the reader elsewhere.
func TestAll_ATeamMayBeCalledMe(t *testing.T) {
	t.Parallel()
	h := setup(t)
	me := h.team("ME", "Mechanics", false)
	h.issueIn(me, "ME", "Two")
	h.issue("One")
	if got := h.ben.get("/acme/all?group=team&empty=hide&f=team:me").ok().grouped(); got != "Mechanics: Two" {
		t.Errorf("it shows %q", got)
	}
}
