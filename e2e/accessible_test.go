package e2e

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// state is one state of a page, and how one gets there.
type state struct {
	name string
	path string // "" goes on from the state before
	acts func(*person)
}

func (i *inspector) walks(states []state) {
	i.t.Helper()
	for _, s := range states {
		if s.path != "" {
			i.goes(i.line.url(s.path))
			i.sees("the scripts of "+s.name, "() => !document.querySelector('#vocabulary') || all('#vocabulary template').length && textOf('[data-sync-text]')")
		}
		if s.acts != nil {
			s.acts(i.person)
		}
		i.inspects(s.name)
	}
}

// clicking gets somewhere by a click, and by what comes of it.
func clicking(css, condition string) func(*person) {
	return func(p *person) { p.t.Helper(); p.clicks(css); p.sees("what "+css+" opens", condition) }
}

func pressing(key, condition string) func(*person) {
	return func(p *person) { p.t.Helper(); p.presses(key); p.sees("what "+key+" opens", condition) }
}

const rich = "# A heading\n\nSome *words* with `code`, a [link](https://example.com) and @ben.\n\n- [ ] to do\n- [x] done\n\n+ [ ] apart\n\n+ [x] from the other\n\n1. first\n\n> said\n\n```go\nfunc main() { println(\"a long line of code that does not fit into the width of a narrow window\") }\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n"

// makesRich makes an issue that has everything that an issue may have; of names no two are the same.
func (c *client) makesRich(name string) (key string) {
	c.t.Helper()
	parent, _ := c.makes("ENG", "The parent of "+name, nil)
	issue, key := c.makes("ENG", name+" has everything that an issue may have, and a title that is long enough to break into several lines", fields{
		"description": rich, "parent": parent, "priority": 1, "due": "2020-02-02", "assignee": c.ref("member ben"), "labels": []string{c.ref("label bug")}})
	for i := range 2 {
		c.makes("ENG", fmt.Sprintf("Part %d of %s", i, name), fields{"parent": issue})
	}
	other, _ := c.makes("ENG", "What stands in the way of "+name, nil)
	gone := "comment:" + newID()
	c.push(fields{"op": "create", "record": "relation:" + newID(), "set": fields{"issue": other, "kind": "blocks", "other": issue}},
		fields{"op": "create", "record": "comment:" + newID(), "set": fields{"issue": issue, "body": rich}},
		fields{"op": "create", "record": gone, "set": fields{"issue": issue, "body": "Never mind."}})
	c.push(fields{"op": "delete", "record": gone})
	c.sets(issue, fields{"status": c.ref("status ENG/In Progress")})
	return key
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	key := c.makesRich("Platypus")
	c.push(fields{"op": "create", "record": "team:" + newID(), "set": fields{"key": "BARE", "name": "Bare team", "cycle_weeks": 2}})
	trashed, trashedKey := c.makes("ENG", "In the trash", nil)
	c.push(fields{"op": "delete", "record": trashed})
	ann := newPerson(t, "ann", demo)
	ann.line.host = "localhost" // browsers keep no passkeys for a number
	ann.signsInAs("ann")
	ann.excuse("status of 404")
	inspects(ann, glances()).walks([]state{
		{name: "my issues", path: "/acme"},
		{name: "created", path: "/acme?view=created"},
		{name: "inbox", path: "/acme/inbox"},
		{name: "inbox, done", path: "/acme/inbox?view=done"},
		{name: "list", path: "/acme/team/ENG"},
		{name: "filtered list", path: "/acme/team/ENG?text=platypus&f=priority:1"},
		{name: "list without a match", path: "/acme/team/ENG?text=xyzzy"},
		{name: "list of a wrong address", path: "/acme/team/ENG?f=colour:red&text=platypus"},
		{name: "empty list", path: "/acme/team/BARE"},
		{name: "cycles", path: "/acme/team/BARE/cycles"},
		{name: "list of a cycle", path: "/acme/team/BARE?f=cycle:current"},
		{name: "templates", path: "/acme/settings/template"},
		{name: "new template", path: "/acme/settings/template/new?team=ENG"},
		{name: "imports", path: "/acme/settings/import"},
		{name: "table to import", acts: func(p *person) {
			p.choosesFile("birds.csv", "Key,Title,State,Labels,Note\nOLD-1,Count the nests,Todo,\"bug, ui\",What a long note this is that does not fit into a narrow window\n,,Nowhere,,\nOLD-2,Ring the chicks,Brooding,,\n")
			p.follows("the upload", func() { p.clicks("[data-action=upload-import]") })
			p.arrives()
		}},
		{name: "grouped list", path: "/acme/team/OPS?group=assignee"},
		{name: "board", path: "/acme/team/WEB?view=board"},
		{name: "empty board", path: "/acme/team/BARE?view=board"},
		{name: "trash", path: "/acme/team/ENG/trash"},
		{name: "empty trash", path: "/acme/team/BARE/trash"},
		{name: "issue", path: "/acme/issue/" + key},
		{name: "issue in the trash", path: "/acme/issue/" + trashedKey},
		{name: "new issue", path: "/acme/new"},
		{name: "all issues", path: "/acme/all"},
		{name: "search", path: "/acme/search"},
		{name: "search, found", path: "/acme/search?q=platypus"},
		{name: "search, nothing", path: "/acme/search?q=xyzzy"},
		{name: "outbox", path: "/acme/outbox"},
		{name: "account with a passkey", path: "/acme/settings/account", acts: func(p *person) {
			p.hasAnAuthenticator()
			p.addsAPasskey("An ant's phone")
		}},
		{name: "labels", path: "/acme/settings/label"},
		{name: "label being edited", acts: clicking("summary[data-action=edit]", "() => document.querySelector('details[open] input[type=color]')")},
		{name: "statuses", path: "/acme/settings/team/ENG"},
		{name: "status being edited", acts: clicking("summary[data-action=edit]", "() => document.querySelector('main details[open]')")},
		{name: "people", path: "/acme/settings/member"},
		{name: "invite link", acts: clicking("[data-action=invite]", "() => document.querySelector('#invite-link')")},
		{name: "no such page of the workspace", path: "/acme/nowhere"},
		{name: "no such issue", path: "/acme/issue/ENG-99999"},
		{name: "no such page", path: "/nowhere/at/all"},
	})
}

func TestPlansAreAccessible(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	project := "project:" + newID()
	c.push(fields{"op": "create", "record": project, "set": fields{"name": "A project with all that one may have", "team": c.ref("team OPS"), "state": "started",
		"health": "at_risk", "lead": c.ref("member ben"), "members": []string{c.ref("member ann")}, "target": "2020-02-02", "description": rich}},
		fields{"op": "create", "record": "milestone:" + newID(), "set": fields{"project": project, "name": "First step", "date": "2020-02-02"}})
	issue, key := c.makes("OPS", "What the project is for", fields{"project": project, "description": "Before.", "estimate": 3})
	c.push(fields{"op": "text", "record": issue, "base": c.seen, "field": "description", "from": "Before.", "text": "After."})
	c.push(fields{"op": "create", "record": "favourite:" + newID(), "set": fields{"issue": issue}})
	page := "/acme/project/" + strings.TrimPrefix(project, "project:")
	open := "() => document.querySelector('main details[open]')?.contains(document.activeElement)"
	ann := newMember(t, "ann", demo)
	inspects(ann, glances()).walks([]state{
		{name: "projects", path: "/acme/projects"},
		{name: "projects in the trash", path: "/acme/projects?view=trash"},
		{name: "project", path: page},
		{name: "its state", acts: clicking("summary[data-action=open-state]", open)},
		{name: "its milestone being edited", path: page, acts: clicking(".sub-issues .settings__item summary[data-action=edit]", open)},
		{name: "new milestone", path: page, acts: clicking("summary[data-action=new-milestone]", open)},
		{name: "triage", path: "/acme/team/SEC/triage"},
		{name: "reason to decline", acts: func(p *person) {
			p.presses("j", "3")
			p.sees("what to write", "() => document.activeElement.matches('details[open] textarea')")
		}},
		{name: "snoozed", path: "/acme/team/SEC/triage?view=snoozed"},
		{name: "favourites", path: "/acme/favourites"},
		{name: "history of a text", path: "/acme/issue/" + key + "/history"},
		{name: "reactions to choose from", path: "/acme/issue/" + key, acts: clicking(".reactions summary", "() => document.querySelector('.reactions details[open]')")},
		{name: "notifications", path: "/acme/settings/notifications"},
		{name: "export", path: "/acme/settings/export"},
	})
}

func TestMenusAndDialogsAreAccessible(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	key := c.makesRich("Echidna")
	c.attaches(key, "notes.txt", []byte("Spines."))
	c.attaches(key, "spine.png", drawn(t))
	signedIn(t, demo, "ben").says(c.titled("The parent of Echidna").Record, "What of it, @ann?")
	ann := newMember(t, "ann", demo)
	open := "() => document.querySelector('main details[open]')?.contains(document.activeElement)"
	inspects(ann, glances()).walks([]state{
		{name: "filter", path: "/acme/team/ENG?text=echidna", acts: pressing("f", open)},
		{name: "display", path: "/acme/team/ENG?text=echidna", acts: clicking("summary[data-action=open-display]", "() => document.querySelector('main details[open]')")},
		{name: "save view", path: "/acme/team/ENG?text=echidna", acts: clicking("summary[data-action=open-view]", "() => document.querySelector('main details[open]')")},
		{name: "share", path: "/acme/team/ENG?text=echidna", acts: clicking("summary[data-action=open-share]", "() => document.querySelector('main details[open] textarea')")},
		{name: "row at hand", path: "/acme/team/ENG?text=echidna", acts: pressing("j", "() => document.activeElement.matches('.issue-row__link')")},
		{name: "picker of a row", acts: pressing("s", "() => ("+picked+")() !== 'no menu'")},
		{name: "peek", path: "/acme/team/ENG?text=echidna", acts: func(p *person) {
			p.presses("j", " ")
			p.sees("the issue beside the list", "() => document.querySelector('.peek [data-live] h1')")
		}},
		{name: "labels of a row", path: "/acme/team/ENG?text=echidna", acts: func(p *person) {
			p.presses("j", "l")
			p.sees("the menu", "() => ("+picked+")() !== 'no menu'")
		}},
		{name: "selection", path: "/acme/team/ENG?text=echidna", acts: func(p *person) {
			p.sees("that rows can be selected", "() => document.querySelector('form[data-bulk][data-ready]')")
			p.presses("j", "x")
			p.sees("one selected", selected, 1)
		}},
		{name: "priorities for a selection", acts: pressing("p", "() => document.querySelector('.bulk__bar details[open]')?.contains(document.activeElement)")},
		{name: "card's menu", path: "/acme/team/ENG?view=board&text=echidna", acts: clicking("[data-action=open-move]", "() => document.querySelector('main details[open] select')")},
		{name: "new issue dialog", path: "/acme/team/ENG?text=echidna", acts: pressing("c", "() => document.querySelector('dialog[open]')")},
		{name: "command menu", path: "/acme/issue/" + key, acts: pressing("Ctrl+k", "() => ("+active+")() !== 'no menu'")},
		{name: "command menu, nothing fits", acts: func(p *person) {
			p.types("xyzzy")
			p.sees("the search alone", "() => ("+active+")().startsWith('Search')")
		}},
		{name: "keys", path: "/acme/issue/" + key, acts: pressing("?", "() => document.querySelector('dialog[open]')")},
		{name: "title being edited", path: "/acme/issue/" + key, acts: clicking(".issue__title summary[data-action=edit]", "() => document.querySelector('.issue__title details[open] input')")},
		{name: "description being edited", path: "/acme/issue/" + key, acts: clicking(".issue__description summary[data-action=edit]", "() => document.querySelector('.issue__description details[open] textarea')")},
		{name: "comment being edited", path: "/acme/issue/" + key, acts: clicking(".comment [data-action=edit]", "() => document.querySelector('.comment details[open] textarea')")},
		{name: "status", path: "/acme/issue/" + key, acts: pressing("s", "() => ("+picked+")() !== 'no menu'")},
		{name: "assignee", path: "/acme/issue/" + key, acts: pressing("a", "() => ("+picked+")() !== 'no menu'")},
		{name: "due date", path: "/acme/issue/" + key, acts: pressing("D", "() => document.activeElement.matches('input[type=date]')")},
		{name: "parent", path: "/acme/issue/" + key, acts: clicking("summary[data-action=choose-parent]", open)},
		{name: "issue with a file and an image", path: "/acme/issue/" + key, acts: clicking("summary[data-action=new-attachment]", "() => all('.attachment').length === 2 && document.querySelector('#files input[type=file]').checkVisibility()")},
		{name: "relation", path: "/acme/issue/" + key, acts: func(p *person) {
			p.presses("m", "b")
			p.sees("the form", "() => document.activeElement.matches('#relations [name=other]')")
		}},
		{name: "shares of an issue", path: "/acme/issue/" + key, acts: func(p *person) {
			p.clicks("summary[data-action=open-share]")
			p.follows("a share", func() { p.clicks("[data-action=share]") })
			p.sees("the link", "() => document.querySelector('#share-link')?.value.includes('/e/')")
		}},
		{name: "toast", path: "/acme/issue/" + key, acts: func(p *person) {
			p.setsStatus("Done")
			p.sees("the toast", "() => document.querySelector('[data-toasts] [data-action=undo]')")
		}},
		{name: "trashed at hand", path: "/acme/issue/" + key, acts: func(p *person) {
			p.clicks(".issue__header summary[data-action=open-menu]")
			p.clicks(".issue__header [data-action=trash]")
			p.sees("it in the trash", "() => document.querySelector('main [data-record^=\"issue:\"][data-deleted]')")
		}},
		{name: "issue beside the inbox", path: "/acme/inbox", acts: func(p *person) {
			p.presses("j")
			p.follows("Enter", func() { p.presses("Enter") })
			p.sees("the issue", "() => textOf('.inbox-pane__issue h1') && textOf('[data-sync-text]') === 'Live'")
		}},
		{name: "snoozing", path: "/acme/inbox", acts: func(p *person) {
			p.presses("j", "h")
			p.sees("the times to choose", "() => document.querySelector('.inbox-row details[open]')")
		}},
	})
}

func TestWhatIsNotSentIsAccessible(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ben")
	issue, key := c.makes("ENG", "Whose words stay", fields{"description": "Heron."})
	gone, goneKey := c.makes("ENG", "Soon gone", nil)
	ann := newMember(t, "ann", demo)
	ann.keepsForLater([]string{"/acme/outbox", "/acme/issue/" + goneKey, "/acme/issue/" + key})
	ann.excuse("status of 404")
	ann.losesTheLine()
	ann.describes("Egret.")
	ann.opens("/acme/issue/" + goneKey)
	ann.comments("Nobody shall eat these words.")
	i := inspects(ann, glances())
	i.inspects("issue with what is not sent")
	ann.opens("/acme/outbox")
	i.inspects("outbox without the line")
	ann.goes(ann.line.url("/acme/settings/label"))
	i.inspects("page that is not kept")
	ann.opens("/acme/outbox")
	c.push(fields{"op": "text", "record": issue, "base": c.seen, "field": "description", "from": "Heron.", "text": "Stork."})
	c.push(fields{"op": "delete", "record": gone})
	ann.getsTheLineBack()
	ann.seesWithin(late, "both refused", "() => document.querySelector('[data-conflict] [data-side=theirs]') && document.querySelector('[data-rows=failed] [data-transaction]')")
	i.inspects("outbox with a conflict and a refusal")
}

func TestPagesForStrangersAreAccessible(t *testing.T) {
	t.Parallel()
	demo := sharedDemo(t)
	c := signedIn(t, demo, "ann")
	_, key := c.makes("WEB", "For everybody's eyes", fields{"labels": []string{c.ref("label bug")}})
	link := func(page sheet, id string) string {
		t.Helper()
		at, err := url.Parse(strings.TrimSpace(page.Find(id).Text()))
		if err != nil || at.Path == "" {
			t.Fatalf("no %s on %s", id, page.url)
		}
		return at.Path
	}
	one := link(c.page("/acme/issue/"+key).submits("[data-action=share]", nil), "#share-link")
	list := link(c.page("/acme/team/WEB").submits("[data-action=share]", nil), "#share-link")
	invite := link(c.page("/acme/settings/member").submits("[data-action=invite]", nil), "#invite-link")
	stranger := newPerson(t, "stranger", demo)
	stranger.line.host = "localhost" // browsers keep no passkeys for a number
	stranger.excuse("status of (401|404|422)")
	inspects(stranger, glances()).walks([]state{
		{name: "sign-in", path: "/sign-in", acts: func(p *person) {
			p.sees("the offer to use a passkey", "() => seen(document.querySelector('[data-action=use-passkey]'))")
		}},
		{name: "wrong password", acts: func(p *person) {
			p.fills("input[name=email]", "ann@example.com")
			p.fills("input[name=password]", "wrong")
			p.follows("signing in", func() { p.clicks("[data-action=sign-in]") })
		}},
		{name: "invitation", path: invite},
		{name: "no such invitation", path: "/invite/none"},
		{name: "embedded issue", path: one},
		{name: "embedded list", path: list},
		{name: "no such share", path: "/e/none"},
		{name: "no such page", path: "/nowhere"},
	})
}

func TestTheFirstRunIsAccessible(t *testing.T) {
	t.Parallel()
	sharedShell(t) // so that this journey too is skipped where there is no browser
	serve := ownProgram(t, "serve")
	setup, err := url.Parse(serve.setup)
	if err != nil {
		t.Fatal(err)
	}
	ann := newPerson(t, "ann", serve)
	inspects(ann, glances()).walks([]state{{name: "setting up", path: setup.RequestURI()}})
}

// A walk that finds nothing says something only if it finds what is there.
func TestTheWalkFindsWhatIsWrong(t *testing.T) {
	t.Parallel()
	ann := newMember(t, "ann", sharedDemo(t))
	ann.opens("/acme/search")
	ask[bool](ann.window, `() => {
		const made = (name, words, style) => { const one = document.createElement(name); one.id = 'wrong-' + name; one.textContent = words; Object.assign(one.style, style); document.querySelector('main').append(one); return one; };
		made('img', '', {width: '9px'}).src = document.querySelector('link[rel=icon]').href;
		made('p', 'Pale', {color: 'light-dark(#bbb, #444)'});
		made('div', '', {width: '50rem', height: '1px'});
		made('button', 'x', {width: '12px', height: '12px'});
		made('label', 'x', {}).append(document.createElement('input'));
		return true;
	}`)
	for l, wanted := range map[int][]string{
		0: {"image-alt at #wrong-img", "color-contrast at #wrong-p"},
		1: {"color-contrast at #wrong-p"},
		2: {"reflow at DIV"},
		3: {"reflow at DIV", "finger at button", "finger at input"},
	} {
		var found []string
		for _, f := range ann.faults(looks[l]) {
			found = append(found, f.Rule+" at "+f.Where)
		}
		for _, want := range wanted {
			if !slices.ContainsFunc(found, func(one string) bool { return strings.HasPrefix(one, want) }) {
				t.Errorf("%s: no %s among %q", looks[l].name, want, found)
			}
		}
	}
}
