package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// makesProject is a member who makes a project by its form; it returns the project's path.
func (b *browser) makesProject(name string, more ...string) string {
	b.house.t.Helper()
	page := b.get("/acme/projects").ok()
	return b.submit(page, "form[action='/acme/project']", append([]string{"name", name}, more...)...).is(http.StatusSeeOther).header.Get("Location")
}

func TestProjects_AreMadeFilledAndFollowedByForms(t *testing.T) {
	t.Parallel()
	h := setup(t)
	path := h.ann.makesProject("Big launch", "target", "2030-01-31")
	project := strings.TrimPrefix(path, "/acme/project/")
	for selector, changes := range map[string][]string{
		"form[action$='/name']":          {"name", "Launch"},
		"form[action$='/description']":   {"description", "To the *world*."},
		"form[action$='/state']":         {"state", "started"},
		"form[action$='/health']":        {"health", "at_risk"},
		"form[action$='/lead']":          {"lead", string(sync.NewRef("member", h.ben.actor.Member))},
		"form[action$='/members']":       {"add", string(sync.NewRef("member", h.ann.actor.Member))},
		"form[action$='/start']":         {"start", "2029-12-01"},
		"form[action='/acme/milestone']": {"name", "Beta", "date", "2030-01-01"},
	} {
		h.ann.submit(h.ann.get(path).ok(), selector, changes...).is(http.StatusSeeOther)
	}
	page := h.ben.get(path).ok()
	page.has("Launch", "<em>world</em>", "In progress", "At risk", "Beta", "31 Jan 2030")
	milestone := strings.TrimPrefix(page.one("li[data-record^='milestone:']").AttrOr("data-record", ""), "milestone:")

	issue := h.issue("Fix login")
	url := "/acme/issue/" + issue.key
	h.ben.submit(h.ben.get(url).ok(), "form[action$='/project']", "project", "project:"+project).is(http.StatusSeeOther)
	h.ben.submit(h.ben.get(url).ok(), "form[action$='/milestone']", "milestone", "milestone:"+milestone).is(http.StatusSeeOther)
	h.ben.get(url).ok().has("Launch", "Beta")
	h.ben.get("/acme/team/ENG").ok().one(".issue-row .project-chip:contains(Launch)")
	if got := h.ben.get("/acme/team/ENG?f=project:launch").ok().find(".issue-row").Length(); got != 1 {
		t.Errorf("%d issues by the filter", got)
	}
	h.ben.get("/acme/team/ENG?group=project").ok().one("[data-group='project:" + project + "']")
	for _, list := range []string{path, path + "?f=milestone:" + milestone, "/acme/f/project/" + project + "/issues"} {
		h.ben.get(list).ok().one(".issue-row:contains('Fix login')")
	}
	if got := h.ben.get(path + "?f=milestone:none").ok().find(".issue-row").Length(); got != 0 {
		t.Errorf("%d issues below no milestone", got)
	}
	h.ben.get("/acme/projects").ok().has("0 of 1 issues done")
	child := h.ben.get("/acme/new?parent=" + issue.key).ok()
	if got := child.one("main select[name=project] option[selected]").AttrOr("value", ""); got != "project:"+project {
		t.Errorf("a sub-issue begins in %q", got)
	}

	h.ann.submit(h.ann.get(path).ok(), "form[action$='/project/"+project+"/trash']").is(http.StatusSeeOther)
	h.ben.get(url).ok().lacks("Launch")
	h.ben.get("/acme/projects").ok().lacks("Launch")
	h.ann.get("/acme/projects?view=trash").ok().has("Launch")
	h.ann.submit(h.ann.get(path).ok(), "form[action$='/restore']").is(http.StatusSeeOther)
	h.ben.get(url).ok().has("Launch", "Beta")
}

func TestProjects_WhatIsWrongIsSaidBesideWhatWasTyped(t *testing.T) {
	t.Parallel()
	h := setup(t)
	page := h.ann.get("/acme/projects").ok()
	again := h.ann.submit(page, "form[action='/acme/project']", "name", strings.Repeat("x", 201), "target", "2030-01-31").is(http.StatusUnprocessableEntity)
	again.has("At most 200 characters.")
	if got := again.one("input[name=target]").AttrOr("value", ""); got != "2030-01-31" {
		t.Errorf("the date is %q", got)
	}
	path := h.ann.makesProject("Launch")
	h.ann.submit(h.ann.get(path).ok(), "form[action$='/name']", "name", strings.Repeat("x", 201)).is(http.StatusUnprocessableEntity).has("At most 200 characters.", strings.Repeat("x", 201))
	h.ann.submit(h.ann.get(path).ok(), "form[action='/acme/milestone']", "name", strings.Repeat("x", 81)).is(http.StatusUnprocessableEntity).has("At most 80 characters.", strings.Repeat("x", 81))
}

func TestS44_GuestsSeeNoProjectOfTheWorkspace(t *testing.T) {
	t.Parallel()
	h := setup(t)
	guest := h.join("gil", sync.Guest, h.eng)
	path := h.ann.makesProject("Launch")
	issue := h.issue("Fix login")
	h.ann.submit(h.ann.get("/acme/issue/"+issue.key).ok(), "form[action$='/project']", "project", strings.Replace(path, "/acme/project/", "project:", 1)).is(http.StatusSeeOther)
	for _, shown := range []string{"/acme/issue/" + issue.key, "/acme/team/ENG", "/acme/team/ENG?group=project", "/acme/projects", "/acme/f/vocabulary", "/acme/search?q=launch"} {
		guest.get(shown).ok().lacks(">Launch<", strings.TrimPrefix(path, "/acme/project/"))
	}
	guest.get(path).is(http.StatusNotFound)
	guest.get("/acme/f" + strings.TrimPrefix(path, "/acme")).is(http.StatusNotFound)
	guest.get("/acme/projects").ok().lacks("form action=\"/acme/project\"")
}
