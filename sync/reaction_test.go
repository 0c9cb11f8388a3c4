package sync

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func react(to Ref, emoji string) Operation {
	return Operation{Op: Add, Record: to, Field: "reactions", Value: emoji}
}

// reactions are those to an issue's description, or to its first comment, as a reader sees them.
func (h *house) reactions(t testing.TB, issue Ref, toComment bool) string {
	t.Helper()
	page := h.page(t, issue)
	found := page.Reactions
	if toComment {
		found = page.Comments[0].Reactions
	}
	var words []string
	for _, r := range found {
		names := []string{}
		for _, id := range r.Members {
			name, _ := page.Member(id)
			names = append(names, name.Name)
		}
		slices.Sort(names)
		words = append(words, r.Emoji+" "+strings.Join(names, "+"))
	}
	return strings.Join(words, ", ")
}

func TestReactions_AreOnesOwnAndCommute(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	h.applied(t, h.ann, h.annsTab, react(issue, "👍"))
	h.applied(t, h.cleo, newID(), react(issue, "👍"), react(issue, "🎉"))
	wantSame(t, "reactions", "👍 ann+cleo, 🎉 cleo", h.reactions(t, issue, false))
	h.applied(t, h.ben, h.bensTab, Operation{Op: Remove, Record: issue, Field: "reactions", Value: "👍"}) // ben has none to take back
	wantSame(t, "reactions", "👍 ann+cleo, 🎉 cleo", h.reactions(t, issue, false))
	twice := h.applied(t, h.ann, h.annsTab, react(issue, "👍"))
	wantSame(t, "the version of what was there", h.page(t, issue).IssueRow.Version, twice.Version)
}

func TestReactions_AreNoEditAndNoNews(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	remark := h.remark(t, h.ann, h.annsTab, issue, "Seen here too")
	before := h.page(t, issue)
	h.clock.advance(time.Minute)
	h.applied(t, h.ben, h.bensTab, react(remark, "👀"), react(issue, "👍"))
	after := h.page(t, issue)
	wantSame(t, "to the comment", "👀 ben", h.reactions(t, issue, true))
	wantSame(t, "when the comment was edited", before.Comments[0].UpdatedAt, after.Comments[0].UpdatedAt)
	wantSame(t, "when the issue was edited", before.IssueRow.UpdatedAt, after.IssueRow.UpdatedAt)
	wantSame(t, "the history", len(before.Changes), len(after.Changes))
	h.applied(t, h.ben, h.bensTab, setField(issue, h.page(t, issue).IssueRow.Version, "priority", 1), react(issue, "🎉"))
	wantSame(t, "the history of an edit with a reaction", len(before.Changes)+1, len(h.page(t, issue).Changes))
	wantSame(t, "the subscribers", before.Subscribers, after.Subscribers)
	h.hasInbox(t, h.ann)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: remark}) // though ben has reacted since
	if result := h.push(t, h.ben, h.bensTab, react(remark, "👍")); result.Error == nil || result.Error.Code != CodeDeleted {
		t.Errorf("a reaction to what lies in the trash: %+v", result)
	}
}

func TestReactions_GoBackByUndoAndLetTheirCommentGo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	remark := NewRef("comment", newID())
	made := h.applied(t, h.ann, h.annsTab, comment(issue, remark, "Seen here too"))
	done := h.applied(t, h.ben, h.bensTab, react(remark, "👍"))
	h.applied(t, h.ann, h.annsTab, react(remark, "👍"))
	h.applied(t, h.ben, h.bensTab, undo(done.ID))
	wantSame(t, "after the undo", "👍 ann", h.reactions(t, issue, true))
	h.applied(t, h.ben, h.bensTab, react(remark, "🎉"))
	h.applied(t, h.ann, h.annsTab, undo(made.ID))
	if !h.page(t, issue).Comments[0].Deleted {
		t.Error("a reaction keeps a comment from being taken back")
	}
}

func TestReactions_AreOneEmojiEachAndBounded(t *testing.T) {
	t.Parallel()
	for _, one := range []string{"👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🇩🇪", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "1️⃣", "☺️", "🤷🏾‍♂️", "™️"} {
		if !isEmoji(one) {
			t.Errorf("%s is none", one)
		}
	}
	for _, none := range []string{"", "a", "1", "👍👍", "👍 ", "🇩", "\u200d", "👍\u200d", "<b>", "\ufe0f", strings.Repeat("👍\u200d", 30) + "👍", "\xff"} {
		if isEmoji(none) {
			t.Errorf("%q is one", none)
		}
	}
	h := setup(t)
	issue, base := h.issue(t, "Fix login")
	h.applied(t, h.ben, h.bensTab, react(issue, "❤"))
	h.applied(t, h.ben, h.bensTab, react(issue, "❤️"))
	wantSame(t, "two spellings of one emoji", "❤️ ben", h.reactions(t, issue, false))
	for i := range rune(maxOwnReactions - 1) {
		h.applied(t, h.ben, h.bensTab, react(issue, string('🐀'+i)))
	}
	for what, op := range map[string]Operation{
		"too many":            react(issue, "🎉"),
		"a word":              react(issue, "ok"),
		"somebody else's":     react(issue, string(h.ref(h.ann))+"/👍"),
		"a set of a team":     {Op: Add, Record: NewRef("team", h.team), Field: "reactions", Value: "👍"},
		"all of them at once": setField(issue, base, "reactions", []any{}),
	} {
		if result := h.push(t, h.ben, h.bensTab, op); result.Status != Rejected || result.Error.Code != CodeInvalid {
			t.Errorf("%s: %+v", what, result)
		}
	}
	hidden, _ := h.issueIn(t, h.private, "Hidden")
	if result := h.push(t, h.ben, h.bensTab, react(hidden, "👍")); result.Error == nil || result.Error.Code != CodeNotFound {
		t.Errorf("to what is hidden: %+v", result)
	}
}
