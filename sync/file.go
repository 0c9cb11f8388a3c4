package sync

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// Files are kept beside the log: an upload is none of its entries, the attachment that names it is. They lie in PostgreSQL, so that
// every node has them and a backup holds them, and in pieces, so that nobody has to hold a whole one in memory.
const (
	// MaxFile is how many bytes a file may have.
	MaxFile   = 10 << 20
	filePiece = 256 << 10
	maxPixels = 1 << 30
)

// ErrFileTooLarge is what becomes of a file with more than MaxFile.
var ErrFileTooLarge = &Error{Kind: Invalid, Code: CodeTooLarge, Text: fmt.Sprintf("A file may have at most %d MiB. Choose a smaller one.", MaxFile>>20)}

// NewFile is a file on its way in.
type NewFile struct {
	Content       io.ReadSeeker
	Type          string // as the content looks
	Width, Height int    // in pixels; zero: unknown
}

// KeepFile stores a file and returns the id by which a new attachment names it. The same content is stored once a workspace. A file
// that no attachment has named within a day is deleted. A workspace that is full takes only what it has already; those that are being
// stored at the same moment do not see each other, so it can end a few files above Options.FileSpace.
func (e *Engine) KeepFile(ctx context.Context, actor Actor, file NewFile) (uuid.UUID, error) {
	sum, size, err := sumOf(file.Content)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := e.queries.RenewFile(ctx, e.pool, queries.RenewFileParams{WorkspaceID: actor.Workspace, Sha256: sum})
	if !errors.Is(err, pgx.ErrNoRows) {
		return id, err
	}
	row := queries.InsertFileParams{WorkspaceID: actor.Workspace, ID: uuid.New(), Sha256: sum, Size: size, Type: file.Type, Width: pixels(file.Width), Height: pixels(file.Height)}
	err = pgx.BeginFunc(ctx, e.pool, func(tx pgx.Tx) error {
		if id, err = e.queries.InsertFile(ctx, tx, row); err != nil || id != row.ID {
			return err
		}
		if err := e.checkFileSpace(ctx, tx, actor.Workspace); err != nil {
			return err
		}
		return e.keepPieces(ctx, tx, row, file.Content)
	})
	if err != nil {
		return uuid.Nil, fmt.Errorf("keep a file: %w", err)
	}
	return id, nil
}

// sumOf reads a file through, and refuses one that is not to be kept.
func sumOf(content io.Reader) ([]byte, int64, error) {
	sum := sha256.New()
	size, err := io.Copy(sum, content)
	switch {
	case err != nil:
		return nil, 0, fmt.Errorf("read the file: %w", err)
	case size == 0:
		return nil, 0, invalid("file", "This file is empty. Choose another one.")
	case size > MaxFile:
		return nil, 0, ErrFileTooLarge
	}
	return sum.Sum(nil), size, nil
}

// checkFileSpace counts the new file too.
func (e *Engine) checkFileSpace(ctx context.Context, tx pgx.Tx, workspace uuid.UUID) error {
	if e.fileSpace == 0 {
		return nil
	}
	taken, err := e.queries.SumFiles(ctx, tx, workspace)
	if err == nil && taken > e.fileSpace {
		return &Error{Kind: Invalid, Code: CodeTooLarge, Text: fmt.Sprintf("This workspace's files are full: it has room for %d MiB. Remove some, which makes room %d days later, or ask whoever runs this site for more.",
			e.fileSpace>>20, int(trashedLife.Hours()/24))}
	}
	return err
}

func (e *Engine) keepPieces(ctx context.Context, tx pgx.Tx, file queries.InsertFileParams, content io.ReadSeeker) error {
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	piece := make([]byte, min(filePiece, file.Size))
	for at := int64(0); at < file.Size; at += filePiece {
		piece = piece[:min(filePiece, file.Size-at)]
		if _, err := io.ReadFull(content, piece); err != nil {
			return err
		}
		kept := queries.InsertFilePieceParams{WorkspaceID: file.WorkspaceID, FileID: file.ID, Ordinal: int32(at / filePiece), Content: piece}
		if err := e.queries.InsertFilePiece(ctx, tx, kept); err != nil {
			return err
		}
	}
	return nil
}

func pixels(count int) *int32 {
	if count < 1 || count > maxPixels {
		return nil
	}
	short := int32(count)
	return &short
}

// fileID names the content of an attachment. It is no reference: a file is no record.
func fileID() shape {
	return shape{says: "id of an uploaded file", column: asIs, read: func(raw any) (value, string) {
		s, _ := raw.(string)
		id, err := uuid.Parse(s)
		if err != nil {
			return nil, "Name it by the id that its upload was answered with."
		}
		return id.String(), ""
	}}
}

// FileReader reads the content of a file, piece by piece: a slow reader holds no connection. It is an io.ReadSeeker for one goroutine.
type FileReader struct {
	engine    *Engine
	ctx       context.Context // of the request that reads: io.Reader takes none
	workspace uuid.UUID
	file      uuid.UUID
	sum       []byte
	size, at  int64
	piece     []byte
	ordinal   int64 // of the piece, where there is one
	failed    error
}

// Err is the first error of reading: one who copies a file to somebody cannot tell it from one of writing.
func (r *FileReader) Err() error { return r.failed }

// Tag names the content: another one has another tag.
func (r *FileReader) Tag() string { return hex.EncodeToString(r.sum) }

// Read implements io.Reader.
func (r *FileReader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if ordinal := r.at / filePiece; r.piece == nil || ordinal != r.ordinal {
		if err := r.load(ordinal); err != nil {
			r.failed = firstError(r.failed, err)
			return 0, err
		}
	}
	n := copy(p, r.piece[r.at-r.ordinal*filePiece:])
	r.at += int64(n)
	return n, nil
}

// load reads a piece, and makes sure that it is whole.
func (r *FileReader) load(ordinal int64) error {
	piece, err := r.engine.queries.GetFilePiece(r.ctx, r.engine.pool, queries.GetFilePieceParams{WorkspaceID: r.workspace, FileID: r.file, Ordinal: int32(ordinal)})
	if err == nil && int64(len(piece)) != min(filePiece, r.size-ordinal*filePiece) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return fmt.Errorf("read piece %d of file %s: %w", ordinal, r.file, err)
	}
	r.piece, r.ordinal = piece, ordinal
	return nil
}

// Seek implements io.Seeker.
func (r *FileReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return 0, errors.New("seek before the beginning of a file")
	}
	r.at = offset
	return offset, nil
}
