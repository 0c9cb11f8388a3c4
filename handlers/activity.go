package handlers

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

const (
	foldWithin = 5 * time.Minute // changes by one person that are one line
	settling   = 3 * time.Minute // in which a new issue's author only finishes it
)

// activity is the issue's time line: comments, and what people did to its fields.
func (p issuePage) activity() []views.ActivityEntry {
	lines := p.lines()
	var entries []views.ActivityEntry
	comments := p.Comments
	for _, line := range lines {
		for len(comments) > 0 && comments[0].CreatedAt.Before(line.At) {
			entries, comments = append(entries, p.commentEntry(comments[0])), comments[1:]
		}
		entries = append(entries, views.ActivityEntry{Change: &line})
	}
	for _, comment := range comments {
		entries = append(entries, p.commentEntry(comment))
	}
	return entries
}

func (p issuePage) commentEntry(row sync.CommentRow) views.ActivityEntry {
	comment := p.comment(row)
	return views.ActivityEntry{Comment: &comment}
}

// lines are the changes in words. One person's within a few minutes are one line, unless a comment lies between.
func (p issuePage) lines() []views.ChangeData {
	n := named{p.Snapshot}
	var lines []views.ChangeData
	for _, change := range p.Changes {
		line := views.ChangeData{By: n.member(change.Member), At: change.At.In(n.zone(p.IssueRow.Team)), Imported: change.Imported}
		line.Verb, line.Fields = p.words(change)
		if line.Verb == "" && len(line.Fields) == 0 {
			continue
		}
		if last := len(lines) - 1; last >= 0 && p.folds(lines[last], line) {
			lines[last].Fields = append(lines[last].Fields, line.Fields...)
			continue
		}
		lines = append(lines, line)
	}
	return lines
}

func (p issuePage) folds(earlier, later views.ChangeData) bool {
	near := later.At.Sub(earlier.At) < foldWithin && earlier.By.ID == later.By.ID
	plain := earlier.Verb == "" && later.Verb == "" && earlier.Imported == later.Imported
	commented := slices.ContainsFunc(p.Comments, func(c sync.CommentRow) bool {
		return c.CreatedAt.After(earlier.At) && c.CreatedAt.Before(later.At)
	})
	return near && plain && !commented
}

// words say what a change was: a verb for the whole issue, or its fields.
func (p issuePage) words(change sync.Change) (verb string, fields []views.FieldChange) {
	if change.Kind == "share" {
		return map[sync.Verb]string{sync.Create: "shared the issue", sync.Delete: "ended a share"}[change.Op], nil
	}
	if change.Kind == "relation" {
		return p.relationWords(change), nil
	}
	if change.Kind == "attachment" {
		return p.attachmentWords(change), nil
	}
	if change.Kind != "issue" {
		return "", nil
	}
	switch change.Op {
	case sync.Create:
		return "created the issue", nil
	case sync.Delete:
		return "moved the issue to the trash", nil
	case sync.Restore:
		return "restored the issue", nil
	}
	if change.Transfer {
		return p.transfer(change)
	}
	if change.Member == p.Author && change.At.Sub(p.CreatedAt) < settling && len(change.Overwrote) == 0 {
		return "", nil
	}
	return "", p.fieldChanges(change)
}

// transfer says between which teams an issue went, under which keys, and what else became of it there. A team that the
// reader does not see has no key, and then nothing is said of what the issue had in it.
func (p issuePage) transfer(change sync.Change) (verb string, fields []views.FieldChange) {
	was, is := p.keyIn(change.Before), p.keyIn(change.After)
	switch {
	case was == "" && is == "":
		return "", nil
	case was == "":
		return "moved this to " + is, nil
	case is == "":
		return "moved this from " + was, nil
	}
	alike := func(f views.FieldChange) bool { return f.Old == f.New }
	return "moved this from " + was + " to " + is, slices.DeleteFunc(p.fieldChanges(change), alike)
}

// keyIn is the key that a line of the history gives the issue, or "" where it names no team.
func (p issuePage) keyIn(values map[string]any) string {
	team, _ := values["team"].(string)
	number, _ := values["number"].(int64)
	if team == "" {
		return ""
	}
	return p.Key(sync.Ref(team).ID(), number)
}

// shownFields are the fields whose changes are told, in this order.
var shownFields = []string{"title", "description", "status", "priority", "assignee", "labels", "project", "milestone", "parent", "due", "estimate", "cycle"}

func (p issuePage) fieldChanges(change sync.Change) []views.FieldChange {
	var fields []views.FieldChange
	for _, name := range shownFields {
		after, changed := change.After[name]
		if !changed {
			continue
		}
		field := views.FieldChange{Field: p.fieldWords(change, name), Lost: p.lost(change, name)}
		if field.Text = name == "description"; !field.Text {
			field.Old, field.New = p.difference(name, change.Before[name], after)
		}
		fields = append(fields, field)
	}
	return fields
}

// fieldWords name a field, and whose value of the same moment was replaced.
func (p issuePage) fieldWords(change sync.Change, name string) string {
	lost, raced := change.Overwrote[name]
	if !raced {
		return fieldName(name)
	}
	n := named{p.Snapshot}
	who := n.member(lost.Member).Name
	if who == "" {
		who = "somebody"
	}
	return fieldName(name) + ", replacing what " + who + " had just chosen (" + n.words(name, lost.Value) + "),"
}

// lost is a value that the change replaced in the same moment, while it is the last word on its field: then who had
// chosen it can bring it back.
func (p issuePage) lost(change sync.Change, name string) *views.LostValue {
	lost, raced := change.Overwrote[name]
	_, isSet := change.After[name].([]string)
	if !raced || isSet || name == "parent" || lost.Member == uuid.Nil {
		return nil // who reads this may not see the parent that was
	}
	for _, later := range p.Changes {
		if _, changed := later.After[name]; changed && later.Version > change.Version && later.Record == change.Record {
			return nil
		}
	}
	n := named{p.Snapshot}
	side := n.side(name, lost.Value)
	return &views.LostValue{By: n.member(lost.Member), Field: name, Value: side.Value, Version: change.Version,
		Words: n.member(change.Member).Name + " replaced your " + strings.ToLower(fieldName(name)) + " “" + side.Text + "”"}
}

// difference words a field's values; of a set only what left and what came.
func (p issuePage) difference(name string, before, after any) (was, is string) {
	n := named{p.Snapshot}
	left, isSet := after.([]string)
	if !isSet {
		return n.words(name, before), n.words(name, after)
	}
	had, _ := before.([]string)
	return n.words(name, minus(had, left)), n.words(name, minus(left, had))
}

func minus(set, other []string) []string {
	return slices.DeleteFunc(slices.Clone(set), func(member string) bool { return slices.Contains(other, member) })
}

// fieldName is a field of the protocol in words.
func fieldName(field string) string {
	switch field {
	case "":
		return ""
	case "due":
		return "Due date"
	case "start", "target":
		return strings.ToUpper(field[:1]) + field[1:] + " date"
	case "body":
		return "Comment"
	case "color":
		return "Colour"
	}
	return strings.ToUpper(field[:1]) + field[1:]
}
