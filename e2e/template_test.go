package e2e

import "testing"

func TestTemplate_FillsInTheDialog(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	c.makesTeam("WADE", 4, 0)
	team := c.ref("team WADE")
	c.push(fields{"op": "create", "record": "template:" + newID(), "set": fields{"team": team, "name": "Sighting", "title": "Seen:", "description": "Where and when", "priority": 2, "default": true}},
		fields{"op": "create", "record": "template:" + newID(), "set": fields{"team": team, "name": "Ringing", "description": "Number of the ring", "priority": 3, "estimate": 1}})
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/WADE")
	ann.presses("c")
	const form = "document.querySelector('dialog[open] form').elements"
	ann.sees("the team's default in the form", "() => { const {title, description, priority} = "+form+"; return title.value === 'Seen:' && description.value === 'Where and when' && priority.value === '2'; }")
	ask[bool](ann.window, "() => { const {title} = "+form+"; title.value = 'Greenshank 42'; return title.dispatchEvent(new Event('input', {bubbles: true})); }")
	ask[bool](ann.window, "() => { const {_template: choice} = "+form+"; choice.value = [...choice.options].find(one => one.text === 'Ringing').value; return choice.dispatchEvent(new Event('change', {bubbles: true})); }")
	ann.sees("another in its place, and what was typed", "() => { const {title, description, priority, estimate} = "+form+"; return title.value === 'Greenshank 42' && description.value === 'Number of the ring' && priority.value === '3' && estimate?.value === '1'; }")
	ann.clicks("dialog[open] form [data-action=create]")
	ann.sees("the issue in the list", "() => row('Greenshank 42')")
	ann.unsent(0)
	made := c.titled("Greenshank 42").Fields
	if made["description"] != "Number of the ring" || made["priority"] != 3.0 || made["estimate"] != 1.0 {
		t.Errorf("it was made as %v", made)
	}
	ann.presses("Alt+c")
	ann.sees("the choice of a template", "() => document.activeElement.matches('dialog[open] select[name=_template]')")
}
