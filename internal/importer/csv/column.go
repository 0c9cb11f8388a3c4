package csv

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// fields are what a column may hold, each with the names that columns have for it: Tandem's own first, then Linear's and Jira's. Where a
// file has several for one field, the first of the list counts, but for labels, which add up.
var fields = map[string][]string{
	"key":            {"key", "id", "issue key", "identifier"},
	"title":          {"title", "summary", "name"},
	"description":    {"description"},
	"status":         {"status", "state"},
	"priority":       {"priority"},
	"assignee":       {"assignee"},
	"assignee email": {"assignee email"},
	"creator":        {"creator", "reporter", "author"},
	"labels":         {"labels", "label", "tags"},
	"project":        {"project"},
	"milestone":      {"milestone", "project milestone"},
	"parent":         {"parent", "parent issue", "parent key"},
	"due":            {"due", "due date"},
	"estimate":       {"estimate", "story points", "custom field (story points)"},
	"created":        {"created", "created at"},
	"updated":        {"updated", "updated at"},
	"completed":      {"completed", "resolved", "canceled"},
}

// Fields are the names that a column may be given, in order.
func Fields() []string { return slices.Sorted(maps.Keys(fields)) }

// Recognise tells what the columns of a header hold, as far as their names say it: a field for each, "" for none.
func Recognise(header []string) []string {
	p := &parser{}
	p.recognise(header, nil)
	return p.columns
}

// name finds what the columns hold.
func (p *parser) name(header []string) error {
	p.own = len(header) > 6 && header[0] == "Key" && header[6] == "Assignee email"
	p.columns = p.options.Fields
	if p.columns == nil {
		if err := p.nameByMap(header); err != nil {
			return err
		}
	}
	if !slices.Contains(p.columns, "title") {
		return ErrHeader
	}
	return nil
}

func (p *parser) recognise(header []string, said map[string]string) {
	p.columns = make([]string, len(header))
	for _, field := range Fields() {
		p.find(field, header, said)
	}
}

// nameByMap goes by the names of the columns, and what the caller says of them.
func (p *parser) nameByMap(header []string) error {
	said := map[string]string{}
	for column, field := range p.options.Map {
		said[plain(column)] = field
	}
	p.recognise(header, said)
	var left []string
	for at, column := range header {
		if p.columns[at] == "" && plain(column) != "" && said[plain(column)] != "-" {
			left = append(left, column)
		}
	}
	if len(left) > 0 {
		p.note("", "these columns are not taken: "+strings.Join(left, ", "))
	}
	for column := range said {
		if !slices.ContainsFunc(header, func(h string) bool { return plain(h) == column }) {
			return fmt.Errorf("--map names the column %q, which is not there: there are %s", column, strings.Join(header, ", "))
		}
	}
	return nil
}

// find gives a field its columns: those that the caller names, else those of the first name that the file has.
func (p *parser) find(field string, header []string, said map[string]string) {
	found := false
	for at, column := range header {
		if to, told := said[plain(column)]; told && to == field {
			p.columns[at], found = field, true
		}
	}
	for _, name := range fields[field] {
		for at, column := range header {
			if _, told := said[plain(column)]; plain(column) == name && !told && (!found || field == "labels" || field == "completed") {
				p.columns[at] = field
				found = found || field != "labels" && field != "completed"
			}
		}
	}
}

func plain(column string) string { return strings.ToLower(strings.TrimSpace(column)) }

// record is a line by fields. Cells of one field are alternatives, but for labels.
func (p *parser) record(cells []string) map[string]string {
	record := map[string]string{}
	for at, field := range p.columns {
		if field == "" || at >= len(cells) {
			continue
		}
		cell := strings.ToValidUTF8(strings.ReplaceAll(strings.ReplaceAll(cells[at], "\r\n", "\n"), "\x00", ""), "\uFFFD")
		if p.own {
			cell = bare(cell)
		}
		switch {
		case record[field] == "":
			record[field] = cell
		case field == "labels" && cell != "":
			record[field] += ", " + cell
		}
	}
	return record
}

// bare takes off the apostrophe that an export puts before what would be a formula.
func bare(cell string) string {
	text := strings.TrimLeft(cell, "'")
	if len(text) < len(cell) && text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return cell[1:]
	}
	return cell
}
