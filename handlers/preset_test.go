package handlers

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"tandem/sync"
)

// preset is what the form of a URL holds: each control with its value, and each error with what it is about.
func (b *browser) preset(query string) (values, wrong map[string]string) {
	b.house.t.Helper()
	return controls(b.get("/acme/new?" + query).ok().one("main form[data-op=create]"))
}

// controls are what a form holds, and what is wrong with it.
func controls(form *goquery.Selection) (values, wrong map[string]string) {
	values, wrong = map[string]string{}, map[string]string{}
	form.Find("input, textarea, select").Each(func(_ int, control *goquery.Selection) {
		if name := control.AttrOr("name", ""); control.Is("[type=checkbox]:not([checked])") || name == "_tx" {
			return
		} else if value := strings.TrimSpace(valueOf(control)); value != "" {
			values[name] = value
		}
		if at, marked := control.Attr("aria-describedby"); marked && control.Is("[aria-invalid]") {
			wrong[control.AttrOr("name", "")] = form.Find("#" + at).Text()
		}
	})
	return values, wrong
}

func TestNewIssue_IsFilledInByItsURL(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	parent := h.issue("Above")
	ben := string(sync.NewRef("member", h.ben.actor.Member))
	want := map[string]string{"team": string(sync.NewRef("team", h.eng)), "title": "Fix & login", "description": "one\r\ntwo", "status": string(h.doing), "priority": "2",
		"assignee": ben, "labels": string(h.bug), "due": "2026-12-01", "estimate": "3", "parent": string(parent.ref)}
	for name, query := range map[string]url.Values{
		"in words": {"team": {"eng"}, "title": {"Fix & login"}, "body": {"one\ntwo"}, "status": {"doing"}, "priority": {"high"}, "assignee": {"me"}, "label": {"bug"},
			"due": {"2026-12-01"}, "estimate": {"3"}, "parent": {parent.key}},
		"by ids": {"team": {h.eng.String()}, "title": {"Fix & login"}, "body": {"one\ntwo"}, "status": {h.doing.ID().String()}, "priority": {"2"},
			"assignee": {ben}, "label": {string(h.bug)}, "due": {"2026-12-01"}, "estimate": {"3"}, "parent": {string(parent.ref)}},
	} {
		values, wrong := h.ben.preset(query.Encode())
		for field, value := range want {
			if values[field] != value {
				t.Errorf("%s: %s is %q instead of %q", name, field, values[field], value)
			}
		}
		if len(wrong) != 0 {
			t.Errorf("%s: %v", name, wrong)
		}
	}
	page := h.ben.get("/acme/new?team=ENG&title=Made&status=doing&priority=high&estimate=3").ok()
	made := h.ben.submit(page, "main form[data-op=create]").is(http.StatusSeeOther).header.Get("Location")
	h.ben.get(made).ok().has("Made", "Doing", "High")
}

// What a URL names wrongly is said beside its field; the rest holds, and the page is there.
func TestNewIssue_SaysWhatOfItsURLNamesNothing(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	values, wrong := h.ben.preset("team=ENG&title=Kept&status=sleeping&priority=dire&assignee=nobody-here&due=soon&estimate=many")
	for _, field := range []string{"status", "priority", "assignee", "due", "estimate"} {
		if wrong[field] == "" {
			t.Errorf("nothing is said of %s", field)
		}
	}
	if values["title"] != "Kept" || values["team"] != string(sync.NewRef("team", h.eng)) {
		t.Errorf("what was right is lost: %v", values)
	}
	h.ben.get("/acme/new?label=bug,no-such").ok().has("There is no label “no-such” here.").one("main input[name=labels][checked]")
	if _, wrong := h.ben.preset("assignee=none&priority=none"); len(wrong) != 0 {
		t.Errorf("none is a value: %v", wrong)
	}
}

// Without a team the form begins with the first, or with that of a status that is named by its id: the rest must be of that one.
func TestNewIssue_TakesNothingOfAnotherTeam(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	web := h.team("WEB", "Website", false)
	label, project := sync.NewRef("label", newID()), sync.NewRef("project", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: label, Set: map[string]any{"name": "css", "team": string(sync.NewRef("team", web))}},
		sync.Operation{Op: sync.Create, Record: project, Set: map[string]any{"name": "Redesign", "team": string(sync.NewRef("team", web))}})
	done := string(sync.NewRef("status", sync.StatusID(web, "Done")))

	values, wrong := h.ben.preset("status=" + done + "&label=css&project=redesign")
	for field, want := range map[string]string{"team": string(sync.NewRef("team", web)), "status": done, "labels": string(label), "project": string(project)} {
		if values[field] != want || wrong[field] != "" {
			t.Errorf("%s is %q instead of %q: %s", field, values[field], want, wrong[field])
		}
	}
	for _, query := range []string{"label=" + string(label) + "&project=" + string(project), "team=ENG&status=" + done, "team=NONE&label=css"} {
		page := h.ben.get("/acme/new?" + query).ok()
		if taken, told := page.find("main [name=labels][checked]").Length(), page.find("main .form-field__error").Length(); taken > 0 || told == 0 {
			t.Errorf("%s: %d labels are taken, %d errors told", query, taken, told)
		}
	}
	values, wrong = h.ben.preset("status=doing&label=bug")
	if values["status"] != string(h.doing) || values["labels"] != string(h.bug) || len(wrong) != 0 {
		t.Errorf("of the first team: %v %v", values, wrong)
	}
}

// Without scripts a second button makes the issue and leads back to a form that has the team, status, assignee and labels still.
func TestNewIssue_AnotherBeginsAsTheLastOne(t *testing.T) {
	t.Parallel()
	h := furnished(t)
	page := h.ben.get("/acme/new?team=ENG&status=doing&assignee=me&label=bug&priority=high&title=First&body=Text").ok()
	page.one("main form[data-op=create] button[name=_again]")
	made := h.ben.submit(page, "main form[data-op=create]", "_again", "yes").is(http.StatusSeeOther)
	if !strings.Contains(made.header.Get("Set-Cookie"), flashCookie) {
		t.Error("the next page does not say that it was made")
	}
	values, wrong := controls(h.ben.get(made.header.Get("Location")).ok().one("main form[data-op=create]"))
	for field, want := range map[string]string{"team": string(sync.NewRef("team", h.eng)), "status": string(h.doing), "labels": string(h.bug), "title": "", "description": "", "priority": "0",
		"assignee": string(sync.NewRef("member", h.ben.actor.Member))} {
		if values[field] != want {
			t.Errorf("%s is %q instead of %q", field, values[field], want)
		}
	}
	if len(wrong) != 0 {
		t.Error(wrong)
	}
	h.ben.get("/acme/team/ENG").ok().has("First")
}

// A URL that names what is hidden says what one says that names nothing at all.
func TestS44_AURLOfANewIssueTellsNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent := h.hide(), madeUp()
	for _, name := range []func(hiddenThing) string{
		func(x hiddenThing) string { return "parent=" + x.key }, func(x hiddenThing) string { return "parent=issue:" + x.issue },
		func(x hiddenThing) string { return "team=" + teamOfKey(x.key) }, func(x hiddenThing) string { return "team=" + x.team },
		func(x hiddenThing) string { return "status=" + x.status }, func(x hiddenThing) string { return "label=" + x.label },
	} {
		says := func(x hiddenThing) string {
			page := h.ben.get("/acme/new?" + name(x)).ok()
			said := page.one("main .form-field__error").Text()
			for _, named := range []string{x.key, x.issue, x.team, x.status, x.label, teamOfKey(x.key)} {
				said = strings.ReplaceAll(said, named, "…")
			}
			return said
		}
		if a, b := says(hidden), says(absent); a != b {
			t.Errorf("%s: %q, of what is not there %q", name(hidden), a, b)
		}
	}
}
