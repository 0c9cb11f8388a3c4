package handlers

import (
	"net/http"
	"strings"
	"testing"

	"tandem/sync"
)

// flagged tells whether a row says that something is in the issue's way.
func (a answer) flagged(issue madeIssue) bool {
	a.t.Helper()
	return a.find("[data-record='"+string(issue.ref)+"'] [class$='__blocked']").Length() == 1
}

func TestBlocked_RowsAndCardsSayItWhileTheBlockerIsOpen(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web := h.team("WEB", "Website", false)
	waits, near, far := h.issue("Waits"), h.issue("In the way"), h.issueIn(web, "WEB", "Far away in the way")
	list, board := "/acme/f/team/ENG", "/acme/f/team/ENG?view=board"
	before := h.ben.get(list).ok().lacks("blocked")
	seen := map[string]answer{list: before, board: h.ben.get(board).ok()}
	look := func(when string, want bool) {
		t.Helper()
		for path, had := range seen {
			seen[path] = h.ben.told(path, had).ok()
			if seen[path].flagged(waits) != want {
				t.Errorf("%s, %s: flagged is not %v", when, path, want)
			}
		}
	}
	done, todo, webDone := string(h.done()), string(h.todo), string(sync.NewRef("status", sync.StatusID(web, "Done")))
	first, second := relation(near.ref, sync.Blocks, waits.ref), relation(far.ref, sync.Blocks, waits.ref)
	h.ann.apply(first)
	look("blocked", true)
	seen[list].one("[data-record='" + string(waits.ref) + "'] a .issue-row__blocked .visually-hidden")
	h.ann.apply(setField(near.ref, h.head(), "status", done))
	look("the blocker is done", false)
	h.ann.apply(second)
	look("blocked by another team's", true)
	h.ann.apply(setField(far.ref, h.head(), "status", webDone))
	look("that is done too", false)
	h.ann.apply(setField(near.ref, h.head(), "status", todo))
	look("the first is open again", true)
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: near.ref})
	look("and in the trash", false)
	h.ann.apply(sync.Operation{Op: sync.Restore, Record: near.ref})
	look("and back", true)
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: first.Record})
	look("without the relation", false)
	if got := h.ben.get("/acme/team/ENG").ok(); got.flagged(waits) {
		t.Error("the page says it still")
	}
}

func TestBlocked_WhatIsHiddenBlocksNobody(t *testing.T) {
	t.Parallel()
	h := setup(t)
	waits, secret := h.issue("Waits"), h.issueIn(h.sec, "SEC", "Secret")
	const list = "/acme/f/team/ENG"
	anns, bens := h.ann.get(list).ok(), h.ben.get(list).ok()
	h.ann.apply(relation(secret.ref, sync.Blocks, waits.ref))
	anns = h.ann.told(list, anns).ok()
	if !anns.flagged(waits) {
		t.Error("who sees both is not told")
	}
	h.ben.get(list, "If-None-Match", bens.header.Get("ETag")).is(http.StatusNotModified)
	h.ann.apply(setField(secret.ref, h.head(), "status", string(sync.NewRef("status", sync.StatusID(h.sec, "Done")))))
	if h.ann.told(list, anns).ok().flagged(waits) {
		t.Error("it waits still")
	}
	h.ben.get(list, "If-None-Match", bens.header.Get("ETag")).is(http.StatusNotModified)
	if h.ben.get("/acme/team/ENG").ok().flagged(waits) {
		t.Error("ben sees what waits for the hidden")
	}
}

func TestBlocked_MyIssuesSayItToo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	waits := h.issue("Waits", func(set map[string]any) { set["assignee"] = string(sync.NewRef("member", h.ben.actor.Member)) })
	near := h.issue("In the way")
	path := "/acme/f/member/" + h.ben.actor.Member.String()
	had := h.ben.get(path).ok()
	made := relation(near.ref, sync.Blocks, waits.ref)
	h.ann.apply(made)
	if had = h.ben.told(path, had).ok(); !had.flagged(waits) {
		t.Error("not flagged")
	}
	h.ann.apply(setField(near.ref, h.head(), "status", string(h.done())))
	if had = h.ben.told(path, had).ok(); had.flagged(waits) {
		t.Error("flagged still")
	}
}

func TestBlocked_AProjectsIssuesSayItToo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	project := strings.TrimPrefix(h.ann.makesProject("Launch"), "/acme/project/")
	waits := h.issue("Waits", func(set map[string]any) { set["project"] = "project:" + project })
	near := h.issue("In the way")
	path := "/acme/f/project/" + project + "/issues"
	had := h.ben.get(path).ok()
	made := relation(near.ref, sync.Blocks, waits.ref)
	h.ann.apply(made)
	if had = h.ben.told(path, had).ok(); !had.flagged(waits) || !strings.Contains(had.live(), sync.RelationsOf(h.eng)) {
		t.Errorf("not flagged, or it hangs on %q alone", had.live())
	}
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: made.Record})
	if h.ben.told(path, had).ok().flagged(waits) {
		t.Error("flagged still")
	}
}
