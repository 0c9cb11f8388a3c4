// Package github reads issues that were saved from GitHub.
//
// Two families of files are read, plain or gzip, and told apart by their content:
//
//   - REST v3: an issue per line, or a JSON array of issues as the API answers, or one issue after the other. Each is either
//     wrapped with its timeline, {"type", "issue" or "pull", "events"}, or bare as the API lists it. A bare issue has no
//     comments: they come from a second call. What "gh issue list --json" prints is read too.
//   - The archive of an IETF working group: {"magic", "repo", "labels", "issues", "pulls"}, comments inside the issues.
//
// Not taken: milestones, reactions, locks, and remarks on the code of a pull request (they are counted).
package github

import (
	"fmt"
	"io"

	"tandem/internal/importer"
)

// maxItem bounds the memory that one issue with its comments may take as JSON. It is many times the largest that GitHub
// allows to arise (2,500 comments of 64 KiB are never reached in practice).
const maxItem = 64 << 20

// Options says what the file itself may not.
type Options struct {
	File string // its name, for problems
	Repo string // "owner/repo", used where the file names none
}

// Parse reads one file and hands each issue to the sink as soon as it is read, so memory is bounded by the largest issue.
//
// An item that cannot be read is reported as a Problem and left out, the rest goes in. A list that breaks off in the middle
// of its JSON is a Problem too, for nothing after that can be found again. An error is returned if the file is of no known
// format (ErrFormat), if the reader fails, or if sink.Issue does; the report is then of what was read so far.
//
// The texts are those of the file except that CRLF becomes LF; NUL is removed; a title over importer.MaxTitle is shortened
// and stands whole at the head of the body; and a text over importer.MaxText is cut with a visible note at its end. All but
// the first are reported. A second issue with the SourceID of an earlier one is left out.
func Parse(r io.Reader, options Options, sink importer.Sink) (importer.Report, error) {
	return parse(r, options, sink, maxItem)
}

func parse(r io.Reader, options Options, sink importer.Sink, limit int) (importer.Report, error) {
	p := newParser(options, sink, limit)
	in, err := open(r, limit)
	if err == nil {
		err = p.read(in)
	}
	if err != nil {
		err = fmt.Errorf("read %s: %w", options.File, err)
	}
	return p.report(), err
}

func (p *parser) read(in *input) error {
	switch p.format = in.detect(); p.format {
	case formatLines:
		return p.lines(in)
	case formatList, formatValues:
		return p.values(in)
	case formatArchive:
		return p.archive(in)
	default:
		return ErrFormat
	}
}
