package e2e

import "testing"

// The list over all teams is live, and shows one's own changes at once, also without the line.
func TestAllIssues_FollowChangesOfEveryTeam(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	ben := newMember(t, "ben", demo)
	ben.opens("/acme/all")
	ben.stays()
	issue, _ := c.makes("WEB", "Pelican over all teams", fields{"status": c.ref("status WEB/Todo")})
	other, _ := c.makes("OPS", "Puffin over all teams", fields{"status": c.ref("status OPS/Todo")})
	ben.sees("both, live", "(one, other) => groupOf(one) === 'Unstarted' && groupOf(other) === 'Unstarted'", "Pelican over all teams", "Puffin over all teams")
	c.sets(issue, fields{"status": c.ref("status WEB/Done")})
	ben.sees("one of them done, live", "title => groupOf(title) === 'Completed'", "Pelican over all teams")

	ben.losesTheLine()
	ben.clicksWhere("its box", "title => row(title)?.querySelector('[name=record]')", "Puffin over all teams")
	ben.presses("s")
	ben.sees("the statuses of its team", "() => all('.bulk__bar [open] .choice').some(one => one.textContent.includes('In Progress'))")
	ben.clicksWhere("In Progress", "() => all('.bulk__bar [open] .choice').find(one => one.textContent.includes('In Progress'))")
	ben.sees("it under way, without the line", "title => groupOf(title) === 'Started'", "Puffin over all teams")
	ben.getsTheLineBack()
	ben.unsent(0)
	ben.sees("it still there, now the server's", "title => groupOf(title) === 'Started' && !row(title).querySelector('[data-pending]')", "Puffin over all teams")
	ben.remained()
	if is := c.titled("Puffin over all teams"); is.Record != other || is.Fields["status"] != c.ref("status OPS/In Progress") {
		t.Errorf("it is %v", is.Fields)
	}
}
