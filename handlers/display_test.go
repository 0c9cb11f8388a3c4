package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

const displayForm = "form[aria-label=Display]"

// lays sends the display's form of a page, and returns the page that it leads to.
func (b *browser) lays(page answer, changes ...string) answer {
	b.house.t.Helper()
	done := b.submit(page, displayForm, changes...).is(http.StatusSeeOther)
	to, _ := strings.CutSuffix(done.header.Get("Location"), "#display")
	if done.header.Get("Set-Cookie") != "" {
		return b.after(done, to) // with what it says of it
	}
	return b.get(to).ok()
}

func (a answer) source() string {
	a.t.Helper()
	return a.one("[data-list]").AttrOr("data-src", "")
}

func TestDisplay_IsRememberedForOneMemberAndListAlone(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	const list = "/acme/team/ENG"
	page := h.ben.lays(h.ben.get(list+"?f=-status:done").ok(), "group", "priority", "empty", "hide", "hide", "due")
	const byPriority = "Urgent 1: Urgent; Low 1: Low; No priority 1: Plain"
	if got := laid(page); got != byPriority {
		t.Errorf("it shows %q", got)
	}
	page.one("form[aria-label='Filter issues']")
	if got := page.source(); got != "/acme/f/team/ENG?group=priority&empty=hide&hide=due&f=-status:done" {
		t.Errorf("the fragment is %s", got)
	}
	if page.find("form[aria-label='Filter issues'] [name=group]").Length() != 0 {
		t.Error("the filter's form says how the list is laid out, which would hold against a later choice")
	}
	if got := laid(h.ben.get(list + "?view=board").ok()); got != byPriority {
		t.Errorf("the board shows %q", got)
	}
	if got := laid(h.ben.get(list + "?group=none").ok()); got != "All issues 3: Low, Urgent, Plain" {
		t.Errorf("against its URL the list shows %q", got)
	}
	if got := laid(h.ben.get(list + "?group=status").ok()); !strings.HasPrefix(got, "Todo 2") {
		t.Errorf("against its URL the list shows %q", got)
	}
	for path, who := range map[string]*browser{list: h.ann, "/acme/team/SEC": h.ann} {
		if got := who.get(path).ok().source(); strings.Contains(got, "?") {
			t.Errorf("another's, or another list is %s", got)
		}
	}

	reset := h.ben.lays(page, "_do", "reset")
	if got := reset.source(); got != "/acme/f/team/ENG?f=-status:done" {
		t.Errorf("reset it is %s", got)
	}
	h.ben.submit(reset, "form[action$='/undo']").is(http.StatusSeeOther)
	if got := laid(h.ben.get(list).ok()); got != byPriority {
		t.Errorf("after the undo it shows %q", got)
	}
}

func TestDisplay_OfAllHoldsWhereAMemberHasNone(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	const list = "/acme/team/ENG"
	first := h.cleo.get(list).ok()
	if first.find(displayForm+" button[value=all]").Length() != 0 {
		t.Error("a guest is offered to lay out the list for all")
	}
	h.cleo.submit(first, displayForm, "group", "label", "_do", "all").is(http.StatusForbidden)
	h.cleo.lays(first, "group", "assignee")
	set := h.ben.lays(h.ben.get(list).ok(), "group", "priority", "_do", "all")
	if set.find(displayForm+" [value=reset]").Length() != 0 {
		t.Error("ben keeps one of his own beside it")
	}
	for name, of := range map[string]struct {
		who  *browser
		want string
	}{"ann": {h.ann, "group=priority"}, "ben": {h.ben, "group=priority"}, "cleo": {h.cleo, "group=assignee"}} {
		if got := of.who.get(list).ok().source(); !strings.HasSuffix(got, "?"+of.want) {
			t.Errorf("%s has %s", name, got)
		}
	}
	// What is as the program does it is a choice too.
	if got := h.ann.lays(h.ann.get(list).ok(), "group", "").source(); got != "/acme/f/team/ENG" {
		t.Errorf("ann has %s", got)
	}
	if got := h.ann.lays(h.ann.get(list).ok(), "_do", "reset").source(); !strings.HasSuffix(got, "?group=priority") {
		t.Errorf("reset, ann has %s", got)
	}
}

func TestDisplay_OfASavedViewIsOnesOwnOrTheViews(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	saved := h.ann.saves("/acme/team/ENG?group=priority&f=-label:bug", "No bugs")
	own := h.ben.lays(h.ben.get(saved).ok(), "group", "assignee")
	if got := own.source(); got != "/acme/f/team/ENG?group=assignee&f=-label:bug" {
		t.Errorf("ben has %s", got)
	}
	if own.find("[data-action=reset-view]").Length() != 0 {
		t.Error("the view counts as changed")
	}
	for who, want := range map[*browser]string{h.ben: "assignee", h.ann: "priority"} {
		if got := who.get(saved).ok().source(); !strings.Contains(got, "group="+want) {
			t.Errorf("it is %s instead of by %s", got, want)
		}
	}
	if got := h.ben.get("/acme/team/ENG").ok().source(); strings.Contains(got, "?") {
		t.Errorf("the team's own list is %s", got)
	}
	h.ben.lays(own, "group", "label", "_do", "all")
	view := h.ann.get(h.ann.get(saved).ok().one(".sidebar [data-action=go-view]").AttrOr("href", "")).ok()
	if got := view.source(); got != "/acme/f/team/ENG?group=label&f=-label:bug" {
		t.Errorf("ann has %s", got)
	}
}

func TestDisplay_OfAViewThatIsNotThereIsTheLists(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	id := func(saved string) string { return strings.Split(saved, "saved=")[1] }
	gone, others := id(h.ann.saves("/acme/team/ENG?f=-label:bug", "Gone")), id(h.ann.saves("/acme/team/SEC?f=priority:urgent", "Another team's"))
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: sync.Ref("view:" + gone)})
	for view, group := range map[string]string{gone: "assignee", others: "priority", newID().String(): "label"} {
		page := h.ann.lays(h.ann.get("/acme/team/ENG?f=-status:done&saved="+view).ok(), "group", group)
		want := "/acme/f/team/ENG?group=" + group + "&f=-status:done"
		if got := page.source(); got != want {
			t.Errorf("it is %s instead of %s", got, want)
		}
		if got := h.ann.get("/acme/team/ENG?f=-status:done").ok().source(); got != want {
			t.Errorf("the list is %s instead of %s", got, want)
		}
	}
}

func TestDisplay_ShowsNothingThatIsClosed(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	h.issue("Over", func(set map[string]any) { set["status"] = string(h.done()) })
	if got := laid(h.ben.get("/acme/team/ENG?closed=none&empty=hide").ok()); got != "Todo 2: Low, Urgent; Doing 1: Plain" {
		t.Errorf("it shows %q", got)
	}
}

// A board of statuses ends with what was done of late, and leads to the rest; a list, an export and another grouping have all.
func TestDisplay_ABoardShowsWhatWasDoneOfLateAndTheRestByALink(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	old := h.issue("Over long ago", func(set map[string]any) { set["status"] = string(h.done()) })
	h.issue("Over", func(set map[string]any) { set["status"] = string(h.done()) })
	h.exec("update issue set updated_at = $2 where id = $1", old.ref.ID(), h.clock.now().AddDate(0, 0, -16))
	const open, board = "Todo 2: Low, Urgent; Doing 1: Plain; ", "/acme/team/ENG?view=board"
	page := h.ben.get(board).ok()
	if got := laid(page); got != open+"Done 1: Over" {
		t.Errorf("the board shows %q", got)
	}
	more := page.one("[data-group='"+string(h.done())+"'] a[data-action=show-older]").AttrOr("href", "")
	if whole := h.ben.get(more).ok(); laid(whole) != open+"Done 2: Over, Over long ago" || whole.find("[data-action=show-older]").Length() > 0 {
		t.Errorf("%s shows %q", more, laid(whole))
	} else if got := whole.source(); got != "/acme/f/team/ENG?view=board&closed=all" {
		t.Errorf("its fragment is %s", got)
	}
	if got := laid(h.ben.get("/acme/team/ENG").ok()); got != open+"Done 2: Over, Over long ago" {
		t.Errorf("the list shows %q", got)
	}
	list := h.ben.get("/acme/team/ENG?closed=7&f=assignee:none").ok()
	if got := list.one("a[data-action=show-older]").AttrOr("href", ""); got != "/acme/team/ENG?closed=all&f=assignee:none" {
		t.Errorf("the list of a week leads to %s", got)
	}
	if got := laid(h.ben.get(board + "&group=priority&empty=hide").ok()); got != "Urgent 1: Urgent; Low 1: Low; No priority 3: Over, Over long ago, Plain" {
		t.Errorf("by priority the board shows %q", got)
	}
	h.ben.get("/acme/team/ENG/issues.csv?view=board").ok().has("Over long ago")
	chosen := h.ben.lays(page, "closed", "all")
	if got := laid(chosen); got != open+"Done 2: Over, Over long ago" {
		t.Errorf("laid out with all the board shows %q", got)
	}
}

func TestS44_DisplayOfAHiddenTeamIsAbsent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden := h.ben.post("/acme/team/SEC/display", []string{"group", "none"}).is(http.StatusNotFound)
	absent := h.ben.post("/acme/team/NONE/display", []string{"group", "none"}).is(http.StatusNotFound)
	if strings.ReplaceAll(hidden.body, "SEC", "NONE") == "" || len(hidden.body) != len(absent.body) {
		t.Error("the hidden and the absent are told apart")
	}
}
