package handlers

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"tandem/sync"
)

// hiddenThing is what ben may not see, or something that nobody ever made: both must look the same.
type hiddenThing struct {
	key, issue, comment, team, status, label, share, transaction, token, relation, view, favourite, project, milestone, cycle, template, passkey, attachment, importFile, importRun string
}

// forms of the writes: what a form would send to each, about a hidden thing.
func (x hiddenThing) form() []string {
	return []string{"title", "Mine", "description", "Mine", "status", "status:" + x.status, "priority", "1", "body", "Mine", "add", "label:" + x.label,
		"team", "team:" + x.team, "name", "Mine", "category", "started", "due", "2026-12-01", "parent", "issue:" + x.issue, "_base", "1",
		"transaction", x.transaction, "before", "issue:" + x.issue, "record", "issue:" + x.issue, "kind", "blocks", "other", x.key,
		"project", "project:" + x.project, "milestone", "milestone:" + x.milestone, "state", "paused", "health", "none", "lead", "", "start", "2026-12-01", "target", "2026-12-01"}
}

// routes names for every route below /{ws} the URL that is about a hidden thing; "" = the route is about no single thing.
func (x hiddenThing) routes() map[string]string {
	routes := map[string]string{
		"GET /:ws": "", "GET /:ws/f": "", "GET /:ws/new": "", "POST /:ws/new": "/acme/new",
		"GET /:ws/member/:id": "", "GET /:ws/f/member/:id": "", // everybody knows the members
		"GET /:ws/inbox": "/acme/inbox?issue=" + x.key, "GET /:ws/f/member/:id/inbox": "", "GET /:ws/f/member/:id/unread": "",
		"GET /:ws/favourites": "", "GET /:ws/f/member/:id/favourites": "", "GET /:ws/f/member/:id/sidebar": "", "GET /:ws/f/member/:id/star/:target": "",
		"POST /:ws/favourite": "/acme/favourite", "POST /:ws/favourite/:id": "/acme/favourite/" + x.favourite,
		"GET /:ws/team/:key": "/acme/team/" + teamOfKey(x.key), "GET /:ws/f/team/:key": "/acme/f/team/" + teamOfKey(x.key),
		"GET /:ws/team/:key/cycles": "/acme/team/" + teamOfKey(x.key) + "/cycles", "GET /:ws/f/team/:key/cycles": "/acme/f/team/" + teamOfKey(x.key) + "/cycles",
		"GET /:ws/f/team/:key/cycles/:name": "/acme/f/team/" + teamOfKey(x.key) + "/cycles/current", "POST /:ws/cycle/:id": "/acme/cycle/" + x.cycle,
		"POST /:ws/settings/team/:key/cycles": "/acme/settings/team/" + teamOfKey(x.key) + "/cycles",
		"GET /:ws/team/:key/trash":            "/acme/team/" + teamOfKey(x.key) + "/trash", "POST /:ws/team/:key/share": "/acme/team/" + teamOfKey(x.key) + "/share",
		"GET /:ws/team/:key/issues.csv": "/acme/team/" + teamOfKey(x.key) + "/issues.csv", "GET /:ws/team/:key/issues.json": "/acme/team/" + teamOfKey(x.key) + "/issues.json",
		"POST /:ws/team/:key/display": "/acme/team/" + teamOfKey(x.key) + "/display",
		"GET /:ws/issue/:key/share":   "/acme/issue/" + x.key + "/share", "GET /:ws/team/:key/share": "/acme/team/" + teamOfKey(x.key) + "/share",
		"GET /:ws/issue/:key": "/acme/issue/" + x.key, "GET /:ws/f/issue/:key": "/acme/f/issue/" + x.key,
		"POST /:ws/comment/:id/body": "/acme/comment/" + x.comment + "/body", "POST /:ws/comment/:id/trash": "/acme/comment/" + x.comment + "/trash",
		"POST /:ws/comment/:id/restore": "/acme/comment/" + x.comment + "/restore",
		"GET /:ws/comment/:id/history":  "/acme/comment/" + x.comment + "/history", "GET /:ws/issue/:key/history": "/acme/issue/" + x.key + "/history",
		"POST /:ws/comment/:id/reactions": "/acme/comment/" + x.comment + "/reactions",
		"POST /:ws/share/:id/revoke":      "/acme/share/" + x.share + "/revoke", "POST /:ws/undo": "/acme/undo", "POST /:ws/bulk": "/acme/bulk",
		"POST /:ws/relation/:id/trash": "/acme/relation/" + x.relation + "/trash",
		"GET /:ws/all":                 "", "GET /:ws/f/all": "", "POST /:ws/all/display": "",
		"GET /:ws/search": "", "GET /:ws/f/search": "", "GET /:ws/outbox": "", "GET /:ws/f/vocabulary": "", "GET /:ws/f/pack": "", "GET /:ws/f/pack/issue": "",
		"POST /:ws/view": "/acme/view", "GET /:ws/view/:id": "/acme/view/" + x.view, "POST /:ws/view/:id": "/acme/view/" + x.view,
		"POST /:ws/view/:id/trash": "/acme/view/" + x.view + "/trash", "POST /:ws/view/:id/restore": "/acme/view/" + x.view + "/restore",
		"GET /:ws/f/transaction/:id": "/acme/f/transaction/" + x.transaction,
		"GET /:ws/settings":          "", "GET /:ws/settings/account": "", "POST /:ws/settings/account": "", "POST /:ws/settings/appearance": "", "POST /:ws/settings/keys": "",
		"POST /:ws/settings/passkey": "", "POST /:ws/settings/passkey/challenge": "", // one's own
		"POST /:ws/settings/passkey/:id": "/acme/settings/passkey/" + x.passkey, "POST /:ws/settings/passkey/:id/remove": "/acme/settings/passkey/" + x.passkey + "/remove",
		"POST /:ws/settings/token/:id/revoke": "/acme/settings/token/" + x.token + "/revoke",
		"GET /:ws/settings/label":             "", "GET /:ws/f/settings/label": "", "POST /:ws/settings/label": "/acme/settings/label",
		"POST /:ws/settings/label/:id": "/acme/settings/label/" + x.label, "POST /:ws/settings/label/:id/trash": "/acme/settings/label/" + x.label + "/trash",
		"POST /:ws/settings/label/:id/restore": "/acme/settings/label/" + x.label + "/restore",
		"GET /:ws/settings/team/:key":          "/acme/settings/team/" + teamOfKey(x.key), "GET /:ws/f/settings/team/:key": "/acme/f/settings/team/" + teamOfKey(x.key),
		"POST /:ws/settings/status": "/acme/settings/status", "POST /:ws/settings/status/:id": "/acme/settings/status/" + x.status,
		"POST /:ws/settings/status/:id/trash":   "/acme/settings/status/" + x.status + "/trash",
		"POST /:ws/settings/status/:id/restore": "/acme/settings/status/" + x.status + "/restore",
		"GET /:ws/settings/member":              "", "POST /:ws/settings/member/:id/role": "", "POST /:ws/settings/invite": "",
		"POST /:ws/sync/push": "", "GET /:ws/sync/pull": "", "GET /:ws/sync/events": "", // their own tests
		"GET /:ws/settings/notifications": "", "POST /:ws/settings/notifications": "", "POST /:ws/settings/notifications/test": "", // one's own
		"POST /:ws/settings/browser": "", "POST /:ws/settings/browser/forget": "", // of one's own session
		"GET /:ws/unsubscribe/:token": "", "POST /:ws/unsubscribe/:token": "", // whose signature is right, and nobody else
		"POST /:ws/sync/presence": "", "GET /:ws/sync/steps": "",
	}
	maps.Copy(routes, map[string]string{
		"GET /:ws/projects": "", "GET /:ws/f/projects": "", "POST /:ws/project": "/acme/project",
		"GET /:ws/project/:id": "/acme/project/" + x.project, "GET /:ws/project/:id/share": "/acme/project/" + x.project + "/share",
		"POST /:ws/project/:id/share": "/acme/project/" + x.project + "/share", "GET /:ws/f/project/:id": "/acme/f/project/" + x.project,
		"GET /:ws/f/project/:id/issues": "/acme/f/project/" + x.project + "/issues", "POST /:ws/milestone": "/acme/milestone",
		"POST /:ws/milestone/:id": "/acme/milestone/" + x.milestone, "POST /:ws/milestone/:id/trash": "/acme/milestone/" + x.milestone + "/trash",
		"POST /:ws/milestone/:id/restore": "/acme/milestone/" + x.milestone + "/restore",
	})
	for _, noun := range []string{"name", "description", "state", "health", "lead", "members", "start", "target", "trash", "restore"} {
		routes["POST /:ws/project/:id/"+noun] = "/acme/project/" + x.project + "/" + noun
	}
	maps.Copy(routes, map[string]string{
		"GET /:ws/settings/template": "", "GET /:ws/f/settings/template": "", "POST /:ws/settings/template": "/acme/settings/template",
		"GET /:ws/settings/template/new": "/acme/settings/template/new?team=" + teamOfKey(x.key), "GET /:ws/settings/template/:id": "/acme/settings/template/" + x.template,
		"POST /:ws/settings/template/:id": "/acme/settings/template/" + x.template, "POST /:ws/settings/template/:id/trash": "/acme/settings/template/" + x.template + "/trash",
		"POST /:ws/settings/template/:id/restore": "/acme/settings/template/" + x.template + "/restore", "POST /:ws/new/template": "", // what it cannot name stays out of the form
	})
	maps.Copy(routes, map[string]string{
		"GET /:ws/settings/import": "", "POST /:ws/settings/import": "", // about no file that is there
		"GET /:ws/settings/import/:id":            "/acme/settings/import/" + x.importFile + "?team=ENG",
		"POST /:ws/settings/import/:id/run":       "/acme/settings/import/" + x.importFile + "/run",
		"GET /:ws/settings/import/run/:id":        "/acme/settings/import/run/" + x.importRun,
		"GET /:ws/f/settings/import/run/:id":      "/acme/f/settings/import/run/" + x.importRun,
		"POST /:ws/settings/import/run/:id/trash": "/acme/settings/import/run/" + x.importRun + "/trash",
	})
	routes["GET /:ws/settings/export"], routes["POST /:ws/settings/export"] = "", "" // for admins alone, and the page says what it holds
	routes["GET /:ws/attachment/:id/:name"] = "/acme/attachment/" + x.attachment + "/shot.png"
	routes["POST /:ws/attachment/:id/trash"] = "/acme/attachment/" + x.attachment + "/trash"
	for _, noun := range []string{"project", "milestone"} {
		routes["POST /:ws/issue/:key/"+noun] = "/acme/issue/" + x.key + "/" + noun
	}
	for _, noun := range []string{"position", "trash", "restore"} {
		routes["POST /:ws/favourite/:id/"+noun] = "/acme/favourite/" + x.favourite + "/" + noun
	}
	team := teamOfKey(x.key)
	routes["GET /:ws/team/:key/triage"], routes["GET /:ws/f/team/:key/triage"] = "/acme/team/"+team+"/triage", "/acme/f/team/"+team+"/triage"
	routes["GET /:ws/f/team/:key/triage/count"], routes["POST /:ws/settings/team/:key/triage"] = "/acme/f/team/"+team+"/triage/count", "/acme/settings/team/"+team+"/triage"
	for _, noun := range []string{"read", "done", "snooze"} {
		routes["POST /:ws/inbox/:id/"+noun] = "/acme/inbox/" + x.issue + "/" + noun
	}
	for _, noun := range []string{"team", "title", "description", "status", "priority", "assignee", "labels", "subscribers", "parent", "due", "estimate", "cycle", "position", "trash",
		"snooze", "decline", "restore", "comment", "attachment", "relation", "share", "reactions"} {
		routes["POST /:ws/issue/:key/"+noun] = "/acme/issue/" + x.key + "/" + noun
	}
	return routes
}

func teamOfKey(key string) string {
	team, _, _ := strings.Cut(key, "-")
	return team
}

// withoutNames takes out of an answer what the two things are called.
func (x hiddenThing) withoutNames(a answer) string {
	text := fmt.Sprintf("%d %s", a.code, a.body)
	for _, name := range []string{x.key, x.issue, x.comment, x.team, x.status, x.label, x.share, x.transaction, x.token, x.relation, x.view, x.favourite, x.project, x.milestone, x.cycle, x.template, x.passkey, x.attachment, x.importFile, x.importRun} {
		text = strings.NewReplacer(name, "…", url.QueryEscape(name), "…").Replace(text)
	}
	return text
}

// hide makes an issue with all that hangs on it in a team that ben does not see.
func (h *house) hide() hiddenThing {
	h.t.Helper()
	issue := h.issueIn(h.sec, "SEC", "Hidden treasure", func(set map[string]any) { set["description"] = "Sesame" })
	comment := sync.NewRef("comment", newID())
	transaction := sync.Transaction{ID: newID(), Ops: []sync.Operation{{Op: sync.Create, Record: comment, Set: map[string]any{"issue": string(issue.ref), "body": "Sesame"}}}}
	h.ann.push(transaction)
	_, err := h.engine.Share(h.t.Context(), h.ann.actor, h.ann.client, issue.ref, "", []string{"https://example.com"})
	must(h.t, err)
	view := sync.NewRef("view", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: view, Set: map[string]any{"team": string(sync.NewRef("team", h.sec)), "name": "Hidden view"}})
	project, milestone := sync.NewRef("project", newID()), sync.NewRef("milestone", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: project, Set: map[string]any{"team": string(sync.NewRef("team", h.sec)), "name": "Hidden treasure hunt"}},
		sync.Operation{Op: sync.Create, Record: milestone, Set: map[string]any{"project": string(project), "name": "Sesame street"}})
	template, base := sync.NewRef("template", newID()), h.head()
	h.ann.apply(sync.Operation{Op: sync.Create, Record: template, Set: map[string]any{"team": string(sync.NewRef("team", h.sec)), "name": "Hidden treasure map " + template.ID().String(), "title": "Sesame"}},
		sync.Operation{Op: sync.Set, Record: sync.NewRef("team", h.sec), Base: &base, Set: map[string]any{"cycle_weeks": 1}})
	look, err := h.engine.Look(h.t.Context(), h.ann.actor)
	must(h.t, err)
	cycle, _ := look.CycleCalled(h.sec, sync.CurrentCycle)
	favourite := sync.NewRef("favourite", newID())
	h.ann.apply(sync.Operation{Op: sync.Create, Record: favourite, Set: map[string]any{"issue": string(issue.ref)}})
	h.ann.apply(relation(h.visible(), sync.Blocks, issue.ref))
	page, err := h.engine.Issue(h.t.Context(), h.ann.actor, sync.IssueID{ID: issue.ref.ID()})
	must(h.t, err)
	file, run := h.hideImport()
	return hiddenThing{issue.key, issue.ref.ID().String(), comment.ID().String(), h.sec.String(), h.secTodo.ID().String(), h.secretMark.ID().String(),
		page.Shares[0].ID.String(), transaction.ID.String(), h.tokenID(h.ann), page.Relations[0].ID.String(), view.ID().String(), favourite.ID().String(), project.ID().String(), milestone.ID().String(),
		cycle.ID.String(), template.ID().String(), h.passkeyID(h.ann), h.attach(issue.ref, "Sesame.png", "sesame").ID().String(), file.String(), run.String()}
}

// hideImport is a table that ann uploaded, and an import of hers.
func (h *house) hideImport() (file, run uuid.UUID) {
	h.t.Helper()
	h.importsTables()
	file, err := h.engine.KeepImportFile(h.t.Context(), h.ann.actor, newID(), "Sesame.csv", sync.NewFile{Content: strings.NewReader("Title\nHidden treasure\n"), Type: "text/plain"})
	must(h.t, err)
	run = newID()
	_, err = h.engine.BeginImport(h.t.Context(), h.ann.actor, sync.ImportRun{ID: run, Team: h.sec, Upload: file, Name: "Sesame.csv"})
	must(h.t, err)
	must(h.t, h.engine.EndImport(h.t.Context(), h.ws, run, sync.ImportDone, sync.ImportReport{}))
	return file, run
}

// visible is an issue that ben sees.
func (h *house) visible() sync.Ref {
	h.t.Helper()
	there, err := h.engine.TeamIssues(h.t.Context(), h.ben.actor, "ENG", sync.ListOptions{})
	must(h.t, err)
	for _, group := range there.Groups {
		for _, issue := range group.Issues {
			return sync.NewRef("issue", issue.ID)
		}
	}
	return h.issue("Beside the hidden").ref
}

func madeUp() hiddenThing {
	id := func() string { return uuid.Must(uuid.NewV7()).String() }
	return hiddenThing{"NOP-1", id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id(), id()}
}

func TestS44_EveryRouteAnswersTheHiddenLikeTheAbsent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent := h.hide(), madeUp()
	before := h.head()
	known := hidden.routes()
	for _, route := range h.echo.Routes() {
		name := route.Method + " " + route.Path
		if !strings.HasPrefix(route.Path, "/:ws") || route.Method == "echo_route_not_found" {
			continue
		}
		if _, tested := known[name]; !tested {
			t.Errorf("%s is not tested: say how it could show what is hidden", name)
		}
	}
	for name, path := range known {
		if path == "" {
			continue
		}
		method, _, _ := strings.Cut(name, " ")
		ask := func(x hiddenThing) answer {
			if method == http.MethodGet {
				return h.ben.get(x.routes()[name])
			}
			return h.ben.post(x.routes()[name], x.form())
		}
		seen, made := ask(hidden), ask(absent)
		if seen.code != http.StatusNotFound {
			t.Errorf("%s answers %d: %.300s", name, seen.code, seen.body)
		}
		if hidden.withoutNames(seen) != absent.withoutNames(made) {
			t.Errorf("%s tells the two apart:\n%s\n%s", name, hidden.withoutNames(seen), absent.withoutNames(made))
		}
		if len(seen.header) != len(made.header) {
			t.Errorf("%s: headers %v and %v", name, slices.Sorted(maps.Keys(seen.header)), slices.Sorted(maps.Keys(made.header)))
		}
	}
	if after := h.head(); after != before {
		t.Errorf("the log went from %d to %d", before, after)
	}
}

func TestS44_WhatIsAboutNoSingleThingLeavesTheHiddenOut(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden := h.hide()
	secrets := []string{"Hidden treasure", "Sesame", "Security", hidden.key, hidden.issue, hidden.comment, hidden.team, hidden.status, hidden.share, hidden.relation, hidden.project, hidden.milestone, hidden.cycle, hidden.template, hidden.attachment, "classified"}
	for _, path := range []string{"/acme", "/acme/f", "/acme/inbox", "/acme/inbox?view=done", "/acme?view=created", "/acme?view=subscribed", "/acme/f?view=subscribed", "/acme?view=activity", "/acme/f?view=activity", "/acme/new", "/acme/new?team=SEC", "/acme/new?template=hidden-treasure-map", "/acme/settings/template", "/acme/f/settings/template", "/acme/settings/template/new?team=ENG", "/acme/search?q=treasure", "/acme/f/search?q=sesame",
		"/acme/search?q=1", "/acme/all", "/acme/f/all", "/acme/all?group=team", "/acme/all?group=label", "/acme/all?f=team:sec", "/acme/all?group=project", "/acme/outbox", "/acme/projects", "/acme/f/projects", "/acme/f/vocabulary", "/acme/settings/account", "/acme/settings/label", "/acme/f/settings/label", "/acme/settings/member", "/acme/settings/notifications", "/acme/settings/import", "/acme/settings/export",
		"/acme/settings/team/ENG", "/acme/team/ENG", "/acme/team/ENG?view=board", "/acme/team/ENG/issues.csv", "/acme/team/ENG/issues.json", "/acme/issue/ENG-1", "/acme/f/issue/ENG-1", "/acme/sync/pull?since=0", "/acme/sync/pull?since=1"} {
		h.ben.get(path).ok().lacks(secrets...)
	}
	visible := h.issue("Refers", func(set map[string]any) { set["description"] = "See " + hidden.key })
	h.ben.get("/acme/issue/"+visible.key).ok().lacks("Hidden treasure", hidden.issue, `class="issue-ref`)
	h.ann.get("/acme/issue/" + visible.key).ok().one(".issue-ref")
}

// opsOn are operations of every sort about a thing.
func (h *house) opsOn(x hiddenThing) []sync.Operation {
	base, issue := int64(1), sync.Ref("issue:"+x.issue)
	return []sync.Operation{
		setField(issue, 1, "title", "Mine"), {Op: sync.Text, Record: issue, Base: &base, Field: "description", Text: new(string)},
		{Op: sync.Add, Record: issue, Field: "labels", Value: string(h.bug)}, {Op: sync.Move, Record: issue}, {Op: sync.Delete, Record: issue},
		{Op: sync.Restore, Record: sync.Ref("comment:" + x.comment)}, {Op: sync.Undo, Transaction: uuid.MustParse(x.transaction)},
		{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": issue, "body": "Mine"}},
		{Op: sync.Create, Record: sync.NewRef("issue", newID()), Set: map[string]any{"team": "team:" + x.team, "title": "Mine"}},
		{Op: sync.Delete, Record: sync.Ref("relation:" + x.relation)}, {Op: sync.Restore, Record: sync.Ref("relation:" + x.relation)},
		setField(sync.Ref("status:"+x.status), 1, "name", "Mine"), setField(sync.Ref("label:"+x.label), 1, "name", "Mine"),
	}
}

func TestS44_APushAboutTheHiddenIsLikeOneAboutTheAbsent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent := h.hide(), madeUp()
	absents := h.opsOn(absent)
	for i, op := range h.opsOn(hidden) {
		seen, made := h.ben.try(op), h.ben.try(absents[i])
		if seen.Error == nil || seen.Error.Code != sync.CodeNotFound || cmp.Diff(made.Error, seen.Error) != "" {
			t.Errorf("%s %s: %+v and %+v", op.Op, op.Record, seen.Error, made.Error)
		}
	}
}

func TestS45_AStreamSaysNothingOfWhatIsHidden(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret := h.issueIn(h.sec, "SEC", "Hidden")
	stream := h.open(h.ben, "")
	hello := stream.next()
	for i := range 50 {
		h.ann.apply(setField(secret.ref, secret.version, "priority", i%4+1))
	}
	issue := h.issue("Visible")
	e := stream.next()
	if e.name != "bump" || e.data["version"] != float64(issue.version) || issue.version != hello.id+51 {
		t.Errorf("%+v", e)
	}
	if got := fmt.Sprint(e.data["records"], e.data["topics"]); strings.Contains(got, h.sec.String()) || strings.Contains(got, string(secret.ref)) {
		t.Errorf("%s", got)
	}
	resumed := h.open(h.ben, fmt.Sprintf("?since=%d", hello.id))
	resumed.next()
	if got := fmt.Sprint(resumed.next().data); strings.Contains(got, h.sec.String()) || strings.Contains(got, string(secret.ref)) {
		t.Errorf("after a resume: %s", got)
	}
}

func TestS48_WhoIsAddedGetsWhatWasHidden(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret := h.issueIn(h.sec, "SEC", "Hidden so far")
	cursor := h.ben.pull("").Version
	h.ben.get("/acme/f/team/SEC?view=board").is(http.StatusNotFound)
	stream := h.open(h.ben, "")
	stream.next()
	added := h.ann.apply(sync.Operation{Op: sync.Add, Record: sync.NewRef("team", h.sec), Field: "members", Value: string(sync.NewRef("member", h.ben.actor.Member))})
	if e := stream.next(); e.name != "access" || e.data["version"] != float64(added.Version) || e.data["lost"] != false {
		t.Errorf("%+v", e)
	}
	if answer := h.ben.pull(fmt.Sprintf("?since=%d", cursor)); answer.Reset != "access" {
		t.Errorf("%+v", answer)
	}
	if h.ben.pull("?since=0").find(secret.ref) == nil {
		t.Error("the issue is missing")
	}
	h.ben.get("/acme/f/team/SEC?view=board").ok().has("Hidden so far")
	h.ann.apply(sync.Operation{Op: sync.Remove, Record: sync.NewRef("team", h.sec), Field: "members", Value: string(sync.NewRef("member", h.ben.actor.Member))})
	if e := stream.next(); e.name != "access" || e.data["lost"] != true {
		t.Errorf("%+v", e)
	}
	h.ben.get("/acme/f/team/SEC?view=board").is(http.StatusNotFound)
	h.ben.get("/acme/f/issue/" + secret.key).is(http.StatusNotFound)
}

func TestS49_WhatOneSeesButMayNotDo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	head := h.head()
	if result := h.cleo.try(setField(h.todo, head, "name", "Mine")); result.Error == nil || result.Error.Code != sync.CodeForbidden {
		t.Errorf("%+v", result)
	}
	h.cleo.post("/acme/settings/status/"+h.todo.ID().String(), []string{"position", "1", "_base", "1"}).is(http.StatusForbidden)
	h.cleo.post("/acme/settings/status/"+h.todo.ID().String(), []string{"name", "Mine", "_base", "1"}).is(http.StatusForbidden).has("Mine")
	h.ben.post("/acme/settings/member/"+h.cleo.actor.Member.String()+"/role", []string{"role", "admin"}).is(http.StatusForbidden)
	h.ben.post("/acme/settings/invite", []string{"role", "member"}).is(http.StatusForbidden)
	if h.head() != head {
		t.Error("something was logged")
	}
	issue := h.issue("Numbered")
	for _, field := range []string{"author", "created_at", "workspace_id", "id", "number", "rank"} {
		result := h.ben.try(setField(issue.ref, issue.version, field, "x"))
		if result.Error == nil || result.Error.Code != sync.CodeInvalid || result.Error.Fields[field] == "" {
			t.Errorf("%s: %+v", field, result.Error)
		}
	}
}

func TestS51_AHiddenFilterChangesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue("Visible")
	h.hide()
	byHidden := h.ben.get("/acme/f/team/ENG?f=label:classified").ok()
	byMadeUp := h.ben.get("/acme/f/team/ENG?f=label:imagined").ok()
	if strings.ReplaceAll(byHidden.body, "classified", "imagined") != byMadeUp.body {
		t.Error("a hidden label can be told from one that there is not")
	}
	hidden, absent := h.ben.get("/acme/f/search?q=treasure").ok(), h.ben.get("/acme/f/search?q=treasurx").ok()
	if strings.ReplaceAll(hidden.body, "treasure", "treasurx") != absent.body {
		t.Error("a hidden word can be told from one that there is not")
	}
}
