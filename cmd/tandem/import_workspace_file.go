package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"tandem/handlers"
	"tandem/sync"
)

// archiveFile is an export, of which all has been read once and found whole.
type archiveFile struct {
	zip       *zip.ReadCloser
	path      string
	kinds     []string // that it holds, what others refer to first
	digest    string   // the same for the same content
	workspace sync.SavedRecord

	counts  map[string]int
	there   map[sync.Ref]bool
	above   map[sync.Ref]sync.Ref // parents of issues and comments that have some
	levels  map[sync.Ref]int      // how deep below others those lie
	deepest map[string]int        // by kind
}

// openArchive reads the file from end to end before anybody builds on it.
func openArchive(path string) (*archiveFile, error) {
	opened, err := zip.OpenReader(path)
	if err != nil {
		return nil, fmt.Errorf("%s is no export, or only a part of one: %w", path, err)
	}
	f := &archiveFile{zip: opened, path: path, counts: map[string]int{}, there: map[sync.Ref]bool{}, above: map[sync.Ref]sync.Ref{},
		levels: map[sync.Ref]int{}, deepest: map[string]int{}}
	if err := f.check(); err != nil {
		opened.Close()
		return nil, fmt.Errorf("%s: %w; nothing was changed", path, readable(err))
	}
	return f, nil
}

func (f *archiveFile) close() { f.zip.Close() }

func (f *archiveFile) total() (sum int) {
	for _, count := range f.counts {
		sum += count
	}
	return sum
}

func (f *archiveFile) check() error {
	if err := f.readSchema(); err != nil {
		return err
	}
	sum := sha256.New()
	for _, part := range f.zip.File {
		fmt.Fprintf(sum, "%q %d %08x\n", part.Name, part.UncompressedSize64, part.CRC32)
	}
	f.digest = hex.EncodeToString(sum.Sum(nil))
	if err := f.readWorkspace(); err != nil {
		return err
	}
	for _, kind := range f.kinds {
		if err := f.each(kind, f.survey); err != nil {
			return err
		}
	}
	for ref := range f.above {
		if err := f.measure(ref); err != nil {
			return err
		}
	}
	for _, kind := range f.kinds {
		if err := f.each(kind, f.checkReferences); err != nil {
			return err
		}
	}
	return f.each("attachment", f.checkAttachment)
}

func (f *archiveFile) readSchema() error {
	from, err := f.zip.Open(handlers.ArchiveSchema)
	if err != nil {
		return errors.New("this is no export of a workspace, which has a schema.json")
	}
	defer from.Close()
	var contents handlers.ArchiveContents
	if err := json.NewDecoder(from).Decode(&contents); err != nil {
		return fmt.Errorf("schema.json cannot be read: %w", err)
	}
	if contents.Format != handlers.ArchiveFormat {
		return fmt.Errorf("it has the format %d, which this build does not know: use a newer build", contents.Format)
	}
	held := map[string]bool{}
	for _, kind := range contents.Kinds {
		held[kind.Kind] = kind.Absent == ""
	}
	for _, kind := range sync.SavedKinds() { // in this build's order
		if held[kind.Kind] && kind.Absent == "" && kind.Kind != "workspace" {
			f.kinds = append(f.kinds, kind.Kind)
		}
		delete(held, kind.Kind)
	}
	for kind, is := range held {
		if is {
			return fmt.Errorf("it holds records of kind %s, which this build does not know: use a newer build", kind)
		}
	}
	return nil
}

func (f *archiveFile) readWorkspace() error {
	found := 0
	err := f.each("workspace", func(record sync.SavedRecord) error {
		f.workspace = record
		found++
		return nil
	})
	if err == nil && found != 1 {
		err = fmt.Errorf("it tells of %d workspaces, not of one", found)
	}
	return err
}

// each reads the records of a kind again, one at a time. An error names the line.
func (f *archiveFile) each(kind string, take func(sync.SavedRecord) error) error {
	name := handlers.ArchiveData + kind + handlers.ArchiveDataEnd
	from, err := f.zip.Open(name)
	if err != nil {
		return fmt.Errorf("%s is missing", name)
	}
	defer from.Close()
	decoder := json.NewDecoder(from)
	decoder.DisallowUnknownFields()
	for line := 1; ; line++ {
		var record sync.SavedRecord
		err := decoder.Decode(&record)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil && !strings.HasPrefix(string(record.Record), kind+":") {
			err = fmt.Errorf("%q is none of this kind", record.Record)
		}
		if err == nil {
			err = take(record)
		}
		if err != nil {
			return fmt.Errorf("%s, record %d: %w", name, line, readable(err))
		}
	}
}

// survey notes what there is.
func (f *archiveFile) survey(record sync.SavedRecord) error {
	kind, _, _ := record.Record.Parse()
	if f.there[record.Record] {
		return fmt.Errorf("%s is there twice", record.Record)
	}
	if _, err := sync.CheckSaved(record); err != nil {
		return err
	}
	f.there[record.Record] = true
	f.counts[kind]++
	if parent := text(record, "parent"); parent != "" {
		f.above[record.Record] = sync.Ref(parent)
	}
	return nil
}

// measure finds how deep a record lies.
func (f *archiveFile) measure(ref sync.Ref) error {
	depth := 0
	for at := ref; f.above[at] != ""; at = f.above[at] {
		if depth++; depth > len(f.above) {
			return fmt.Errorf("%s lies below itself", ref)
		}
	}
	kind, _, _ := ref.Parse()
	f.levels[ref], f.deepest[kind] = depth, max(f.deepest[kind], depth)
	return nil
}

func (f *archiveFile) level(ref sync.Ref) int { return f.levels[ref] }

func (f *archiveFile) checkReferences(record sync.SavedRecord) error {
	refs, err := sync.CheckSaved(record)
	for _, ref := range refs {
		if !f.there[ref] {
			return fmt.Errorf("it refers to %s, which is not there", ref)
		}
	}
	return err
}

func (f *archiveFile) checkAttachment(record sync.SavedRecord) error {
	from, err := f.openAttachment(record)
	if err != nil {
		return err
	}
	defer from.Close()
	size, err := io.Copy(io.Discard, from)
	if err == nil && float64(size) != record.Fields["size"] {
		err = fmt.Errorf("its file has %d bytes", size)
	}
	return err
}

// attachment is the content of an attachment's file, which is short enough to be held.
func (f *archiveFile) attachment(record sync.SavedRecord) (io.ReadSeeker, error) {
	from, err := f.openAttachment(record)
	if err != nil {
		return nil, err
	}
	defer from.Close()
	content, err := io.ReadAll(io.LimitReader(from, sync.MaxFile+1))
	return bytes.NewReader(content), err
}

func (f *archiveFile) openAttachment(record sync.SavedRecord) (io.ReadCloser, error) {
	_, id, _ := record.Record.Parse()
	name := handlers.ArchiveAttachments + id.String() + "/" + text(record, "name")
	from, err := f.zip.Open(name)
	if err != nil {
		return nil, fmt.Errorf("the file %s is missing", name)
	}
	return from, nil
}
