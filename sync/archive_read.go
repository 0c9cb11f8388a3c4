package sync

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"

	"tandem/queries"
)

// What an archive reads of the kinds of which there are many.

func (a *Archive) issueIDs(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error) {
	return a.engine.queries.ListArchivedIssues(ctx, a.tx, queries.ListArchivedIssuesParams{WorkspaceID: a.workspace, AfterID: after, TeamIDs: a.teams, Most: archivedAtOnce})
}

func (a *Archive) readIssues(ctx context.Context, ids []uuid.UUID) ([]*record, error) {
	rows, err := a.engine.queries.ListIssuesByID(ctx, a.tx, queries.ListIssuesByIDParams{WorkspaceID: a.workspace, IDs: ids})
	return recordsOf(rows, issueRecord), err
}

func (a *Archive) commentIDs(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error) {
	return a.engine.queries.ListArchivedComments(ctx, a.tx, queries.ListArchivedCommentsParams{WorkspaceID: a.workspace, AfterID: after, TeamIDs: a.teams, Most: archivedAtOnce})
}

func (a *Archive) readComments(ctx context.Context, ids []uuid.UUID) ([]*record, error) {
	rows, err := a.engine.queries.ListCommentsByID(ctx, a.tx, queries.ListCommentsByIDParams{WorkspaceID: a.workspace, IDs: ids})
	return recordsOf(rows, commentRecord), err
}

func (a *Archive) attachmentIDs(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error) {
	return a.engine.queries.ListArchivedAttachments(ctx, a.tx, queries.ListArchivedAttachmentsParams{WorkspaceID: a.workspace, AfterID: after, TeamIDs: a.teams, Most: archivedAtOnce})
}

func (a *Archive) readAttachments(ctx context.Context, ids []uuid.UUID) ([]*record, error) {
	rows, err := a.engine.queries.ListAttachmentsByID(ctx, a.tx, queries.ListAttachmentsByIDParams{WorkspaceID: a.workspace, IDs: ids})
	return recordsOf(rows, attachmentRecord), err
}

func (a *Archive) relationIDs(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error) {
	return a.engine.queries.ListArchivedRelations(ctx, a.tx, queries.ListArchivedRelationsParams{WorkspaceID: a.workspace, AfterID: after, TeamIDs: a.teams, Most: archivedAtOnce})
}

// readRelations: two live ones never stand between the same issues, so that those beside the ones named are the ones named.
func (a *Archive) readRelations(ctx context.Context, ids []uuid.UUID) ([]*record, error) {
	rows, err := a.engine.queries.ListRelationsByID(ctx, a.tx, queries.ListRelationsByIDParams{WorkspaceID: a.workspace, IDs: ids})
	return recordsOf(rows, relationRecord), err
}

func (a *Archive) displayIDs(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error) {
	return a.engine.queries.ListArchivedDisplays(ctx, a.tx, queries.ListArchivedDisplaysParams{WorkspaceID: a.workspace, AfterID: after, TeamIDs: a.teams, Most: archivedAtOnce})
}

func (a *Archive) readDisplays(ctx context.Context, ids []uuid.UUID) ([]*record, error) {
	rows, err := a.engine.queries.ListDisplaysByID(ctx, a.tx, queries.ListDisplaysByIDParams{WorkspaceID: a.workspace, IDs: ids})
	return recordsOf(rows, displayRecord), err
}

func recordsOf[row any](rows []row, record func(row) *record) (all []*record) {
	for _, row := range rows {
		all = append(all, record(row))
	}
	return all
}

// SavedFile is a file of an archive, under the id of the attachment that names it.
type SavedFile struct {
	Attachment uuid.UUID
	Name       string
	Content    io.Reader // piece by piece, of the archive's V
}

// Files hands the files of all attachments to write in the order of Records.
func (a *Archive) Files(ctx context.Context, write func(SavedFile) error) error {
	return a.records(ctx, a.sourceOf("attachment"), func(attachments []SavedRecord) error {
		for _, one := range attachments {
			file, _ := uuid.Parse(text(one.Fields["file"]))
			content := &savedContent{ctx: ctx, archive: a, file: file, left: integer(one.Fields["size"])}
			if err := write(SavedFile{one.Record.ID(), text(one.Fields["name"]), content}); err != nil {
				return err
			}
		}
		return nil
	})
}

// savedContent reads a file in the archive's own transaction: what is removed meanwhile is still there for it.
type savedContent struct {
	ctx     context.Context // of the archive: io.Reader takes none
	archive *Archive
	file    uuid.UUID
	left    int64
	ordinal int32
	piece   []byte
}

// Read implements io.Reader.
func (c *savedContent) Read(p []byte) (int, error) {
	if len(c.piece) == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, c.piece)
	c.piece = c.piece[n:]
	return n, nil
}

func (c *savedContent) next() error {
	if c.left == 0 {
		return io.EOF
	}
	piece, err := c.archive.engine.queries.GetFilePiece(c.ctx, c.archive.tx, queries.GetFilePieceParams{WorkspaceID: c.archive.workspace, FileID: c.file, Ordinal: c.ordinal})
	if err == nil && int64(len(piece)) != min(filePiece, c.left) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read piece %d of file %s: %w", c.ordinal, c.file, err)
	}
	c.piece, c.left, c.ordinal = piece, c.left-int64(len(piece)), c.ordinal+1
	return nil
}
