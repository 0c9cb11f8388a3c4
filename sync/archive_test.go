package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
)

// archived is an archive as a file would hold it.
type archived struct {
	records map[string][]string // by kind, as JSON
	files   map[string][]byte   // by attachment and name
	issues  []ExportedIssue
}

func (h *house) archive(t testing.TB, actor Actor) archived {
	t.Helper()
	a := archived{map[string][]string{}, map[string][]byte{}, nil}
	must(t, h.Archive(t.Context(), actor, func(archive *Archive) error {
		for _, kind := range SavedKinds() {
			if kind.Absent != "" {
				continue
			}
			must(t, archive.Records(t.Context(), kind.Kind, func(records []SavedRecord) error {
				for _, record := range records {
					line, err := json.Marshal(record)
					must(t, err)
					a.records[kind.Kind] = append(a.records[kind.Kind], string(line))
				}
				return nil
			}))
		}
		must(t, archive.Files(t.Context(), func(file SavedFile) (err error) {
			a.files[file.Attachment.String()+"/"+file.Name], err = io.ReadAll(file.Content)
			return err
		}))
		return archive.Issues(t.Context(), func(issues []ExportedIssue) error {
			a.issues = append(a.issues, issues...)
			return nil
		})
	}))
	return a
}

// saved reads the records of a kind back.
func (a archived) saved(t testing.TB, kind string) (records []SavedRecord) {
	t.Helper()
	for _, line := range a.records[kind] {
		var record SavedRecord
		must(t, json.Unmarshal([]byte(line), &record))
		records = append(records, record)
	}
	return records
}

func (a archived) find(t testing.TB, ref Ref) *SavedRecord {
	t.Helper()
	for _, record := range a.saved(t, ref.kind()) {
		if record.Record == ref {
			return &record
		}
	}
	return nil
}

// A new kind of record comes into the archive, or somebody says why it does not.
func TestArchive_HoldsEveryKindOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	h.layOut(t, h.ann, h.annsTab, false, "group=label")
	h.talk(t)
	a := h.archive(t, h.ann)
	want := map[string]string{"share": "", "favourite": "", "preference": ""}
	for _, kind := range kinds {
		_, absent := want[kind]
		switch {
		case absent != (notSaved[kind] != ""):
			t.Errorf("%s: is it left out? %q", kind, notSaved[kind])
		case !absent && len(a.records[kind]) == 0:
			t.Errorf("no %s is in the archive", kind)
		}
	}
	listed := SavedKinds()
	if len(listed) != len(kinds) {
		t.Errorf("%d kinds of %d", len(listed), len(kinds))
	}
	for _, kind := range listed {
		if (kind.Absent == "") != (len(kind.Fields) > 0) {
			t.Errorf("%+v", kind)
		}
	}
}

// talk comments on an issue, and answers.
func (h *house) talk(t testing.TB) {
	t.Helper()
	issue, _ := h.issue(t, "Talk")
	note, answer := NewRef("comment", newID()), NewRef("comment", newID())
	h.applied(t, h.ben, h.bensTab, comment(issue, note, "Hello @ann"), Operation{Op: Create, Record: answer, Set: map[string]any{"issue": string(issue), "body": "Yes?", "parent": string(note)}},
		Operation{Op: Add, Record: note, Field: "reactions", Value: "👍"})
}

// What an archive says of a record is what pull says, but for what is true only where the workspace is.
func TestArchive_SaysWhatPullSays(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	a := h.archive(t, h.ann)
	pulled, err := h.Pull(t.Context(), h.ann, Pull{Limit: PullMost})
	must(t, err)
	compared := 0
	for _, change := range pulled.Changes {
		kind := change.Record.kind()
		if notSaved[kind] != "" || truth(change.Fields["private"]) && kind == "display" || a.inTrash(t, change) {
			continue
		}
		delete(change.Fields, notSavedFields[kind])
		raw, err := json.Marshal(change.Fields)
		must(t, err)
		var want map[string]any
		must(t, json.Unmarshal(raw, &want))
		got := a.find(t, change.Record)
		if got == nil {
			t.Errorf("%s is not in the archive", change.Record)
			continue
		}
		delete(got.Fields, savedNext)
		delete(got.Fields, savedFormer)
		if diff := cmp.Diff(want, got.Fields); diff != "" {
			t.Errorf("%s (-pull +archive):\n%s", change.Record, diff)
		}
		compared++
	}
	if compared < 20 {
		t.Errorf("only %d records", compared)
	}
}

// inTrash tells whether the issue that a record hangs on is not in the archive.
func (a archived) inTrash(t testing.TB, change RecordChange) bool {
	t.Helper()
	issue, _ := change.Fields["issue"].(string)
	return issue != "" && a.find(t, Ref(issue)) == nil
}

func TestArchive_HoldsNoSecretAndNothingOfOneMemberAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.live(t)
	bens := NewRef("view", newID())
	h.applied(t, h.ben, h.bensTab, Operation{Op: Create, Record: bens, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Bens own", "private": true}})
	h.layOut(t, h.ben, h.bensTab, true, "group=priority")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("team", newID()), Set: map[string]any{"key": "OPS", "name": "Hidden treasure", "private": true}})
	a := h.archive(t, h.ann)
	if a.find(t, bens) != nil {
		t.Error("a private view is in it")
	}
	whole := fmt.Sprint(a.records)
	for _, secret := range []string{"Bens own", "group=priority", `"token"`, "token_hash", `"person"`, "password", `"stamps"`, `"team_id"`} {
		if strings.Contains(whole, secret) {
			t.Errorf("%s is in it", secret)
		}
	}
	if !strings.Contains(whole, "Hidden treasure") || !strings.Contains(whole, "Security") {
		t.Error("a private team is not in it")
	}
}

func TestArchive_LeavesOutWhatLiesInTheTrashAndWhatLeadsThere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: []Operation{{Op: Create, Record: NewRef("team", newID()), Set: map[string]any{"key": "OLD", "name": "Old"}}}}))
	look, err := h.Look(t.Context(), h.ann)
	must(t, err)
	old, err := look.TeamByKey("OLD")
	must(t, err)
	must(t, h.asProgram(t.Context(), h.ws, Transaction{ID: newID(), Ops: StarterOps(h.ws, old.ID, Starter{Statuses: []StarterStatus{{"Todo", "unstarted", "#888888"}}})}))
	oldIssue, _ := h.issueIn(t, old.ID, "Of the old team")
	oldLabel, label, project, status := NewRef("label", newID()), NewRef("label", newID()), h.project(t, "Launch", uuid.Nil), NewRef("status", newID())
	beta := h.milestone(t, project, "Beta")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: oldLabel, Set: map[string]any{"team": string(NewRef("team", old.ID)), "name": "old"}},
		Operation{Op: Create, Record: label, Set: map[string]any{"name": "gone"}},
		Operation{Op: Create, Record: status, Set: map[string]any{"team": string(NewRef("team", h.team)), "name": "Parked", "category": "started"}})
	parent, _ := h.issue(t, "Parent")
	child, _ := h.issue(t, "Child", having("parent", string(parent)), having("labels", []any{string(label)}), having("project", string(project)),
		having("milestone", string(beta)), having("status", string(status)), having("assignee", string(h.ref(h.ben))))
	first, reply, lost := NewRef("comment", newID()), NewRef("comment", newID()), NewRef("comment", newID())
	h.applied(t, h.ben, h.bensTab, comment(child, first, "First"), comment(parent, lost, "Lost"),
		Operation{Op: Create, Record: reply, Set: map[string]any{"issue": string(child), "body": "Reply", "parent": string(first)}})
	shot := attachment(parent, "lost.png", h.keep(t, noise(10)))
	h.applied(t, h.ann, h.annsTab, shot)
	tie, _ := h.relate(t, child, Blocks, parent)
	h.applied(t, h.ben, h.bensTab, Operation{Op: Delete, Record: first})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: parent}, Operation{Op: Delete, Record: label}, Operation{Op: Delete, Record: project},
		Operation{Op: Delete, Record: status}, Operation{Op: Delete, Record: NewRef("team", old.ID)}, Operation{Op: Delete, Record: h.ref(h.ben)})
	a := h.archive(t, h.ann)
	for _, gone := range []Ref{parent, first, lost, shot.Record, tie, label, oldLabel, project, beta, oldIssue, NewRef("team", old.ID), NewRef("status", StatusID(old.ID, "Todo"))} {
		if a.find(t, gone) != nil {
			t.Errorf("%s is in it", gone)
		}
	}
	if len(a.files) != 0 || len(a.issues) != 1 || a.issues[0].Title != "Child" {
		t.Errorf("files %v, issues %+v", a.files, a.issues)
	}
	fields := a.find(t, child).Fields
	for name, want := range map[string]any{"parent": nil, "project": nil, "milestone": nil, "labels": []any{}, "status": string(status), "assignee": string(h.ref(h.ben))} {
		if diff := cmp.Diff(want, fields[name]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got := a.find(t, reply).Fields; got["parent"] != nil || got["author"] != string(h.ref(h.ben)) {
		t.Errorf("%v", got)
	}
	for _, left := range []Ref{status, h.ref(h.ben)} {
		if found := a.find(t, left); found == nil || found.Fields["deleted_at"] == nil {
			t.Errorf("%s: %+v", left, found)
		}
	}
	h.bringsBack(t, a)
}

func TestArchive_IsOfOneMoment(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, base := h.issue(t, "Before")
	shot := attachment(issue, "shot.png", h.keep(t, noise(3*filePiece)))
	h.applied(t, h.ann, h.annsTab, shot)
	must(t, h.Archive(t.Context(), h.ann, func(archive *Archive) error {
		h.applied(t, h.ben, h.bensTab, setField(issue, base, "title", "After"))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: shot.Record})
		_, err := h.pool.Exec(t.Context(), "delete from file")
		must(t, err)
		must(t, archive.Records(t.Context(), "issue", func(records []SavedRecord) error {
			if len(records) != 1 || records[0].Fields["title"] != "Before" {
				t.Errorf("%+v", records)
			}
			return nil
		}))
		return archive.Files(t.Context(), func(file SavedFile) error {
			content, err := io.ReadAll(file.Content)
			if !bytes.Equal(content, noise(3*filePiece)) {
				t.Errorf("%d bytes", len(content))
			}
			return err
		})
	}))
}

func TestArchive_IsForAdminsAlone(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for _, actor := range []Actor{h.ben, h.cleo, {h.ws, newID()}} {
		err := h.Archive(t.Context(), actor, func(*Archive) error { t.Error("it was opened"); return nil })
		if told, ok := asError(err); !ok || told.Kind != Forbidden {
			t.Errorf("%v", err)
		}
	}
	stop := errors.New("enough")
	program, _ := Program(h.ws)
	if err := h.Archive(t.Context(), program, func(*Archive) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v", err)
	}
	err := h.Archive(t.Context(), Actor{newID(), h.ann.Member}, func(*Archive) error { return nil })
	if told, ok := asError(err); !ok || told.Kind != NotFound {
		t.Errorf("%v", err)
	}
}

// Pages of records, and of the table, follow each other without a gap.
func TestArchive_GoesOnBehindItsFirstPage(t *testing.T) {
	t.Parallel()
	h := setup(t)
	const many = 2*archivedAtOnce + 1
	var ops []Operation
	for i := range many {
		ops = append(ops, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{"team": string(NewRef("team", h.team)), "title": fmt.Sprint(i)}})
	}
	h.applied(t, h.ann, h.annsTab, ops...)
	a := h.archive(t, h.ann)
	seen := map[string]bool{}
	for _, line := range a.records["issue"] {
		seen[line] = true
	}
	if len(seen) != many || len(a.records["issue"]) != many || len(a.issues) != many || !slices.IsSorted(a.records["issue"]) {
		t.Errorf("%d records, %d issues", len(seen), len(a.issues))
	}
}

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
	}
	program, _ := Program(h.ws)
	if diff := cmp.Diff(a, other.archive(t, program), cmp.AllowUnexported(archived{}), cmpopts.IgnoreFields(MemberName{}, "Version", "Placeholder")); diff != "" {
		t.Errorf("another one came back (-was +is):\n%s", diff)
	}
	return other
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
