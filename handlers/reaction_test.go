package handlers

import (
	"strings"
	"testing"

	"tandem/sync"
)

const chips = " button[data-members]"

// shown are the reactions below a selector, in words; those that the page takes for the reader's own with a star.
func (a answer) reactions(below string) string {
	a.t.Helper()
	var words []string
	for _, button := range a.find(below + chips).EachIter() {
		mark := map[string]string{"remove": "*"}[button.AttrOr("name", "")]
		words = append(words, mark+button.AttrOr("aria-label", ""))
	}
	return strings.Join(words, "; ")
}

func TestReactions_AreGivenAndTakenBackByForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	h.ben.comment(issue, "Seen here too")
	page := "/acme/issue/" + issue.key
	before := h.ann.get(page).ok()
	menu := h.ann.get(before.tool("open-reactions")).ok()
	for range 2 { // sent twice it is done once
		h.ann.submit(menu, ".comment [data-menu] form.reactions:first-child", "add", "🎉").to(page)
	}
	h.ben.apply(sync.Operation{Op: sync.Add, Record: issue.ref, Field: "reactions", Value: "👍"})
	h.ann.submit(h.ann.get(page), ".issue__description [data-menu] form.reactions:first-child", "add", "👍").to(page)
	shown := h.ann.get(page).ok()
	if got := shown.reactions(".issue__description"); got != "*👍 2: ann, ben" {
		t.Error(got)
	}
	if got := shown.reactions(".comment"); got != "*🎉 1: ann" {
		t.Error(got)
	}
	if got := h.ben.get(page).reactions(".comment"); got != "🎉 1: ann" {
		t.Error(got)
	}
	if got := h.ann.get("/acme/f/issue/" + issue.key).ok().reactions(".comment"); got != "🎉 1: ann" {
		t.Error("a fragment says whose it is for:", got)
	}
	h.ann.submit(shown, ".comment .reactions > form.reactions", "remove", "🎉").to(page)
	if got := h.ann.get(page).reactions(".comment"); got != "" {
		t.Error(got)
	}
	h.ann.submit(menu, ".comment [data-menu] form.reactions:last-child", "add", "fine").is(422).has("React with one emoji.")
}
