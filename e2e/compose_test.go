package e2e

import "testing"

// composer is what the open dialog of a new issue holds.
const composer = "document.querySelector('dialog[data-dialog=new][open] form')?.elements"

// composes opens the dialog, and waits until what makes it up is there.
func (p *person) composes() {
	p.t.Helper()
	p.presses("c")
	p.sees("the dialog", "() => document.activeElement === "+composer+"?.title")
	p.sees("what makes it up", "async () => !!await import('/assets/' + document.querySelector('meta[name=tandem-build]').content + '/js/new_form.js')")
}

func TestEnterInTheTitleGoesToTheDescription(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	c.makesTeam("CRANE", 1, 0)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/CRANE")
	ann.composes()
	ann.types("Crane over the marsh")
	// The Enter that ends a composition stays with it.
	ask[bool](ann.window, "() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))")
	ann.sees("the title still at hand", "() => document.activeElement === "+composer+".title")
	ann.presses("Enter")
	ann.sees("the description at hand, and nothing sent", "() => document.activeElement === "+composer+".description && document.documentElement.dataset.unsent === '0'")
	ann.types("Three of them")
	ann.presses("Ctrl+Enter")
	ann.sees("the issue in the list", "() => row('Crane over the marsh')")
	ann.unsent(0)
	if made := c.titled("Crane over the marsh").Fields; made["description"] != "Three of them" {
		t.Errorf("it was made as %v", made)
	}
}

func TestOneIssueAfterTheOther(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	c.makesTeam("HERON", 1, 0)
	ann := newMember(t, "ann", demo)
	ann.opens("/acme/team/HERON")
	ann.composes()
	ann.types("Heron one")
	ann.chooses("dialog[open] select[name=priority]", "High")
	ann.chooses("dialog[open] select[name=assignee]", "Ann Lee")
	ann.clicks("dialog[open] input[name=labels]")
	label := ask[string](ann.window, "() => document.querySelector('dialog[open] input[name=labels]:checked').value")
	ann.presses("Ctrl+Shift+Enter")
	ann.sees("the first in the list", "() => row('Heron one')")
	ann.sees("the title empty and at hand, the priority as it was at first", "() => { const {title, priority} = "+composer+"; return document.activeElement === title && !title.value && priority.value === '0'; }")
	ann.types("Heron two")
	ann.presses("Ctrl+Enter")
	ann.sees("the second in the list, and the dialog gone", "() => row('Heron two') && !document.querySelector('dialog[open]')")
	ann.unsent(0)
	one, two := c.titled("Heron one").Fields, c.titled("Heron two").Fields
	if one["priority"] != 2.0 || two["priority"] != 0.0 {
		t.Errorf("their priorities are %v and %v", one["priority"], two["priority"])
	}
	for name, made := range map[string]fields{"one": one, "two": two} {
		labels, _ := made["labels"].([]any)
		if made["team"] != c.ref("team HERON") || made["assignee"] != c.ref("member ann") || len(labels) != 1 || labels[0] != label {
			t.Errorf("%s was made as %v", name, made)
		}
	}
}
