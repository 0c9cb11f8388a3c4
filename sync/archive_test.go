package sync

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
