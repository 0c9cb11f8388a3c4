package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"tandem/sync"
)

func TestS67_EditsOfDifferentFieldsBothSurvive(t *testing.T) {
	t.Parallel()
	for _, statusFirst := range []bool{true, false} {
		h := setup(t)
		issue := h.issue("Shared")
		edits := []func() answer{
			func() answer {
				return h.ann.post("/acme/issue/"+issue.key+"/status", []string{"status", string(h.doing), "_base", issue.base()})
			},
			func() answer {
				return h.ben.post("/acme/issue/"+issue.key+"/assignee", []string{"assignee", "member:" + h.ben.actor.Member.String(), "_base", issue.base()})
			},
		}
		if !statusFirst {
			slices.Reverse(edits)
		}
		for _, edit := range edits {
			h.clock.advance(time.Hour)
			edit().to("/acme/issue/" + issue.key)
		}
		fields := h.ann.pull("").find(issue.ref).Fields
		if fields["status"] != string(h.doing) || fields["assignee"] != "member:"+h.ben.actor.Member.String() {
			t.Errorf("%v", fields)
		}
	}
}

func (h *house) priority(ref sync.Ref) any { return h.ann.pull("").find(ref).Fields["priority"] }

func TestS68_ARaceIsWonByTheLaterAndSaid(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Raced")
	h.clock.advance(time.Hour)
	h.ann.apply(setField(issue.ref, issue.version, "priority", 2))
	h.clock.advance(9999 * time.Millisecond)
	result := h.ben.apply(setField(issue.ref, issue.version, "priority", 1))
	if len(result.Notices) != 1 || result.Notices[0].Code != "overwrote" || result.Notices[0].Theirs != float64(2) || result.Notices[0].By != sync.NewRef("member", h.ann.actor.Member) {
		t.Errorf("%+v", result.Notices)
	}
	if got := h.priority(issue.ref); got != float64(1) {
		t.Errorf("priority %v", got)
	}
	line := h.ann.get("/acme/f/issue/" + issue.key).ok().find(".change").Last().Text()
	for _, words := range []string{"ben", "replacing what ann had just chosen (High)", "Urgent"} {
		if !contains(line, words) {
			t.Errorf("%q is not in %q", words, line)
		}
	}
	undone := h.ben.apply(sync.Operation{Op: sync.Undo, Transaction: result.ID})
	if got := h.priority(issue.ref); got != float64(2) || undone.Version != result.Version+1 {
		t.Errorf("after undo: priority %v", got)
	}
}

func TestS68_WhoLostARaceIsToldAndBringsTheirsBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Raced")
	h.clock.advance(time.Hour)
	h.ann.apply(setField(issue.ref, issue.version, "priority", 2))
	h.ben.apply(setField(issue.ref, issue.version, "priority", 1))
	page := h.ann.get("/acme/issue/" + issue.key).ok()
	told := page.one(`[data-lost][data-for="` + string(sync.NewRef("member", h.ann.actor.Member)) + `"]`)
	if words := told.AttrOr("data-words", ""); words != "ben replaced your priority “High”" {
		t.Errorf("%q", words)
	}
	h.clock.advance(time.Hour)
	h.ann.submit(page, "[data-lost] form").is(http.StatusSeeOther)
	if got := h.priority(issue.ref); got != float64(2) {
		t.Errorf("priority %v", got)
	}
	if left := h.ann.get("/acme/issue/" + issue.key).ok().find("[data-lost]").Length(); left != 0 {
		t.Errorf("what was brought back is offered %d times more", left)
	}
}

func TestS68_TenSecondsLaterItIsAConflict(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Stale")
	h.clock.advance(time.Hour)
	h.ann.apply(setField(issue.ref, issue.version, "priority", 2))
	queued := h.ben.push(sync.Transaction{ID: newID(), Queued: true, Ops: []sync.Operation{setField(issue.ref, issue.version, "priority", 1)}}).Results[0]
	h.clock.advance(10 * time.Second)
	late := h.ben.try(setField(issue.ref, issue.version, "priority", 1))
	for name, result := range map[string]sync.Result{"queued": queued, "late": late} {
		if result.Status != sync.InConflict || len(result.Conflicts) != 1 || result.Conflicts[0].Mine != float64(1) || result.Conflicts[0].Theirs != float64(2) || result.Conflicts[0].Base != float64(0) {
			t.Errorf("%s: %+v", name, result)
		}
	}
	if got := h.priority(issue.ref); got != float64(2) {
		t.Errorf("priority %v", got)
	}
	card := h.ben.get("/acme/f/transaction/" + late.ID.String()).ok()
	card.one(`form[data-resolves="` + late.ID.String() + `"] [data-action=keep-mine]`)
	if mine := card.one("[data-side=mine]").Text(); mine != "Urgent" {
		t.Errorf("mine is worded %q", mine)
	}
}

// The form's half: a stale post shows both values, and either way out goes through.
func TestS68_AStaleFormShowsBothValues(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]float64{"keep-mine": 1, "keep-theirs": 2} {
		h := setup(t)
		issue := h.issue("Stale")
		page := h.ben.get("/acme/issue/" + issue.key)
		h.ann.apply(setField(issue.ref, issue.version, "priority", 2))
		h.clock.advance(10 * time.Second)
		conflict := h.ben.submit(page, "form[action$=priority]", "priority", "1").is(http.StatusConflict)
		article := conflict.one(`article[data-conflict="` + string(issue.ref) + `"][data-field=priority]`)
		for side, text := range map[string]string{"mine": "Urgent", "theirs": "High", "base": "No priority"} {
			if got := article.Find("[data-side=" + side + "]").Text(); got != text {
				t.Errorf("%s is %q", side, got)
			}
		}
		h.clock.advance(time.Hour)
		h.ben.submit(conflict, "form:has([data-action="+action+"])").is(http.StatusSeeOther)
		if got := h.priority(issue.ref); got != want {
			t.Errorf("%s ends at %v", action, got)
		}
	}
}

func TestS69_AConflictOfTextsEndsInOneVersion(t *testing.T) {
	t.Parallel()
	for action, want := range map[string]string{"keep-mine": "one\nBEN\n", "keep-theirs": "one\nANN\n", "keep-merged": "one\nBOTH\n"} {
		h := setup(t)
		issue := h.issue("Written", func(set map[string]any) { set["description"] = "one\ntwo\n" })
		page := h.ben.get("/acme/issue/" + issue.key)
		h.ann.submit(h.ann.get("/acme/issue/"+issue.key), "form[action$=description]", "description", "one\r\nANN\r\n").is(http.StatusSeeOther)
		conflict := h.ben.submit(page, "form[action$=description]", "description", "one\r\nBEN\r\n").is(http.StatusConflict)
		article := conflict.one("article[data-field=description]")
		for side, text := range map[string]string{"mine": "one\nBEN\n", "theirs": "one\nANN\n", "base": "one\ntwo\n"} {
			if got := article.Find("[data-side=" + side + "]").Text(); got != text {
				t.Errorf("%s is %q", side, got)
			}
		}
		head := h.head()
		var changes []string
		if action == "keep-merged" {
			changes = []string{"description", "one\r\nBOTH\r\n"}
		}
		h.ben.submit(conflict, "form:has([data-action="+action+"])", changes...).is(http.StatusSeeOther)
		if got := h.ann.pull("").find(issue.ref).Fields["description"]; got != want {
			t.Errorf("%s ends at %q", action, got)
		}
		if after := h.head(); after != head+1 && action != "keep-theirs" || after > head+1 {
			t.Errorf("%s took the head from %d to %d", action, head, after)
		}
	}
}

func TestForm_MergesEditsOfDifferentLines(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Written", func(set map[string]any) { set["description"] = "one\ntwo\nthree\n" })
	page := h.ben.get("/acme/issue/" + issue.key)
	h.ann.submit(h.ann.get("/acme/issue/"+issue.key), "form[action$=description]", "description", "ONE\r\ntwo\r\nthree\r\n").is(http.StatusSeeOther)
	h.ben.submit(page, "form[action$=description]", "description", "one\r\ntwo\r\nTHREE\r\n").is(http.StatusSeeOther)
	if got := h.ann.pull("").find(issue.ref).Fields["description"]; got != "ONE\ntwo\nTHREE\n" {
		t.Errorf("%q", got)
	}
}

func TestS70_LabelsCommute(t *testing.T) {
	t.Parallel()
	h := setup(t)
	other := sync.NewRef("label", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: other, Set: map[string]any{"name": "ui"}})
	issue := h.issue("Labelled", func(set map[string]any) { set["labels"] = []string{string(other)} })
	url := "/acme/issue/" + issue.key + "/labels"
	h.ann.post(url, []string{"add", string(h.bug)}).is(http.StatusSeeOther)
	h.ben.post(url, []string{"remove", string(other)}).is(http.StatusSeeOther)
	h.ben.post(url, []string{"add", string(h.bug)}).is(http.StatusSeeOther)
	chips := h.cleo.get("/acme/f/issue/" + issue.key).ok().find(".property__summary [data-field=labels] [data-value]").Map(func(_ int, chip *goquery.Selection) string {
		return chip.AttrOr("data-value", "")
	})
	if fmt.Sprint(chips) != fmt.Sprintf("[%s]", h.bug) {
		t.Errorf("%v", chips)
	}
}

func TestS71_ACommentOnADeletedIssueIsHandedBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Gone")
	page := h.ben.get("/acme/issue/" + issue.key)
	h.ann.post("/acme/issue/"+issue.key+"/trash", nil).is(http.StatusSeeOther)
	refused := h.ben.submit(page, ".composer form", "body", "My long thoughts").is(http.StatusConflict)
	if text := refused.one(".refusal [data-copy]").Text(); text != "My long thoughts" {
		t.Errorf("%q", text)
	}
	result := h.ben.try(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "Mine"}})
	if result.Error == nil || result.Error.Code != sync.CodeDeleted || result.Conflicts[0].Mine != "Mine" {
		t.Errorf("%+v", result)
	}
	h.ben.get("/acme/f/transaction/" + result.ID.String()).ok().one(`[data-refusal][data-code=deleted] [data-copy]`)
	h.ben.get("/acme/team/ENG/trash").ok().has(issue.key)
	trashed := h.ben.get("/acme/issue/" + issue.key).ok()
	trashed.one(".issue__banner")
	h.ben.submit(trashed, "form[action$=restore]").is(http.StatusSeeOther)
	h.ben.get("/acme/team/ENG").ok().has("Gone")
}

func TestS75_AnUndoOfWhatSomebodyChangedAsks(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Contested")
	mine := h.ann.apply(setField(issue.ref, issue.version, "status", string(h.doing)))
	h.ben.apply(setField(issue.ref, mine.Version, "status", string(h.status("Done"))))
	conflict := h.ann.post("/acme/undo", []string{"transaction", mine.ID.String()}).is(http.StatusConflict)
	if theirs := conflict.one("[data-side=theirs]").Text(); theirs != "Done" {
		t.Errorf("theirs is %q", theirs)
	}
	if got := h.ann.pull("").find(issue.ref).Fields["status"]; got != string(h.status("Done")) {
		t.Errorf("%v", got)
	}
}

func TestS77_AnUndoThatOneRecordKeepsFromBeingWholeNamesItAndUndoesTheRest(t *testing.T) {
	t.Parallel()
	h := setup(t)
	kept, other := h.issue("Kept"), h.issue("Other")
	bulk := h.ann.apply(setField(kept.ref, kept.version, "priority", 2), setField(other.ref, other.version, "priority", 2))
	h.ben.apply(sync.Operation{Op: sync.Delete, Record: kept.ref})
	conflict := h.ann.post("/acme/undo", []string{"transaction", bulk.ID.String()}).is(http.StatusConflict).has(kept.key).has("in the trash")
	if got := h.priority(other.ref); got != float64(2) {
		t.Errorf("priority %v after a refused undo", got)
	}
	h.ann.submit(conflict, "form[data-op=undo]").is(http.StatusSeeOther)
	if got := h.priority(other.ref); got != float64(0) {
		t.Errorf("priority %v after undoing the rest", got)
	}
}
