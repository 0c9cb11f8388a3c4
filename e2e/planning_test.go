package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// reached is what a project's page says of how far it has come.
const reached = "words => textOf('.settings__progress').includes(words)"

func TestProject_IsPlannedWithKeysAndFollowedLive(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	project := "project:" + newID()
	milestone := "milestone:" + newID()
	c.push(fields{"op": "create", "record": project, "set": fields{"name": "Herons come back", "team": c.ref("team OPS")}},
		fields{"op": "create", "record": milestone, "set": fields{"project": project, "name": "First nest"}})
	issue, key := c.makes("OPS", "Put up a platform", fields{"status": c.ref("status OPS/Todo")})

	ben := newMember(t, "ben", demo)
	ben.opens("/acme/project/" + strings.TrimPrefix(project, "project:"))
	ben.stays()
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.stays()
	ann.opensMenu("P", "No project")
	ann.types("herons")
	ann.presses("Enter")
	ann.sees("it in the project", "() => textOf('.property [data-field=project]') === 'Herons come back'")
	ben.sees("the issue among the project's, live", "title => row(title)", "Put up a platform")
	ben.sees("how far it is", reached, "0 of 1 issues done")

	ann.unsent(0)
	ann.clicks("summary[data-action=open-milestone]")
	ann.sees("the milestones to choose", "() => ("+picked+")() === 'No milestone'")
	ann.presses("ArrowDown", "Enter")
	ann.sees("its milestone", "() => textOf('.property [data-field=milestone]') === 'First nest'")
	ann.setsStatus("Done")
	ben.sees("that all is done", reached, "1 of 1 issues done")
	ben.remained()

	ann.inFront()
	ann.presses("Ctrl+z")
	ben.sees("that it is not, undone", reached, "0 of 1 issues done")
	ben.sees("it among those that are open again", "title => row(title)", "Put up a platform")
	ann.unsent(0)
	ann.losesTheLine()
	ann.opensMenu("P", "Herons come back")
	ann.presses("ArrowUp")
	for ask[string](ann.window, picked) != "No project" {
		ann.presses("ArrowUp")
	}
	ann.presses("Enter")
	ann.sees("it in no project, without the line", "() => textOf('.property [data-field=project]') === 'No project'")
	ann.getsTheLineBack()
	ben.seesWithin(late, "it gone from the project's", "title => !row(title)", "Put up a platform")
	if is := c.titled("Put up a platform"); is.Record != issue || is.Fields["project"] != nil || is.Fields["milestone"] != nil {
		t.Errorf("it is %v", is.Fields)
	}
}

// waits is an issue's row in triage.
const waits = `key => document.querySelector('[data-triage] [data-key="' + key + '"]')`

func TestTriage_ByKeysAndLiveInEveryTab(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	ann := signedIn(t, demo, "ann")
	team := "team:" + newID()
	ann.push(fields{"op": "create", "record": team, "set": fields{"key": "TRI", "name": "Team TRI"}})
	for position, one := range [][2]string{{"Backlog", "backlog"}, {"Dropped", "canceled"}} {
		ann.push(fields{"op": "create", "record": "status:" + newID(), "set": fields{"team": team, "name": one[0], "category": one[1], "position": position}})
	}
	ann.sets(team, fields{"triage": true})
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/team/TRI/triage")
	ben.stays()
	tab := openWindow(t, "ben2", ben.ctx, chromedp.WithNewWindow(false))
	tab.goes(ben.line.url("/acme/inbox"))
	count := `text => textOf('a[data-action=go-triage][href="/acme/team/TRI/triage"] .sidebar__count').startsWith(text)`
	keys := make([]string, 4)
	for n, title := range []string{"What to take", "What was said before", "What nobody needs", "What can wait"} {
		_, keys[n] = ann.makes("TRI", title, fields{"status": triageOf(ann, team)})
	}
	ben.sees("all of them, live", "(...keys) => keys.every("+waits+")", keys[0], keys[1], keys[2], keys[3])
	tab.sees("their number in another tab", count, "4")

	ben.inFront()
	ben.presses("j", "k")
	ben.sees("the first at hand", "key => ("+waits+")(key).contains(document.activeElement)", keys[0])
	ben.presses("1")
	ben.sees("it taken, and the next at hand", "(a, b) => !("+waits+")(a) && ("+waits+")(b).contains(document.activeElement)", keys[0], keys[1])
	tab.sees("one less", count, "3")
	ben.presses("h")
	ben.sees("the times to choose", "() => ("+picked+")() === 'Later today'")
	ben.presses("1")
	ben.sees("it asleep, and the next at hand", "(a, b) => !("+waits+")(a) && ("+waits+")(b).contains(document.activeElement)", keys[1], keys[2])
	ben.unsent(0)
	ben.presses("Ctrl+z")
	ben.sees("it back", waits, keys[1])
	ben.presses("3")
	ben.sees("why it is declined is asked for", "() => document.activeElement.matches('details[open] textarea[name=comment]')")
	ben.types("We sold that machine.")
	ben.presses("Ctrl+Enter")
	ben.sees("it gone, and the next at hand", "(a, b) => !("+waits+")(a) && ("+waits+")(b).contains(document.activeElement)", keys[2], keys[3])
	tab.sees("two less", count, "2")
	ben.remained()
	ben.presses("2")
	ben.sees("what it says again is asked for", "() => document.activeElement.matches('details[open] input[name=other]')")
	ben.types(keys[0])
	ben.follows("triage, without it", func() { ben.presses("Enter") })
	ben.sees("one left", "(a, b) => !("+waits+")(a) && ("+waits+")(b)", keys[3], keys[1])
	tab.sees("one counted", count, "1")

	ben.mayWrite()
	ben.presses("j", "k")
	ben.sees("the last at hand", "key => ("+waits+")(key).contains(document.activeElement)", keys[1])
	ben.follows("it, to be read beside the list", func() { ben.presses("Enter") })
	ben.mayWrite()
	ben.sees("it beside the list", "key => textOf('.inbox-pane__issue h1') === 'What was said before' && ("+waits+")(key).contains(document.activeElement)", keys[1])
	ben.presses("1")
	ben.sees("it taken", "key => !("+waits+")(key) && textOf('.inbox-pane__issue .property [data-field=status]') === 'Backlog'", keys[1])

	declined := ann.titled("What nobody needs")
	if said := ann.comments(declined.Record); len(said) != 1 || said[0] != "We sold that machine." {
		t.Errorf("said of it is %q", said)
	}
}

// triageOf is the status in which a team's reports wait.
func triageOf(c *client, team string) string {
	c.t.Helper()
	found := c.find(func(r record) bool { return r.text("team") == team && r.text("category") == "triage" })
	if len(found) != 1 {
		c.t.Fatalf("%d statuses of triage", len(found))
	}
	return found[0].Record
}

func TestTextHistory_ShowsWhoChangedWhat(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("OPS", "A text of two", fields{"description": "The heron stands in the weir."})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/issue/" + key)
	ann.describes("The heron sleeps in the weir.")
	ann.unsent(0)
	ann.follows("the history", func() { ann.clicks(".activity a[href$='/history']") })
	ann.sees("what she took out and put in", "() => textOf('main del').includes('stands') && textOf('main ins').includes('sleeps')")
	ann.sees("who wrote it first", "() => textOf('main').includes('Ben Okafor')")
	ann.follows("the text of before", func() { ann.clicks("main [data-action=restore]") })
	ann.sees("that she wrote it again", "() => textOf('.text-history > li').includes('Ann Lee') && textOf('.text-history > li ins').includes('stands')")
	if is := c.titled("A text of two"); is.Record != issue || is.text("description") != "The heron stands in the weir." {
		t.Errorf("it is %v", is.Fields)
	}
}
