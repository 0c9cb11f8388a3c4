package handlers

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tandem/sync"
)

func toTeam(issue madeIssue, team uuid.UUID) sync.Operation {
	return setField(issue.ref, issue.version, "team", string(sync.NewRef("team", team)))
}

func TestTransfer_ByAPlainForm(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	issue := h.issue("Fix login", func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.cleo.actor.Member)) })
	h.clock.advance(settling)
	page := h.ben.get("/acme/issue/" + issue.key).ok()
	form := `form[data-label="Move to team"]`
	if got := page.one(form).Find("button").Length(); got != 2 {
		t.Errorf("%d teams to choose from", got)
	}
	h.ben.submit(page, form, "team", string(sync.NewRef("team", web))).is(http.StatusSeeOther)
	old := h.ben.get("/acme/issue/" + issue.key).is(http.StatusFound)
	if to := old.header.Get("Location"); to != "/acme/issue/WEB-1" {
		t.Errorf("the old key leads to %q", to)
	}
	h.ben.get("/acme/issue/WEB-1").ok().has("moved this from ENG-1 to WEB-1", "Assignee", "nobody")
	h.ben.get("/acme/f/issue/" + issue.key).ok().has("WEB-1")
	if to := h.ben.get("/acme/search?q=eng-1").is(http.StatusSeeOther).header.Get("Location"); to != "/acme/issue/WEB-1" {
		t.Errorf("the search leads to %q", to)
	}
	for _, path := range []string{"/acme/issue/", "/acme/f/issue/"} {
		for _, key := range []string{"ENG-1", "WEB-1", issue.ref.ID().String()} {
			h.cleo.get(path + key).is(http.StatusNotFound)
		}
	}
	h.ben.post("/acme/issue/ENG-1/priority", []string{"priority", "1", "_base", fmt.Sprint(h.head())}).is(http.StatusSeeOther)
	h.ben.get("/acme/team/ENG").ok().lacks("Fix login")
	h.ben.get("/acme/team/WEB").ok().has("Fix login")
}

func TestTransfer_MakesTheListsOfBothTeamsStale(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	issue := h.issue("Fix login")
	tags := map[string]string{}
	paths := []string{"/acme/f/team/ENG", "/acme/f/team/WEB", "/acme/f/team/ENG?view=board", "/acme/f/issue/" + issue.key}
	for _, path := range paths {
		tags[path] = h.ben.get(path).ok().header.Get("ETag")
	}
	h.ann.apply(toTeam(issue, web))
	for _, path := range paths {
		h.ben.get(path, "If-None-Match", tags[path]).ok()
	}
}

func TestS44_WhatMovedToAHiddenTeamIsGone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Treasure map")
	remark := sync.NewRef("comment", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: remark, Set: map[string]any{"issue": string(issue.ref), "body": "Sesame"}})
	cursor := h.ben.pull("").Version
	stream := h.open(h.ben, "")
	stream.next()
	tag := h.ben.get("/acme/f/issue/" + issue.key).ok().header.Get("ETag")
	moved := h.ann.apply(toTeam(issue, h.sec))
	h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "Under us"}})

	e := stream.next()
	told := fmt.Sprint(e.data)
	if e.name != "bump" || e.data["version"].(float64) < float64(moved.Version) || !strings.Contains(told, string(issue.ref)) || strings.Contains(told, h.sec.String()) {
		t.Errorf("%+v", e)
	}
	answer := h.ben.get(fmt.Sprintf("/acme/sync/pull?since=%d", cursor)).ok().lacks("Treasure", "Sesame", "Under us", h.sec.String(), "SEC")
	var pulled pulledAnswer
	answer.decode(&pulled)
	var revoked []sync.Ref
	for _, change := range pulled.Changes {
		if change.Op == "revoke" && change.Version == moved.Version && change.Fields == nil {
			revoked = append(revoked, change.Record)
		}
	}
	if !slices.Equal(revoked, []sync.Ref{issue.ref, remark}) || len(pulled.Changes) != 2 {
		t.Errorf("%+v", pulled.Changes)
	}
	for _, path := range []string{"/acme/issue/" + issue.key, "/acme/f/issue/" + issue.key, "/acme/issue/SEC-1", "/acme/f/issue/" + issue.ref.ID().String()} {
		h.ben.get(path, "If-None-Match", tag).is(http.StatusNotFound)
	}
	for _, path := range []string{"/acme", "/acme?view=created", "/acme?view=subscribed", "/acme?view=activity", "/acme/team/ENG", "/acme/search?q=treasure", "/acme/search?q=ENG-1", "/acme/sync/pull?since=0", "/acme/team/ENG/trash"} {
		h.ben.get(path).ok().lacks("Treasure", "Sesame", "Under us", issue.ref.ID().String())
	}
	typed := h.ben.post("/acme/issue/"+issue.key+"/comment", []string{"body", "My two cents"}).is(http.StatusNotFound)
	typed.has("My two cents").lacks("Treasure", h.sec.String())
	h.ann.get("/acme/issue/" + issue.key).is(http.StatusFound)
}

func TestS45_WhatCameFromAHiddenTeamTellsNothingOfIt(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issueIn(h.sec, "SEC", "Made public", func(set map[string]any) { set["labels"] = []any{string(h.secretMark)} })
	remark := sync.NewRef("comment", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: remark, Set: map[string]any{"issue": string(issue.ref), "body": "An old remark"}})
	cursor := h.ben.pull("").Version
	stream := h.open(h.ben, "")
	stream.next()
	h.clock.advance(settling)
	moved := h.ann.apply(toTeam(issue, h.eng))
	secrets := []string{h.sec.String(), "SEC-", "Security", "classified", h.secretMark.ID().String(), h.secTodo.ID().String()}

	if told := fmt.Sprint(stream.next().data); !strings.Contains(told, string(issue.ref)) || strings.Contains(told, h.sec.String()) {
		t.Errorf("%s", told)
	}
	gained := h.ben.get(fmt.Sprintf("/acme/sync/pull?since=%d", cursor)).ok().lacks(secrets...)
	var pulled pulledAnswer
	gained.decode(&pulled)
	if pulled.find(issue.ref) == nil || pulled.find(remark) == nil || pulled.Version != moved.Version {
		t.Errorf("%+v", pulled.Changes)
	}
	h.ben.get("/acme/issue/ENG-1").ok().has("moved this to ENG-1", "An old remark").lacks(secrets...)
	h.ben.get("/acme/issue/SEC-1").is(http.StatusNotFound)
	h.ann.get("/acme/issue/ENG-1").ok().has("moved this from SEC-1 to ENG-1")

	h.ann.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "Was SEC-1 before"}})
	h.ben.get("/acme/issue/ENG-1").ok().has("Was SEC-1 before").lacks(`class="issue-ref`)
	h.ann.get("/acme/issue/ENG-1").ok().one(".issue-ref")
}

func TestTransfer_AConflictOffersBothTeams(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web, ops := h.team("WEB", "Website", false), h.team("OPS", "Operations", false)
	issue := h.issue("Fix login")
	h.ann.apply(toTeam(issue, web))
	h.clock.advance(settling)
	h.ben.post("/acme/issue/"+issue.key+"/team", []string{"team", string(sync.NewRef("team", ops)), "_base", issue.base()}).
		is(http.StatusConflict).has("Website", "Operations", "Engineering")
}
