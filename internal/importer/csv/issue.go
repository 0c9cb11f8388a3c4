package csv

import (
	"cmp"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tandem/internal/importer"
)

// take reads one line. The error is that of the sink.
func (p *parser) take(cells []string) error {
	r := p.record(cells)
	what := strings.TrimSpace(r["key"])
	issue := importer.Issue{SourceID: p.sourceID(what), Number: numberIn(what), Title: oneLine(r["title"]), Body: r["description"], State: importer.Open}
	if issue.Title == "" {
		p.lose(what, "there is no title")
		return nil
	}
	if what == "" {
		issue.SourceID = p.unkeyed(issue.Title, strings.TrimSpace(r["created"]))
	}
	if p.seen[issue.SourceID] {
		p.lose(what, "the file has an earlier issue with this key")
		return nil
	}
	p.seen[issue.SourceID] = true
	p.fit(what, &issue)
	p.date(what, &issue, r)
	p.plan(what, &issue, r)
	p.cast(&issue, r)
	p.result.Summary.Count(issue)
	return p.sink.Issue(issue)
}

// oneLine puts spaces for line breaks, which a cell may have and a title not.
func oneLine(text string) string {
	return strings.TrimSpace(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), " "))
}

// unkeyed stays the same when other lines come or go; of equal lines, each but the first is known by how many are before it.
func (p *parser) unkeyed(title, created string) string {
	id := p.sourceID("no key, of " + created + ": " + title)
	if p.equals[id]++; p.equals[id] > 1 {
		id += fmt.Sprintf("\x1F%d", p.equals[id])
	}
	return id
}

func (p *parser) sourceID(key string) string { return "csv:" + p.options.Source + "#" + key }

// numberIn is the number of a key such as ENG-12; 0 for what is no such key.
func numberIn(key string) int {
	_, digits, _ := strings.Cut(key, "-")
	number, err := strconv.Atoi(digits)
	if err != nil || number < 0 {
		return 0
	}
	return number
}

// fit cuts what the product cannot hold.
func (p *parser) fit(what string, issue *importer.Issue) {
	if utf8.RuneCountInString(issue.Title) > importer.MaxTitle {
		p.note(what, fmt.Sprintf("the title is longer than %d characters: it was cut, and stands whole above the description", importer.MaxTitle))
		issue.Body = issue.Title + "\n\n" + issue.Body
		issue.Title = string([]rune(issue.Title)[:importer.MaxTitle-1]) + "…"
	}
	if len(issue.Body) > importer.MaxText {
		p.note(what, fmt.Sprintf("the description has %d bytes, the limit is %d: it was cut, with a note at its end", len(issue.Body), importer.MaxText))
		end := "\n\n*(Cut by the import.)*"
		issue.Body = strings.ToValidUTF8(issue.Body[:importer.MaxText-len(end)], "") + end
	}
}

// layouts are those of Tandem and Linear, of Linear's older files, and of Jira. A time without a zone is taken as UTC.
var layouts = [...]string{time.RFC3339Nano, "Mon Jan 02 2006 15:04:05 GMT-0700 (MST)", "02/Jan/06 3:04 PM", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly}

func (p *parser) time(what, column, text string) time.Time {
	text = strings.TrimSpace(text)
	if text == "" {
		return time.Time{}
	}
	if at := strings.Index(text, " ("); at > 0 { // the name of the zone, which stands before it in figures
		text = text[:at]
	}
	for _, layout := range append(layouts[:], "Mon Jan 02 2006 15:04:05 GMT-0700") {
		t, err := time.Parse(layout, text)
		if err == nil && (t.UTC().Year() < 1900 || t.UTC().Year() > 9998) { // an empty cell of a spreadsheet may read 1899-12-30
			p.note(what, fmt.Sprintf("%s is no time from 1900 to 9998: %q", column, text))
			return time.Time{}
		}
		if err == nil {
			return t.UTC()
		}
	}
	p.note(what, fmt.Sprintf("%s is no time: %q", column, text))
	return time.Time{}
}

func (p *parser) date(what string, issue *importer.Issue, r map[string]string) {
	issue.CreatedAt, issue.UpdatedAt = p.time(what, "created", r["created"]), p.time(what, "updated", r["updated"])
	if closed := p.time(what, "completed", r["completed"]); !closed.IsZero() {
		issue.State, issue.ClosedAt = importer.Closed, closed
	}
	if issue.CreatedAt.IsZero() {
		issue.CreatedAt = issue.UpdatedAt
	}
	if due := p.time(what, "due", r["due"]); !due.IsZero() {
		issue.Planned.Due = due.Format(time.DateOnly)
	}
}

// priorities are those of Tandem and Linear, and of Jira.
var priorities = map[string]int{"": 0, "no priority": 0, "none": 0, "urgent": 1, "high": 2, "medium": 3, "normal": 3, "low": 4,
	"blocker": 1, "critical": 1, "highest": 1, "lowest": 4, "minor": 4, "trivial": 4, "major": 2}

func (p *parser) plan(what string, issue *importer.Issue, r map[string]string) {
	status := strings.TrimSpace(r["status"])
	issue.Planned.Status = status
	for theirs, ours := range p.options.Status {
		if strings.EqualFold(theirs, status) {
			issue.Planned.Status = ours
		}
	}
	priority, known := priorities[strings.ToLower(strings.TrimSpace(r["priority"]))]
	if !known {
		p.note(what, fmt.Sprintf("there is no priority %q: it has none", r["priority"]))
	}
	issue.Planned.Priority = priority
	issue.Planned.Project, issue.Planned.Milestone = strings.TrimSpace(r["project"]), strings.TrimSpace(r["milestone"])
	if parent := strings.TrimSpace(r["parent"]); parent != "" {
		issue.Planned.Parent = p.sourceID(parent)
	}
	if estimate := strings.TrimSpace(r["estimate"]); estimate != "" {
		points, err := strconv.ParseFloat(estimate, 64)
		if whole := int(points); err == nil && points >= 0 && points <= 1000 && float64(whole) == points {
			issue.Planned.Estimate = &whole
		} else {
			p.note(what, fmt.Sprintf("no whole number to 1000: the estimate %q", estimate))
		}
	}
	for _, label := range p.namesIn(what, r["labels"]) {
		issue.Labels = append(issue.Labels, importer.Label{Name: label})
		if !p.labels[label] {
			p.labels[label] = true
			p.result.Labels = append(p.result.Labels, importer.Label{Name: label})
		}
	}
}

// namesIn reads a cell of names parted by commas, which are quoted where they have commas of their own.
func (p *parser) namesIn(what, cell string) []string {
	if strings.TrimSpace(cell) == "" {
		return nil
	}
	names := csv.NewReader(strings.NewReader(cell))
	names.TrimLeadingSpace = true
	found, err := names.Read()
	if err != nil {
		p.note(what, fmt.Sprintf("labels cannot be read: %q", cell))
		return nil
	}
	var kept []string
	for _, name := range found {
		if name = strings.TrimSpace(name); name != "" {
			kept = append(kept, name)
		}
	}
	return kept
}

// cast is the issue's author and assignee.
func (p *parser) cast(issue *importer.Issue, r map[string]string) {
	issue.Author = cmp.Or(p.person(r["creator"], ""), importer.Ghost)
	if assignee := p.person(r["assignee"], r["assignee email"]); assignee != "" {
		issue.Assignees = []string{assignee}
	}
}

// person remembers somebody, and returns what they go by: their address, or else their name.
func (p *parser) person(name, email string) string {
	name, email = strings.TrimSpace(name), strings.TrimSpace(email)
	if email == "" && strings.Contains(name, "@") {
		email = name
	}
	login := cmp.Or(email, name)
	if login != "" && !p.people[login] {
		p.people[login] = true
		p.result.People = append(p.result.People, importer.Person{Login: login, Name: name, Email: email, Named: true})
	}
	return login
}
