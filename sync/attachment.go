package sync

import (
	"context"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"tandem/queries"
)

// attachmentNoun is a file that hangs on an issue. Texts of the issue and of its comments show it by its URL. The content is kept
// beside the log, by its id alone: of a record only the name can change.
type attachmentNoun struct{}

var attachmentFields = []field{
	{"issue", "issue_id", fixed, refTo("issue", false)},
	{"team", "team_id", internal, refTo("team", false)}, // its issue's, copied so that reads need no join
	{"name", "name", scalar, fileName(200)},
	{"file", "file_id", fixed, fileID()},
	{"type", "type", server, phrase(100)}, // this and the next three are the file's
	{"size", "size", server, number(0, MaxFile, false)},
	{"width", "width", server, number(1, maxPixels, true)},
	{"height", "height", server, number(1, maxPixels, true)},
	{"author", "author_id", server, refTo("member", true)},
}

func (attachmentNoun) name() string              { return "attachment" }
func (attachmentNoun) fields() []field           { return attachmentFields }
func (attachmentNoun) team(r *record) uuid.UUID  { return r.refersTo("team") }
func (attachmentNoun) issue(r *record) uuid.UUID { return r.refersTo("issue") }
func (attachmentNoun) topics(r *record) []string {
	return []string{topic("issue", r.refersTo("issue"))}
}

func (attachmentNoun) complete(w *work, attachment *record) error {
	issue, err := w.visible(Ref(attachment.text("issue")))
	if err != nil {
		return err
	}
	if issue.deleted() {
		return deletedUnder(issue, attachment.ref(), "", nil)
	}
	file, kept := w.files[fileOf(attachment)]
	if !kept {
		return invalid("file", "This file is not here, or not any more. Attach it again.")
	}
	attachment.fields["team"] = issue.fields["team"]
	attachment.fields["type"], attachment.fields["size"] = file.Type, file.Size
	attachment.fields["width"], attachment.fields["height"] = optionalNumber(file.Width), optionalNumber(file.Height)
	return nil
}

func (attachmentNoun) check(w *work, before, after *record) error {
	if after.text("name") == "" {
		return invalid("name", "Give the file a name.")
	}
	if _, kept := w.files[fileOf(after)]; before != nil && before.deleted() && !after.deleted() && !kept {
		return invalid("file", "This file was removed too long ago. Attach it again.")
	}
	return nil
}

// allow: whoever sees the issue attaches files; who did, or an admin, renames one or takes it away. With its issue anybody
// transfers it.
func (attachmentNoun) allow(who rights, before, after *record) error {
	if before == nil || who.is(after.text("author")) || who.admin() || onlyCarried(before, after) {
		return nil
	}
	return forbidden("Only who attached a file, or an admin, may change it.")
}

// fileOf is the id of an attachment's content.
func fileOf(attachment *record) uuid.UUID {
	id, _ := uuid.Parse(attachment.text("file"))
	return id
}

// fileName is what a file can be saved as: it is no path, and looks like nothing else than it is.
func fileName(most int) shape {
	shape := line(most)
	plain := shape.read
	shape.says += ", without `/`, `\\`, control characters and those that turn the direction of writing, no dot first"
	shape.read = func(raw any) (value, string) {
		v, wrong := plain(raw)
		if name := text(v); wrong == "" && (strings.HasPrefix(name, ".") || strings.ContainsFunc(name, NotInFileName)) {
			return nil, "A file's name has no /, no \\, no invisible characters, and no dot first."
		}
		return v, wrong
	}
	return shape
}

// NotInFileName tells the characters that no name of a file has.
func NotInFileName(r rune) bool {
	return r == '/' || r == '\\' || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

func attachmentRecord(row queries.ListAttachmentsByIDRow) *record {
	return stored("attachment", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"issue":  refValue("issue", &row.IssueID),
		"team":   refValue("team", &row.TeamID),
		"name":   row.Name,
		"file":   row.FileID.String(),
		"type":   row.Type,
		"size":   row.Size,
		"width":  optionalNumber(row.Width),
		"height": optionalNumber(row.Height),
		"author": refValue("member", row.AuthorID),
	})
}

// AttachmentRow is an attachment as the page of its issue shows it.
type AttachmentRow struct {
	ID            uuid.UUID
	Name          string
	Type          string // as the content looks
	Size          int64
	Width, Height int       // in pixels; zero: unknown
	Author        uuid.UUID // zero: nobody that is known
}

// mostAttachments bounds how many of an issue a page holds: the last ones.
const mostAttachments = 500

func (e *Engine) askAttachments(ctx context.Context, p *queries.Pipeline, ws, issue uuid.UUID) *[]queries.ListAttachmentsOfIssueRow {
	return queries.Ask(p, func(db queries.DBTX) ([]queries.ListAttachmentsOfIssueRow, error) {
		return e.queries.ListAttachmentsOfIssue(ctx, db, queries.ListAttachmentsOfIssueParams{WorkspaceID: ws, IssueID: issue, Most: mostAttachments + 1})
	})
}

func attachmentRow(row queries.ListAttachmentsOfIssueRow) AttachmentRow {
	a := AttachmentRow{ID: row.ID, Name: row.Name, Type: row.Type, Size: row.Size}
	if row.Width != nil && row.Height != nil {
		a.Width, a.Height = int(*row.Width), int(*row.Height)
	}
	if row.AuthorID != nil {
		a.Author = *row.AuthorID
	}
	return a
}

// Attachment reads one attachment, with a way to its content. NotFound when the reader does not see it, or when it lies in the trash.
func (e *Engine) Attachment(ctx context.Context, actor Actor, id uuid.UUID) (AttachmentRow, *FileReader, error) {
	var row *queries.GetAttachmentRow
	_, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		row = queries.Ask(p, func(db queries.DBTX) (queries.GetAttachmentRow, error) {
			return noneIsZero(e.queries.GetAttachment(ctx, db, queries.GetAttachmentParams{WorkspaceID: actor.Workspace, ID: id, TeamIDs: s.who.visibleTeams()}))
		})
		return nil
	})
	if err == nil && row.ID == uuid.Nil {
		err = notFound("This file")
	}
	if err != nil {
		return AttachmentRow{}, nil, err
	}
	found := attachmentRow(queries.ListAttachmentsOfIssueRow{ID: row.ID, Name: row.Name, Type: row.Type, Size: row.Size, Width: row.Width, Height: row.Height, AuthorID: row.AuthorID})
	return found, &FileReader{engine: e, ctx: ctx, workspace: actor.Workspace, file: row.FileID, sum: row.Sha256, size: row.Size}, nil
}
