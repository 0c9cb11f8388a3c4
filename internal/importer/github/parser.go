package github

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"tandem/internal/importer"
)

// parser is the state of one file.
type parser struct {
	options Options
	sink    importer.Sink
	limit   int
	format  format

	repo       string // what the archive's head says
	source     string // the repository of the first issue
	line, item int
	nul        bool // the item at hand held a NUL
	seen       map[string]struct{}
	labels     registry[importer.Label]
	people     registry[importer.Person]
	summary    importer.Summary
}

func newParser(options Options, sink importer.Sink, limit int) *parser {
	return &parser{options: options, sink: sink, limit: limit, seen: map[string]struct{}{}}
}

func (p *parser) report() importer.Report {
	return importer.Report{
		Source:  importer.Source{Format: string(p.format), Repo: cmp.Or(p.source, p.repo, p.options.Repo)},
		Labels:  p.labels.all,
		People:  p.people.all,
		Summary: p.summary,
	}
}

// take reads one item. The error is that of the sink.
func (p *parser) take(raw []byte, pull bool) error {
	p.item++
	if len(raw) == 0 || raw[0] != '{' {
		p.lose("", "not an object: "+clip(raw))
		return nil
	}
	entry, err := decode(raw)
	if err != nil {
		p.lose(entry.what(), syntax(err))
		return nil
	}
	if !utf8.Valid(raw) {
		p.note(entry.what(), "the text is not valid UTF-8: what could not be read became U+FFFD")
	}
	return p.hand(entry, pull || entry.pull)
}

func (p *parser) hand(entry entry, pull bool) error {
	p.nul = false
	issue, ok := p.issue(entry, pull)
	if p.nul {
		p.note(entry.what(), "NUL characters were removed")
	}
	if !ok {
		return nil
	}
	p.summary.Count(issue)
	return p.sink.Issue(issue)
}

// first tells whether the id is a new one, and reports it otherwise.
func (p *parser) first(what, id string) bool {
	if _, again := p.seen[id]; again {
		p.lose(what, "the file has an earlier issue with this number")
		return false
	}
	p.seen[id] = struct{}{}
	return true
}

// repoOf names the repository of an item: ids must not change with the place from which a file was read, so what the item
// says itself goes first, and the file's name last.
func (p *parser) repoOf(it item) string {
	repo := cmp.Or(parseAddress(it.HTMLURL).repo, parseAddress(it.URL).repo, p.repo, p.options.Repo)
	if repo == "" {
		repo = strings.TrimSuffix(path.Base(p.options.File), ".gz")
		if p.source == "" {
			p.note(it.what(), fmt.Sprintf("no repository is named: %q stands for it", repo))
		}
	}
	if p.source == "" {
		p.source = repo
	}
	return repo
}

// note reports what is different from the file, lose what is not taken at all.
func (p *parser) note(what, text string) { p.problem(what, text, false) }
func (p *parser) lose(what, text string) { p.problem(what, text, true) }

func (p *parser) problem(what, text string, lost bool) {
	p.summary.Problems++
	p.sink.Problem(importer.Problem{
		File: p.options.File, Line: p.line, Item: p.item, What: what, Text: text, Lost: lost,
	})
}

// syntax says in a reader's words why JSON could not be read.
func syntax(err error) string {
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("%q cannot be a %s", wrong.Field, wrong.Value)
	}
	return "not valid JSON: " + err.Error()
}

func clip(raw []byte) string {
	const most = 40
	if len(raw) > most {
		raw = append(bytes.Clone(raw[:most]), "..."...)
	}
	return strings.ToValidUTF8(string(raw), "\uFFFD")
}
