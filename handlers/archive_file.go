package handlers

import (
	"archive/zip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"tandem/sync"
)

// The names in an archive's file, for who writes and who reads it.
const (
	ArchiveFormat      = 1
	ArchiveSchema      = "schema.json"
	ArchiveData        = "data/" // and the kind
	ArchiveDataEnd     = ".jsonl"
	ArchiveAttachments = "attachments/" // and the attachment's id and name
)

// ArchiveContents is what the schema in an archive's file says of it.
type ArchiveContents struct {
	Format int              `json:"format"`
	Kinds  []sync.SavedKind `json:"kinds"`
}

const archiveReadme = `This is a whole workspace of Tandem, a self-hosted issue tracker, as it was at one moment.

issues.csv      all issues as a table, for spreadsheets. An apostrophe stands before what one would take for a formula.
data/           a file for each kind of record, and in it a record on each line, as JSON:
                {"record": "issue:ID", "fields": {...}}. Records refer to each other by such names.
schema.json     which kinds and fields there are and what values they have; and which kinds are not here, and why.
attachments/    the files of the issues: attachments/ID/NAME is of the record attachment:ID.

All teams are here, the private ones too, and the e-mail addresses of all people: keep this file where you keep what is
confidential. Not here are passwords, tokens, links of shares and invites, what is somebody's alone, the history of
changes, and what lies in the trash; but for people who have left, whom comments name, and statuses, in which issues are.

To bring it back, into a Tandem that does not have this workspace:

    tandem import workspace FILE.zip --workspace NAME

Take the name that it had: texts that show files, and links in them, begin with it. All people
are placeholders then, until they join with the same e-mail address: the first by
"tandem user add EMAIL --name NAME --workspace NAME --role admin --password-stdin", the others by invite links.
Who comes by a link gets its role and its team; let them into private teams again.
To keep everything, with accounts and history, use "tandem backup" instead.
`

// WriteArchive writes an archive as a zip file, bit by bit: nothing of it is held in memory as a whole. Of the same records the same bytes
// come, so nothing in it tells when or where it was written.
func WriteArchive(ctx context.Context, archive *sync.Archive, to io.Writer) error {
	file := &archiveFile{ctx: ctx, archive: archive, zip: zip.NewWriter(to)}
	for _, part := range []func() error{file.writeReadme, file.writeSchema, file.writeTable, file.writeRecords, file.writeAttachments, file.zip.Close} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

type archiveFile struct {
	ctx     context.Context // of who reads the archive: the parts take none
	archive *sync.Archive
	zip     *zip.Writer
}

// create begins the next part. What is written to it ends when the reader has gone.
func (f *archiveFile) create(name string) (io.Writer, error) {
	if err := f.ctx.Err(); err != nil {
		return nil, err
	}
	return f.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
}

func (f *archiveFile) writeReadme() error {
	to, err := f.create("README.txt")
	if err != nil {
		return err
	}
	_, err = io.WriteString(to, archiveReadme)
	return err
}

func (f *archiveFile) writeSchema() error {
	to, err := f.create(ArchiveSchema)
	if err != nil {
		return err
	}
	encoder := archiveEncoder(to)
	encoder.SetIndent("", "  ")
	return encoder.Encode(ArchiveContents{ArchiveFormat, sync.SavedKinds()})
}

// archiveEncoder writes texts as they are.
func archiveEncoder(to io.Writer) *json.Encoder {
	encoder := json.NewEncoder(to)
	encoder.SetEscapeHTML(false)
	return encoder
}

func (f *archiveFile) writeTable() error {
	to, err := f.create("issues.csv")
	if err != nil {
		return err
	}
	table := &csvTable{}
	if err := table.write(to, nil); err != nil {
		return err
	}
	return f.archive.Issues(f.ctx, func(issues []sync.ExportedIssue) error { return table.write(to, issues) })
}

func (f *archiveFile) writeRecords() error {
	for _, kind := range sync.SavedKinds() {
		if kind.Absent != "" {
			continue
		}
		to, err := f.create(ArchiveData + kind.Kind + ArchiveDataEnd)
		if err != nil {
			return err
		}
		encoder := archiveEncoder(to)
		err = f.archive.Records(f.ctx, kind.Kind, func(records []sync.SavedRecord) error {
			for _, record := range records {
				if err := encoder.Encode(record); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("archive %s: %w", kind.Kind, err)
		}
	}
	return nil
}

func (f *archiveFile) writeAttachments() error {
	return f.archive.Files(f.ctx, func(file sync.SavedFile) error {
		to, err := f.create(ArchiveAttachments + file.Attachment.String() + "/" + file.Name)
		if err != nil {
			return err
		}
		_, err = io.Copy(to, file.Content)
		return err
	})
}
