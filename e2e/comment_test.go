package e2e

import (
	"slices"
	"testing"
)

// What one does with a comment is a link on the page until it is pressed, and works without a server all the same: the texts, the emoji and the
// forms are here.
func TestACommentIsEditedAnsweredAndDeletedWithoutAServer(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := newMember(t, "ann", demo)
	ben, c := signedIn(t, demo, "ben"), signedIn(t, demo, "ann")
	issue, key := c.makes("ENG", "A well of words", nil)
	says := func(c *client, body string) {
		c.push(fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": body}})
	}
	says(ben, "Is it *deep*?")
	says(c, "It is *dry*.\nAs ever.")
	says(c, "Never mind.")
	says(c, "- [ ] dig")
	ann.keepsForLater([]string{"/acme/issue/" + key})
	ann.opens("/acme/issue/" + key)
	ann.sees("links, and no forms", "() => all('.comment a[data-action]').length >= 8 && !document.querySelector('.comment details:not(:has(textarea))')")
	ann.sees("that an admin may delete what Ben wrote, and not rewrite it", "() => { const his = all('.comment')[0]; return seen(his.querySelector('[data-action=open-menu]')) && !seen(his.querySelector('[data-action=edit]')); }")
	ann.stays()
	ann.losesTheLine()

	at := func(nth int, css string) (string, string) {
		return css, "() => all('.comment')[" + string(rune('0'+nth)) + "].querySelector(`" + css + "`)"
	}
	ann.clicksWhere(at(1, "[data-action=edit]"))
	ann.sees("its text as it was typed", "() => document.activeElement.matches('.comment textarea') && document.activeElement.value === 'It is *dry*.\\nAs ever.'")
	ann.fills(".comment textarea[name=body]", "It is *wet*.")
	ann.clicks(".comment details[open] [data-action=save]")
	ann.sees("what she wrote", "() => all('.comment')[1].querySelector('[data-raw]').textContent.includes('It is *wet*.')")
	ann.clicksWhere(at(0, "[data-action=open-reactions]"))
	ann.clicksWhere(at(0, "[data-menu] button[value='👍']"))
	ann.sees("her thumb", "() => textOf('.comment button[data-members]') === '👍 1'")
	ann.clicksWhere(at(2, "[data-action=open-menu]"))
	ann.clicksWhere(at(2, "[data-action=trash]"))
	ann.sees("it gone", "() => all('.comment').filter(seen).length === 3")
	ann.clicks(".comment [data-markdown] input")
	ann.unsent(4)
	ann.remained()

	ann.opens("/acme/issue/" + key)
	ann.sees("all of it after a reload", "() => all('.comment').filter(seen).length === 3 && textOf('.comment button[data-members]') === '👍 1' && all('.comment')[1].textContent.includes('It is *wet*.')")
	ann.clicks(".comment button[data-members]")
	ann.sees("her thumb taken back", "() => !document.querySelector('.comment button[data-members]')")
	ann.clicksWhere(at(1, "[data-action=edit]"))
	ann.sees("what she wrote, to go on with", "() => document.activeElement.matches('.comment textarea') && document.activeElement.value === 'It is *wet*.'")
	ann.fills(".comment textarea[name=body]", "It is *wet* now.")
	ann.clicks(".comment details[open] [data-action=save]")
	ann.getsTheLineBack()
	ann.unsent(0)
	ann.seesWithin(late, "what the server made of it", "() => all('.comment')[1].querySelector('em')?.textContent === 'wet' && all('.comment')[1].textContent.includes('now.')")
	want := []string{"- [x] dig", "Is it *deep*?", "It is *wet* now."}
	if got := slices.Sorted(slices.Values(c.comments(issue))); !slices.Equal(got, want) {
		t.Errorf("the comments are %q", got)
	}
}
