// Package csv reads issues from tables: Tandem's own export, the exports of Linear and Jira, and whatever else names its columns.
//
// Columns are found by their names, in any case and order (see fields), or by what the caller says. Of a file that is Tandem's own,
// the apostrophe goes that keeps a cell from being a formula. Cells are parted by commas; by semicolons or tabs where the first line is.
//
// Not taken: comments, cycles, and columns that are not known, which is reported.
package csv

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"

	"tandem/internal/importer"
)

// Format is this package's name for what it reads.
const Format = "csv"

// Options says what the file itself does not.
type Options struct {
	File   string            // its name, for problems
	Source string            // what keys are of: the same key of another source is another issue
	Map    map[string]string // column -> field, before what is known of columns; "-" leaves a column out
	Fields []string          // the field of each column by its number, "" for none; where it is set, names of columns do not count
	Status map[string]string // status in the file -> status here
}

// ErrHeader is a first line in which no column holds titles.
var ErrHeader = errors.New("no column holds titles: the first line must name the columns, such as Title; or say which with --map \"Column=title\"")

// Parse reads one file and hands each issue to the sink as soon as it is read.
//
// A line that cannot be read, or has no title, is reported as a Problem and left out, the rest goes in. An error is returned if no column
// holds titles (ErrHeader), if the reader fails, or if sink.Issue does; the report is then of what was read so far.
func Parse(r io.Reader, options Options, sink importer.Sink) (importer.Report, error) {
	p := &parser{options: options, sink: sink, seen: map[string]bool{}, equals: map[string]int{}, people: map[string]bool{}, labels: map[string]bool{}}
	p.result.Source = importer.Source{Format: Format}
	err := p.read(bufio.NewReader(r))
	if err != nil {
		err = fmt.Errorf("read %s: %w", options.File, err)
	}
	return p.result, err
}

// parser is the state of one file.
type parser struct {
	options Options
	sink    importer.Sink
	columns []string // field of each column, "" for none
	own     bool     // Tandem wrote the file
	line    int
	item    int
	seen    map[string]bool // SourceIDs
	equals  map[string]int  // SourceIDs of lines without a key
	people  map[string]bool
	labels  map[string]bool
	result  importer.Report
}

func (p *parser) read(r *bufio.Reader) error {
	lines := newReader(r)
	header, err := lines.Read()
	if errors.Is(err, io.EOF) {
		return ErrHeader
	}
	if err != nil {
		return err
	}
	if err := p.name(header); err != nil {
		return err
	}
	for {
		cells, err := lines.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		p.item++
		if wrong, ok := errors.AsType[*csv.ParseError](err); ok {
			p.line = wrong.StartLine
			p.lose("", wrong.Err.Error())
			continue
		}
		if err != nil {
			return err
		}
		p.line, _ = lines.FieldPos(0)
		if err := p.take(cells); err != nil {
			return err
		}
	}
}

// separator is what parts the cells of the first line. It also takes the mark from the front that some programs put before UTF-8.
func separator(r *bufio.Reader) rune {
	if mark, _ := r.Peek(3); string(mark) == "\xEF\xBB\xBF" {
		_, _ = r.Discard(3) // what Peek has read
	}
	head, _ := r.Peek(4096) // what cannot be read fails again below
	first, _, _ := strings.Cut(string(head), "\n")
	best := ','
	for _, other := range []rune{';', '\t'} {
		if strings.Count(first, string(other)) > strings.Count(first, string(best)) {
			best = other
		}
	}
	return best
}

// note reports what is different from the file, lose what is not taken at all.
func (p *parser) note(what, text string) { p.problem(what, text, false) }
func (p *parser) lose(what, text string) { p.problem(what, text, true) }

func (p *parser) problem(what, text string, lost bool) {
	p.result.Summary.Problems++
	p.sink.Problem(importer.Problem{File: p.options.File, Line: p.line, Item: p.item, What: what, Text: text, Lost: lost})
}
