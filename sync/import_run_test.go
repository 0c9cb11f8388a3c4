package sync

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
)

// table keeps a table as ann, who is an admin.
func (h *house) table(t testing.TB, content string) uuid.UUID {
	t.Helper()
	id, err := h.KeepImportFile(t.Context(), h.ann, newID(), "issues.csv", NewFile{Content: bytes.NewReader([]byte(content)), Type: "text/plain"})
	must(t, err)
	return id
}

func TestImportFile_IsWholeAndGoesAfterADay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	content := string(noise(filePiece + 1))
	id := h.table(t, content)
	name, read, err := h.ImportFile(t.Context(), h.ann, id)
	if err != nil || name != "issues.csv" || string(read) != content {
		t.Errorf("%d bytes of %s: %v", len(read), name, err)
	}
	_, err = h.pool.Exec(t.Context(), "update import_file set uploaded_at = now() - interval '25 hours'")
	must(t, err)
	must(t, h.deleteNobodys(t.Context(), 0, trashedLife))
	if _, _, err := h.ImportFile(t.Context(), h.ann, id); why(err) != NotFound {
		t.Errorf("of a file whose content is gone: %v", err)
	}
	h.table(t, "Title\n")
	must(t, h.sweepImports(t.Context()))
	if n := h.count(t, "import_file"); n != 1 {
		t.Errorf("%d are left", n)
	}
}

func TestImportRun_OneOfAWorkspaceAtATime(t *testing.T) {
	t.Parallel()
	h := setup(t)
	run := ImportRun{ID: newID(), Team: h.team, Upload: newID(), Name: "a.csv", Total: 2}
	for _, want := range []bool{true, false} { // the form is sent twice
		if begun, err := h.BeginImport(t.Context(), h.ann, run); err != nil || begun != want {
			t.Errorf("%v %v", begun, err)
		}
	}
	other := run
	other.ID = newID()
	if _, err := h.BeginImport(t.Context(), h.ann, other); why(err) != Conflicted {
		t.Errorf("beside another: %v", err)
	}
	if _, err := h.BeginTrash(t.Context(), h.ann, run.ID); why(err) != Conflicted {
		t.Errorf("while it runs: %v", err)
	}
	if _, err := h.BeginImport(t.Context(), h.ben, other); why(err) != Forbidden {
		t.Errorf("by who is no admin: %v", err)
	}
	noted := []uuid.UUID{newID()}
	must(t, h.AdvanceImport(t.Context(), h.ws, run.ID, 2, noted))
	must(t, h.EndImport(t.Context(), h.ws, run.ID, ImportDone, ImportReport{Issues: 2}))
	if err := h.AdvanceImport(t.Context(), h.ws, run.ID, 1, nil); err == nil {
		t.Error("what has ended goes on")
	}
	if begun, err := h.BeginImport(t.Context(), h.ann, other); err != nil || !begun {
		t.Errorf("after it: %v %v", begun, err)
	}
	if _, err := h.BeginTrash(t.Context(), h.ann, run.ID); why(err) != Conflicted {
		t.Errorf("beside another: %v", err)
	}
	if err := h.EndImport(t.Context(), h.ws, run.ID, ImportFailed, ImportReport{}); err == nil {
		t.Error("what has ended ends again")
	}
	must(t, h.AdvanceImport(t.Context(), h.ws, other.ID, 0, noted))
	if err := h.AdvanceImport(t.Context(), h.ws, run.ID, 0, []uuid.UUID{newID()}); err == nil || h.count(t, "import_run_issue") != 1 {
		t.Errorf("what has ended notes an issue: %v", err)
	}
	must(t, h.EndImport(t.Context(), h.ws, other.ID, ImportDone, ImportReport{}))
	for _, want := range []bool{true, false} { // a double click
		if begun, err := h.BeginTrash(t.Context(), h.ann, other.ID); err != nil || begun != want {
			t.Errorf("to the trash: %v %v", begun, err)
		}
	}
	must(t, h.EndImport(t.Context(), h.ws, other.ID, ImportTrashed, ImportReport{}))
	_, err := h.pool.Exec(t.Context(), "update import_run set begun_at = now() - interval '31 days'")
	must(t, err)
	must(t, h.sweepImports(t.Context()))
	if runs, issues := h.count(t, "import_run"), h.count(t, "import_run_issue"); runs != 0 || issues != 0 {
		t.Errorf("%d imports and %d issues are left", runs, issues)
	}
}

// why is the kind of an error.
func why(err error) Kind {
	told, _ := asError(err)
	if told == nil {
		return Internal
	}
	return told.Kind
}
