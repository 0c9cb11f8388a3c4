package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

// versions are the texts of a history page, the last first, with what was removed and added in brackets.
func (a answer) versions() []string {
	a.t.Helper()
	var shown []string
	for _, one := range a.find(".diff").EachIter() {
		one.Find(".visually-hidden").Remove()
		for mark, element := range map[string]string{"[-%s]": "del", "[+%s]": "ins"} {
			for _, part := range one.Find(element).EachIter() {
				part.SetText(fmt.Sprintf(mark, part.Text()))
			}
		}
		shown = append(shown, strings.TrimSpace(one.Text()))
	}
	return shown
}

func (b *browser) writes(issue madeIssue, from, text string) {
	b.house.t.Helper()
	b.apply(sync.Operation{Op: sync.Text, Record: issue.ref, Field: "description", From: &from, Text: &text})
}

func TestTextHistory_ShowsWhoWroteWhatAndBringsItBack(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login", func(set map[string]any) { set["description"] = "It loops" })
	h.ben.writes(issue, "It loops", "It loops forever <b>")
	h.clock.advance(time.Hour)
	h.ann.writes(issue, "It loops forever <b>", "It stops")
	page := "/acme/issue/" + issue.key
	history := h.ben.get(page).ok().find(".change__field a").First().AttrOr("href", "")
	if history != page+"/history" {
		t.Fatal(history)
	}
	shown := h.ben.get(history).ok()
	want := []string{"It [-loops forever <b>][+stops]", "It loops[+ forever <b>]", "It loops"}
	if got := shown.versions(); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("%q", got)
	}
	shown.has("ann", "ben", "This is what it says now.")
	h.ben.submit(shown, "main li:last-child form").is(303)
	if got := fmt.Sprint(h.fieldOf(issue, "description")); got != "It loops" {
		t.Error(got)
	}
	h.cleo.get(history).ok()
}

func TestTextHistory_OfACommentIsRestoredByItsAuthorAloneAndGoesInPages(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	remark, text := sync.NewRef("comment", newID()), "0"
	h.ben.apply(sync.Operation{Op: sync.Create, Record: remark, Set: map[string]any{"issue": string(issue.ref), "body": text}})
	h.clock.advance(time.Minute)
	for range 12 {
		from, longer := text, text+" again"
		h.ben.apply(sync.Operation{Op: sync.Text, Record: remark, Field: "body", From: &from, Text: &longer})
		text = longer
	}
	page := h.ann.get("/acme/issue/"+issue.key).ok().one(".comment__edited a").AttrOr("href", "")
	first := h.ann.get(page).ok().lacks("Restore this text")
	second := h.ben.get(first.one("[rel=next]").AttrOr("href", "")).ok().has("Restore this text")
	if got := append(first.versions(), second.versions()...); len(got) != 13 || got[12] != "0" || got[11] != "0[+ again]" {
		t.Errorf("%q", got)
	}
	h.ben.apply(sync.Operation{Op: sync.Delete, Record: remark})
	h.ben.get(page).is(404)
	h.ann.get("/acme/comment/" + newID().String() + "/history").is(404)
	h.ann.get("/acme/issue/" + issue.key + "/history?after=nonsense").ok().has("Nobody has written this text yet.")
}
