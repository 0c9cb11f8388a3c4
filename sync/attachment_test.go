package sync

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"
)

// keep uploads a content as ann.
func (h *house) keep(t testing.TB, content []byte) uuid.UUID {
	t.Helper()
	id, err := h.KeepFile(t.Context(), h.ann, NewFile{Content: bytes.NewReader(content), Type: "image/png", Width: 3, Height: 2})
	must(t, err)
	return id
}

func attachment(issue Ref, name string, file uuid.UUID) Operation {
	return Operation{Op: Create, Record: NewRef("attachment", newID()), Set: map[string]any{"issue": string(issue), "name": name, "file": file.String()}}
}

// attached are the names of the files that an issue's page shows to a reader.
func (h *house) attached(t testing.TB, actor Actor, issue Ref) []string {
	t.Helper()
	page, err := h.Issue(t.Context(), actor, IssueID{ID: issue.ID()})
	must(t, err)
	names := []string{}
	for _, one := range page.Attachments {
		names = append(names, one.Name)
	}
	return names
}

func noise(length int) []byte {
	content := make([]byte, length)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(content) // never fails
	return content
}

func TestAttachment(t *testing.T) {
	t.Parallel()

	t.Run("is read as it was written, from anywhere in it", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		for _, length := range []int{1, filePiece - 1, filePiece, filePiece + 1, 3*filePiece + 7} {
			content := noise(length)
			op := attachment(issue, "shot.png", h.keep(t, content))
			h.applied(t, h.ann, h.annsTab, op)
			row, reader, err := h.Attachment(t.Context(), h.ben, op.Record.ID())
			must(t, err)
			if row.Size != int64(length) || row.Type != "image/png" || row.Width != 3 || row.Height != 2 || row.Author != h.ann.Member {
				t.Errorf("%+v", row)
			}
			if err := iotest.TestReader(reader, content); err != nil {
				t.Errorf("%d bytes: %v", length, err)
			}
		}
	})

	t.Run("the same content is kept once, and named by several", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		one, again, other := h.keep(t, []byte("one")), h.keep(t, []byte("one")), h.keep(t, []byte("other"))
		if one != again || one == other {
			t.Error(one, again, other)
		}
		h.applied(t, h.ben, h.bensTab, attachment(issue, "a.txt", one), attachment(issue, "b.txt", one))
		wantSame(t, "the names", []string{"a.txt", "b.txt"}, h.attached(t, h.ann, issue))
	})

	t.Run("what is empty or too large is refused", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		for length, code := range map[int]string{0: CodeInvalid, MaxFile + 1: CodeTooLarge} {
			_, err := h.KeepFile(t.Context(), h.ann, NewFile{Content: bytes.NewReader(make([]byte, length))})
			wantCode(t, err, code)
		}
		h.keep(t, make([]byte, MaxFile))
	})

	t.Run("goes and comes back, and its undo too", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		op := attachment(issue, "a.txt", h.keep(t, []byte("one")))
		made := h.applied(t, h.ben, h.bensTab, op)
		undone := h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: made.ID})
		wantSame(t, "undone", []string{}, h.attached(t, h.ann, issue))
		_, _, err := h.Attachment(t.Context(), h.ann, op.Record.ID())
		wantCode(t, err, CodeNotFound)
		h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: undone.ID})
		h.applied(t, h.ben, h.bensTab, setField(op.Record, h.head(t), "name", "b.txt"))
		wantSame(t, "back, and renamed", []string{"b.txt"}, h.attached(t, h.ann, issue))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: op.Record}) // an admin
		wantSame(t, "deleted", []string{}, h.attached(t, h.ben, issue))
	})

	t.Run("S44 who does not see the issue sees nothing of it, also when it changed team", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		open, base := h.issue(t, "Open")
		op := attachment(open, "a.txt", h.keep(t, []byte("one")))
		cursor := h.applied(t, h.ann, h.annsTab, op).Version
		pulled := func(since int64) []string {
			answer, err := h.Pull(t.Context(), h.ben, Pull{Since: since})
			must(t, err)
			var told []string
			for _, change := range answer.Changes {
				if change.Record == op.Record {
					told = append(told, change.Op)
				}
			}
			return told
		}
		wantSame(t, "pulled", []string{"put"}, pulled(0))
		h.applied(t, h.ann, h.annsTab, setField(open, base, "team", string(NewRef("team", h.private))))
		wantSame(t, "pulled after the transfer", []string{"revoke"}, pulled(cursor))
		_, _, err := h.Attachment(t.Context(), h.ben, op.Record.ID())
		wantCode(t, err, CodeNotFound)
		for _, try := range []Operation{{Op: Delete, Record: op.Record}, attachment(open, "b.txt", h.keep(t, []byte("one")))} {
			if result := h.push(t, h.ben, h.bensTab, try); result.Error == nil || result.Error.Code != CodeNotFound {
				t.Errorf("%s: %+v", try.Op, result)
			}
		}
		_, reader, err := h.Attachment(t.Context(), h.ann, op.Record.ID())
		must(t, err)
		content, err := io.ReadAll(reader)
		must(t, err)
		if string(content) != "one" {
			t.Errorf("%q", content)
		}
	})

	t.Run("refused is what has no file, no name, a trashed issue, or somebody else's file", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		gone, _ := h.issue(t, "Gone")
		file := h.keep(t, []byte("one"))
		anns := attachment(issue, "a.txt", file)
		lost := attachment(gone, "lost.txt", file)
		h.applied(t, h.ann, h.annsTab, anns, lost)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
		sized := attachment(issue, "b.txt", file)
		sized.Set["size"] = 7
		for name, c := range map[string]struct {
			op   Operation
			code string
		}{
			"no such file":     {attachment(issue, "b.txt", uuid.New()), CodeInvalid},
			"no name":          {attachment(issue, "", file), CodeInvalid},
			"a size":           {sized, CodeInvalid},
			"a trashed issue":  {attachment(gone, "b.txt", file), CodeDeleted},
			"of a trashed one": {setField(lost.Record, h.head(t), "name", "c.txt"), CodeDeleted},
			"somebody's":       {setField(anns.Record, h.head(t), "name", "c.txt"), CodeForbidden},
		} {
			if result := h.push(t, h.ben, h.bensTab, c.op); result.Error == nil || result.Error.Code != c.code {
				t.Errorf("%s: %+v %+v", name, result, result.Error)
			}
		}
	})
}

func TestAttachment_NamesAreSafe(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{"a.png": true, "ünïcode 🎉 (1).tar.gz": true, "a b": true, "": false, "..": false, ".bashrc": false, "a/b": false, `a\b`: false,
		"a\x1b[31m": false, "a\tb": false, "cod\u202egpj.exe": false, "a\x00": false} {
		if _, wrong := fileName(200).read(name); (wrong == "") != fine {
			t.Errorf("%q: %s", name, wrong)
		}
	}
}

func TestAttachment_APageHoldsTheLastOnes(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	file := h.keep(t, []byte("one"))
	for at := range 3 {
		var ops []Operation
		for i := range 167 { // 501 in all
			ops = append(ops, attachment(issue, fmt.Sprint(167*at+i), file))
		}
		h.applied(t, h.ann, h.annsTab, ops...)
	}
	page, err := h.Issue(t.Context(), h.ann, IssueID{ID: issue.ID()})
	must(t, err)
	if n := len(page.Attachments); n != mostAttachments || !page.MoreFiles || page.Attachments[0].Name != "1" || page.Attachments[n-1].Name != "500" {
		t.Errorf("%d, more %v, the last %s", n, page.MoreFiles, page.Attachments[n-1].Name)
	}
}

func TestFile_AWorkspaceTakesSoMuch(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.fileSpace = 10
	h.keep(t, []byte("1234567890"))
	h.keep(t, []byte("1234567890")) // it is there already
	_, err := h.KeepFile(t.Context(), h.ann, NewFile{Content: bytes.NewReader([]byte("1"))})
	wantCode(t, err, CodeTooLarge)
	must(t, h.deleteNobodys(t.Context(), 0, trashedLife))
	h.keep(t, []byte("1"))
}

// A piece that is lost, or cut, is told of: an answer must not pass for the whole file.
func TestFile_SaysWhatCouldNotBeRead(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	op := attachment(issue, "a.bin", h.keep(t, noise(2*filePiece)))
	h.applied(t, h.ann, h.annsTab, op)
	for _, damage := range []string{"update file_piece set content = substr(content, 2) where ordinal = 1", "delete from file_piece where ordinal = 1"} {
		_, err := h.pool.Exec(t.Context(), damage)
		must(t, err)
		_, reader, err := h.Attachment(t.Context(), h.ann, op.Record.ID())
		must(t, err)
		if content, err := io.ReadAll(reader); err == nil || reader.Err() == nil || len(content) != filePiece {
			t.Errorf("%s: %d bytes, %v, %v", damage, len(content), err, reader.Err())
		}
	}
	if verdict := h.verdict(t); verdict.First == nil || verdict.First.Record != op.Record || verdict.First.Field != "file" {
		t.Errorf("the doctor says %v", verdict.First)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: op.Record}) // which may have lost it
}

func TestFile_OrphansAreSweptAndAttachedOnesStay(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.clock.set(time.Now().UTC().Truncate(time.Microsecond)) // the database's own clock says how old a file is
	issue, _ := h.issue(t, "Fix login")
	op := attachment(issue, "a.txt", h.keep(t, []byte("attached")))
	h.applied(t, h.ann, h.annsTab, op)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: op.Record}) // it may come back
	var orphans []uuid.UUID
	for i := range orphanBatch + 1 {
		orphans = append(orphans, h.keep(t, []byte{byte(i)}))
	}
	must(t, h.deleteNobodys(t.Context(), uploadLife, trashedLife))
	h.applied(t, h.ann, h.annsTab, attachment(issue, "kept.txt", orphans[0]))

	uploading, err := h.pool.Begin(t.Context())
	must(t, err)
	defer func() { _ = uploading.Rollback(context.WithoutCancel(t.Context())) }()
	_, err = uploading.Exec(t.Context(), "update file set uploaded_at = now() where id = $1", orphans[1])
	must(t, err)
	must(t, h.deleteNobodys(t.Context(), 0, trashedLife))
	must(t, uploading.Commit(t.Context()))
	h.applied(t, h.ann, h.annsTab, attachment(issue, "renewed.txt", orphans[1]))

	if files, pieces := h.count(t, "file"), h.count(t, "file_piece"); files != 3 || pieces != 3 {
		t.Errorf("%d files and %d pieces are left", files, pieces)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: op.Record})
	if result := h.push(t, h.ann, h.annsTab, attachment(issue, "b.txt", orphans[2])); result.Error == nil || result.Error.Fields["file"] == "" {
		t.Errorf("%+v", result)
	}
}

func TestFile_OfARemovedAttachmentGoesInTheEnd(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue, _ := h.issue(t, "Fix login")
	op := attachment(issue, "a.txt", h.keep(t, []byte("one")))
	h.applied(t, h.ann, h.annsTab, op)
	gone := h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: op.Record})
	must(t, h.deleteNobodys(t.Context(), 0, 0))
	if files, pieces := h.count(t, "file"), h.count(t, "file_piece"); files != 0 || pieces != 0 {
		t.Errorf("%d files and %d pieces are left", files, pieces)
	}
	for _, back := range []Operation{{Op: Restore, Record: op.Record}, {Op: Undo, Transaction: gone.ID}} {
		if result := h.push(t, h.ann, h.annsTab, back); result.Error == nil || result.Error.Fields["file"] == "" {
			t.Errorf("%s: %+v", back.Op, result)
		}
	}
}
