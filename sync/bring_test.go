package sync

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

func TestArchive_ComesBackTheSame(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	h.layOut(t, h.ann, h.annsTab, false, "group=label")
	h.talk(t)
	h.issue(t, "مرحبا بالعالم – שלום 🚀👩‍👩‍👧", having("description", strings.Repeat("Grüße, „Welt“ <b>\u2028 🚀\n", 2000)), having("labels", []any{}))
	h.clock.advance(time.Hour)
	h.bringsBack(t, h.archive(t, h.ann))
}

// A number is never given twice, and a key that an issue had leads to it, in the workspace that came back too.
func TestArchive_KeepsNumbersAndKeys(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("team", newID()), Set: map[string]any{"key": "OPS", "name": "Operations"}})
	look, err := h.Look(t.Context(), h.ann)
	must(t, err)
	ops, err := look.TeamByKey("OPS")
	must(t, err)
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: StarterOps(h.ws, ops.ID, Starter{Statuses: []StarterStatus{{"Todo", "unstarted", "#888888"}}})}))
	moved, _ := h.issue(t, "Moved")
	back, _ := h.issue(t, "There and back")
	last, _ := h.issue(t, "The last one")
	for _, step := range []struct {
		issue Ref
		to    uuid.UUID
	}{{moved, ops.ID}, {back, ops.ID}, {back, h.team}} {
		h.applied(t, h.ann, h.annsTab, setField(step.issue, h.at(t), "team", string(NewRef("team", step.to))))
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: last})
	other := h.bringsBack(t, h.archive(t, h.ann))
	person := Person{ID: newID(), Name: "Ann", Email: fmt.Sprintf("ann+%s@example.com", h.ws)}
	_, err = other.pool.Exec(t.Context(), "insert into person (id, email, name, password_hash) values ($1, $2, $3, '')", person.ID, person.Email, person.Name)
	must(t, err)
	ann, err := other.AddMember(t.Context(), h.ws, person, Admin)
	if err != nil || ann != h.ann {
		t.Fatalf("%v, %v", ann, err)
	}
	for key, want := range map[string]Ref{"ENG-1": moved, "OPS-1": moved, "OPS-2": back, "ENG-2": back} {
		team, number, _ := ParseKey(key)
		page, err := other.Issue(t.Context(), ann, IssueID{Team: team, Number: number})
		if err != nil || NewRef("issue", page.ID) != want {
			t.Errorf("%s: %s, %v", key, page.ID, err)
		}
	}
	next := NewRef("issue", newID())
	other.applied(t, ann, newID(), Operation{Op: Create, Record: next, Set: map[string]any{"team": string(NewRef("team", h.team)), "title": "Next"}})
	page, err := other.Issue(t.Context(), ann, IssueID{ID: next.ID()})
	must(t, err)
	if page.Number != 4 {
		t.Errorf("it has the number %d", page.Number)
	}
}

// bringsBack brings an archive into another database and holds what it is there against it. The other database is looked through at the end
// of the test, as each is.
func (h *house) bringsBack(t *testing.T, a archived) *house {
	t.Helper()
	other := setup(t)
	other.clock.set(h.clock.now(time.Time{}))
	made, err := other.AdoptWorkspace(t.Context(), a.saved(t, "workspace")[0], "back")
	if err != nil || !made {
		t.Fatalf("%v, %v", made, err)
	}
	for _, record := range a.saved(t, "attachment") {
		name := record.Record.ID().String() + "/" + text(record.Fields["name"])
		width, _ := record.Fields["width"].(float64)
		height, _ := record.Fields["height"].(float64)
		must(t, other.BringFile(t.Context(), h.ws, uuid.MustParse(text(record.Fields["file"])), NewFile{Content: bytes.NewReader(a.files[name]),
			Type: text(record.Fields["type"]), Width: int(width), Height: int(height)}))
	}
	for _, kind := range kinds[1:] {
		records := a.saved(t, kind)
		slices.SortStableFunc(records, func(a, b SavedRecord) int { return len(text(a.Fields["parent"])) - len(text(b.Fields["parent"])) })
		var ops []Operation
		for _, record := range records {
			ops = append(ops, Operation{Op: Bring, Record: record.Record, Set: record.Fields})
		}
		if len(ops) > 0 {
			must(t, other.brings(t, h.ws, ops...))
		}
		must(t, other.advanceCycles(t.Context())) // as a running server may do at any time
	}
	program, _ := Program(h.ws)
	if diff := cmp.Diff(a, other.archive(t, program), cmp.AllowUnexported(archived{}), cmpopts.IgnoreFields(MemberName{}, "Version", "Placeholder"), cmpopts.IgnoreFields(CycleName{}, "Version")); diff != "" {
		t.Errorf("another one came back (-was +is):\n%s", diff)
	}
	must(t, other.Arrived(t.Context(), h.ws))
	return other
}

// A running server ends the cycle that is over when its issues are there, not before: they would stay behind.
func TestBring_WhatIsUnfinishedInACycleThatIsOverGoesOn(t *testing.T) {
	t.Parallel()
	h := cycling(t)
	todo, _ := h.issue(t, "to do", in(h.cycle(t, "current")))
	next := h.cycle(t, "next")
	a := h.archive(t, h.ann)
	h.clock.advance(2 * aDay)
	other := h.bringsBack(t, a)
	must(t, other.advanceCycles(t.Context()))
	program, _ := Program(h.ws)
	if at := other.archive(t, program).find(t, todo).Fields["cycle"]; at != string(next) {
		t.Errorf("it is in %v, not in %s", at, next)
	}
}

// brings does operations as an import.
func (h *house) brings(t testing.TB, workspace uuid.UUID, ops ...Operation) error {
	t.Helper()
	actor, client := Program(workspace)
	results, err := h.Import(t.Context(), actor, client, []Transaction{{ID: newID(), Ops: ops}})
	must(t, err)
	return results[0].Err()
}

func TestBring_IsTheProgramsAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Here")
	there := *h.archive(t, h.ann).find(t, issue)
	_, err := h.Push(t.Context(), h.ann, Push{Client: h.annsTab, Transactions: []Transaction{{ID: newID(), Ops: []Operation{{Op: Bring, Record: NewRef("issue", newID()), Set: there.Fields}}}}})
	if told, ok := asError(err); !ok || told.Code != CodeUnknownOp {
		t.Errorf("%v", err)
	}
}

func TestBring_RefusesWhatCannotBeTrue(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Here")
	there := *h.archive(t, h.ann).find(t, issue)
	for name, c := range map[string]struct {
		ref    Ref
		change map[string]any
		says   string
	}{
		"one that is here":       {issue, nil, "exists"},
		"a number that is taken": {NewRef("issue", newID()), nil, "number"},
		"an unknown field":       {NewRef("issue", newID()), map[string]any{"colour": "red"}, "colour: There is no such field."},
		"an internal field":      {NewRef("member", newID()), map[string]any{"name": "Eve", "handle": "eve", "person": newID().String(), "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}, "person: There is no such field."},
		"no time":                {NewRef("issue", newID()), map[string]any{"created_at": "yesterday"}, "when it was made"},
		"a trashed issue":        {NewRef("issue", newID()), map[string]any{"deleted_at": "2026-01-01T00:00:00Z"}, "deleted_at"},
		"no title":               {NewRef("issue", newID()), map[string]any{"title": ""}, "title"},
		"a title of no text":     {NewRef("issue", newID()), map[string]any{"title": 7}, "title"},
		"no place":               {NewRef("issue", newID()), map[string]any{"number": 9, "rank": "!"}, "rank"},
		"who is not there":       {NewRef("issue", newID()), map[string]any{"number": 9, "assignee": "member:" + newID().String()}, "is not there"},
		"a share":                {NewRef("share", newID()), nil, "brought back"},
		"a workspace":            {NewRef("workspace", newID()), nil, "brought back"},
		"a kind of no name":      {NewRef("rocket", newID()), nil, "brought back"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set := map[string]any{}
			if c.ref.kind() == "issue" {
				maps.Copy(set, there.Fields)
			}
			maps.Copy(set, c.change)
			err := h.brings(t, h.ws, Operation{Op: Bring, Record: c.ref, Set: set})
			told, ok := asError(err)
			if !ok || !strings.Contains(told.Text, c.says) && !strings.Contains(fmt.Sprint(told.Fields), c.says) || !strings.HasPrefix(told.Text, string(c.ref)) {
				t.Errorf("%v", err)
			}
		})
	}
	mixed := []Operation{{Op: Bring, Record: NewRef("label", newID()), Set: map[string]any{"name": "x", "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}}, {Op: Delete, Record: issue}}
	if told, ok := asError(h.brings(t, h.ws, mixed...)); !ok || told.Code != CodeUnknownOp {
		t.Errorf("%v", told)
	}
}

// A source's slip of the keyboard must not make a workspace one that cannot be brought back.
func TestBring_TakesTimesOfLongAgo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	old, late := NewRef("issue", newID()), NewRef("issue", newID())
	for ref, at := range map[Ref]time.Time{old: time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC), late: time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)} {
		set := map[string]any{"team": string(NewRef("team", h.team)), "title": "Old", "status": string(h.done)}
		must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: []Operation{Operation{Op: Create, Record: ref, Set: set}.By(h.ann.Member, at)}}))
	}
	a := h.archive(t, h.ann)
	if at := a.find(t, old).Fields["completed_at"]; at != "1900-01-01T00:00:00Z" {
		t.Errorf("completed at %v", at)
	}
	h.bringsBack(t, a)

	before := NewRef("issue", newID()) // as it was stored when there was no such rule
	set := maps.Clone(a.find(t, old).Fields)
	maps.Copy(set, map[string]any{"number": 9, "rank": text(set["rank"]) + "V", "completed_at": "1899-12-30T00:00:00Z", "created_at": "1899-12-30T00:00:00Z"})
	must(t, h.brings(t, h.ws, Operation{Op: Bring, Record: before, Set: set}))
	if at := h.archive(t, h.ann).find(t, before).Fields["completed_at"]; at != "1899-12-30T00:00:00Z" {
		t.Errorf("completed at %v", at)
	}
}

func TestAdoptWorkspace_TakesNobodysPlace(t *testing.T) {
	t.Parallel()
	h := setup(t)
	own := h.archive(t, h.ann).saved(t, "workspace")[0]
	if made, err := h.AdoptWorkspace(t.Context(), own, "acme"); made || err != nil {
		t.Errorf("%v, %v", made, err)
	}
	foreign := SavedRecord{NewRef("workspace", newID()), own.Fields}
	for name, c := range map[string]struct {
		record SavedRecord
		slug   string
		says   string
	}{
		"under another name":   {own, "other", "is here already, as acme"},
		"a name that is taken": {foreign, "acme", "another workspace acme"},
		"no workspace":         {SavedRecord{NewRef("team", newID()), own.Fields}, "other", "does not tell"},
		"no name":              {SavedRecord{foreign.Record, map[string]any{}}, "other", "does not tell"},
		"a name of no address": {foreign, "Other!", "Two to 31"},
	} {
		if _, err := h.AdoptWorkspace(t.Context(), c.record, c.slug); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
