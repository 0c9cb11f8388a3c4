package sync

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
)

// checkIntegrity holds the log of every workspace against the tables, at the end of each test that has a house.
func (h *house) checkIntegrity(t testing.TB) {
	t.Helper()
	must(t, h.Verify(context.WithoutCancel(t.Context()), func(verdict Verdict) {
		if verdict.First != nil {
			t.Errorf("%s has %d flaws, the first: %s", verdict.Slug, verdict.Flaws, verdict.First)
		}
	}))
}

// verdict is what Verify says of the house's workspace.
func (h *house) verdict(t testing.TB) Verdict {
	t.Helper()
	verdict, err := h.verify(t.Context(), h.ws)
	must(t, err)
	return verdict
}

// live does everything that makes entries of a kind of its own: edits and races, moves, labels of a group, the trash and
// back, undo and redo, comments, shares, relations, views, imported history, and what is made and deleted in one transaction.
func (h *house) live(t testing.TB) {
	t.Helper()
	h.applied(t, h.ann, h.annsTab, setField(NewRef("workspace", h.ws), 0, "name", "Acme & Co"))
	h.applied(t, h.ann, h.annsTab, setField(NewRef("workspace", h.ws), 0, "name", "Acme and Co"))
	low, high := NewRef("label", newID()), NewRef("label", newID())
	for label, name := range map[Ref]string{low: "low", high: "high"} {
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: label, Set: map[string]any{"name": name, "group": "risk"}})
	}
	first, base := h.issue(t, "Fix login", func(set map[string]any) {
		set["due"], set["estimate"], set["labels"] = "2026-12-01", 3, []any{string(low)}
	})
	second, _ := h.issue(t, "Fix logout", func(set map[string]any) {
		set["parent"], set["assignee"] = string(first), string(NewRef("member", h.ben.Member))
	})
	h.applied(t, h.ben, h.bensTab, setField(first, base, "title", "Mend login"), Operation{Op: Add, Record: first, Field: "labels", Value: string(high)})
	h.applied(t, h.ann, h.annsTab, setField(first, base, "title", "Repair login")) // a race: overwrites
	from, words := "", "Broken since yesterday – “quotes” and \\ too"
	h.applied(t, h.ben, h.bensTab, Operation{Op: Text, Record: first, Field: "description", From: &from, Text: &words})
	h.applied(t, h.ben, h.bensTab, Operation{Op: Move, Record: first, Before: second, Set: map[string]any{"status": string(h.doing)}})
	note := NewRef("comment", newID())
	h.applied(t, h.ben, h.bensTab, comment(first, note, "words"))
	moved := h.applied(t, h.ben, h.bensTab, Operation{Op: Move, Record: second, Before: first})
	undone := h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: moved.ID})
	h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: undone.ID})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: second})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: second})
	h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: note})
	brief := NewRef("issue", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: brief, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "brief"}},
		Operation{Op: Delete, Record: brief})
	_, err := h.Share(t.Context(), h.ann, h.annsTab, first, "", []string{"https://example.com"})
	must(t, err)
	tie, _ := h.relate(t, first, Blocks, second)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: tie})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: tie})
	view := NewRef("view", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: view, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Bugs", "query": "f=label:bug"}})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: view})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: view})
	everywhere := NewRef("view", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: everywhere, Set: map[string]any{"name": "Late everywhere", "query": "group=team&f=priority:urgent"}})
	h.applied(t, h.ann, h.annsTab, setField(everywhere, h.at(t), "icon", "clock"))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: everywhere})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: everywhere})
	launch := h.project(t, "Launch", uuid.Nil, having("description", "To the world."))
	beta := h.milestone(t, launch, "Beta")
	h.issue(t, "Ship it", having("project", string(launch)), having("milestone", string(beta)))
	h.applied(t, h.ann, h.annsTab, member(Add, launch, "members", h.ref(h.ben)), setField(launch, h.at(t), "health", "at_risk"))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: beta})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: beta})
	display := h.layOut(t, h.ann, h.annsTab, true, "group=assignee")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: display})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: display})
	h.layOutAll(t, h.ann, h.annsTab, everywhere.ID(), false, "group=project")
	h.wishes(t, h.ann, DigestDaily, "mentioned", "urgent")
	bug := template("Bug", h.ofTeam, isDefault, having("title", "Bug: "), having("labels", []any{string(low)}), having("project", string(launch)))
	h.applied(t, h.ann, h.annsTab, bug, template("Chore", h.ofTeam, isDefault), Operation{Op: Text, Record: bug.Record, Field: "description", From: &from, Text: &words})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: bug.Record})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: bug.Record})
	shot := attachment(first, "shot.png", h.keep(t, noise(filePiece+1)))
	h.applied(t, h.ann, h.annsTab, shot)
	h.applied(t, h.ann, h.annsTab, setField(shot.Record, h.at(t), "name", "screen.png"))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: shot.Record})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: shot.Record})
	star := favourite(first, having("folder", "Soon"))
	h.applied(t, h.ann, h.annsTab, star)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: star.Record})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: star.Record})
	h.applied(t, h.ann, h.annsTab, setField(NewRef("team", h.team), 1, "timezone", "Europe/Berlin"))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Remove, Record: NewRef("team", h.private), Field: "members", Value: string(NewRef("member", h.ann.Member))})
	h.applied(t, h.ann, h.annsTab, setField(NewRef("team", h.team), 1, "cycle_weeks", 2))
	next := h.cycle(t, "next")
	h.applied(t, h.ann, h.annsTab, setField(next, 0, "name", "Harvest"))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: next})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: next})
	h.push(t, h.ben, h.bensTab, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{"team": "team:" + newID().String()}}) // refused
	h.importHistory(t)
}

// importHistory makes an issue with the times and people of a source, several entries under one V.
func (h *house) importHistory(t testing.TB) {
	t.Helper()
	issue, at := NewRef("issue", newID()), time.Date(2019, 5, 1, 8, 0, 0, 123456000, time.UTC)
	steps := []Operation{
		{Op: Create, Record: issue, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "Crash", "number": 77}},
		setField(issue, 0, "title", "Crash on start"),
		setField(issue, 0, "status", string(h.done)),
		setField(issue, 0, "title", "Crash"),
		{Op: Create, Record: NewRef("comment", newID()), Set: map[string]any{"issue": string(issue), "body": "Same here."}},
		{Op: Delete, Record: issue},
	}
	for i := range steps {
		steps[i] = steps[i].By(h.cleo.Member, at.Add(time.Duration(i)*time.Hour))
	}
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: steps}))
}
