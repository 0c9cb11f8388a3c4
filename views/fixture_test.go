package views

import (
	"fmt"
	"time"
)

const (
	longTitle = "Sign-in loops for ever when the session cookie was set by an older build behind a proxy that strips the port, and nobody can say since when it does, because the log only holds what came after"
	rtlTitle  = "תיקון הכניסה למערכת (ENG) لا يعمل"
	emoji     = "🐛 Crash on 👩‍👩‍👧 and 🇨🇭 in titles"
)

var (
	here  = Place{"acme", "b1"}
	clock = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

	eng = Team{ID: uid(1), Key: "ENG", Name: "Engineering"}
	sec = Team{ID: uid(2), Key: "SEC", Name: "Security", Private: true}

	ann = Member{ID: uid(11), Name: "Ann Lee", Handle: "ann"}
	ben = Member{ID: uid(12), Name: "Ben", Handle: "ben"}

	todo    = Status{ID: uid(21), Name: "Todo", Category: "unstarted", Team: eng.ID}
	started = Status{ID: uid(22), Name: "In Progress", Category: "started", Sweep: 40, Team: eng.ID}
	done    = Status{ID: uid(23), Name: "Done", Category: "completed", Team: eng.ID}

	bug  = Label{ID: uid(31), Name: "bug", Color: "#d73a4a"}
	ui   = Label{ID: uid(32), Name: "ui", Color: "#1d76db", Team: eng.ID}
	grey = Label{ID: uid(33), Name: "wontfix", Color: "#cccccc"}
)

func uid(n int) string { return fmt.Sprintf("0198c0de-0000-7000-8000-%012d", n) }

func statuses3() []Status { return []Status{todo, started, done} }

// row is an issue with the fields that matter set by the caller.
func row(n int, set ...func(*IssueRowData)) IssueRowData {
	d := IssueRowData{
		ID: uid(1000 + n), Key: fmt.Sprintf("ENG-%d", n), Title: "Fix login", Version: int64(40 + n),
		Status: started, Priority: 2, Assignee: ann, Labels: []Label{bug}, Updated: clock,
	}
	for _, f := range set {
		f(&d)
	}
	return d
}

func titled(title string) func(*IssueRowData) { return func(d *IssueRowData) { d.Title = title } }

// bare is an issue with nothing but its title.
func bareRow(d *IssueRowData) {
	d.Status, d.Priority, d.Assignee, d.Labels = todo, 0, Member{}, nil
}

func full(d *IssueRowData) {
	d.Labels = []Label{bug, ui, grey}
	d.Due = Due{Day: clock.AddDate(0, 0, -2), State: "late", Today: clock}
	d.Parent = "Rework sign-in"
}

func closed(d *IssueRowData) { d.Status = done }

func trashed(d *IssueRowData) { d.Deleted = true }

func text(source string) Text { return Text{Source: source, HTML: HTML("<p>" + source + "</p>")} }

func comment(n int, set ...func(*CommentData)) CommentData {
	d := CommentData{ID: uid(2000 + n), Version: 50, Author: ann, Body: text("I saw it too."), Created: clock}
	for _, f := range set {
		f(&d)
	}
	return d
}

func change(fields ...FieldChange) ActivityEntry {
	return ActivityEntry{Change: &ChangeData{By: ben, At: clock, Fields: fields}}
}

func entry(d CommentData) ActivityEntry { return ActivityEntry{Comment: &d} }

func region(topics ...string) Region { return Region{Topics: topics, Version: 57} }

// issue is an issue's live part as a fragment has it: no TX.
func issue(set ...func(*IssueData)) IssueData {
	d := IssueData{
		IssueRowData: row(12), Region: region("issue:"+uid(1012), "vocabulary"), Team: eng, MostFile: 10 << 20,
		Description: text("It loops."), Reporter: ann, Created: clock,
		Choices: IssueChoices{Teams: []Team{eng, sec}, Statuses: statuses3(), Members: []Member{ann, ben}, Labels: []Label{bug, ui, grey}},
		Activity: []ActivityEntry{
			{Change: &ChangeData{By: ann, At: clock, Verb: "created the issue"}},
			change(FieldChange{Field: "Status", Old: "Todo", New: "In Progress"}),
			entry(comment(1)),
			change(FieldChange{Field: "Priority", Old: "No priority", New: "High"}, FieldChange{Field: "Labels", New: "bug"}),
		},
	}
	for _, f := range set {
		f(&d)
	}
	return d
}

// attached is an issue with files.
func attached(d *IssueData) {
	d.Attachments = []Attachment{
		{ID: uid(90), Name: "login.png", Size: 340_000, Image: true, Width: 1280, Height: 720, Author: ann},
		{ID: uid(91), Name: rtlTitle + ".webp", Size: 3 << 20, Image: true, Author: ben},
		{ID: uid(92), Name: "100% <b> & more?#.txt", Size: 12},
	}
}

func list(q Query, groups ...IssueGroup) IssueListData {
	return IssueListData{
		Region: region("team:"+eng.ID, "vocabulary"), Team: eng, Query: q, Order: "manual", Groups: groups,
	}
}

func group(s Status, rows ...IssueRowData) IssueGroup {
	return IssueGroup{Of: Group{Status: s}, Count: len(rows), Rows: rows}
}

func board() BoardData {
	d := BoardData{Region: region("team:"+eng.ID, "vocabulary"), Team: eng, Query: Query{View: BoardView}, Order: "manual"}
	for i, s := range statuses3() {
		column := BoardColumn{Of: Group{Status: s}, Count: i * 2}
		for j := range i * 2 {
			column.Cards = append(column.Cards, IssueCardData{IssueRowData: row(10*i+j, func(r *IssueRowData) { r.Status, r.Progress = s, Progress{j, 2 * i} }), Comments: j})
		}
		d.Columns = append(d.Columns, column)
	}
	return d
}

func page(title string) Page {
	return Page{
		Place: here, Title: title, Preload: []string{"outbox.js", "overlay.js"}, WorkspaceName: "Acme", Viewer: ann,
		Epoch: uid(9), Version: 57, Clock: clock, TX: uid(8), Teams: []Team{eng, sec}, Here: "my-issues",
		Vocabulary: VocabularyData{Region: region("vocabulary"), Deferred: true}, NewIssue: newIssue("dialog"),
	}
}

func vocabulary() VocabularyData {
	return VocabularyData{
		Region: region("vocabulary"), Teams: []Team{eng, sec}, Statuses: statuses3(), Members: []Member{ann, ben}, Labels: []Label{bug, ui, grey},
	}
}

func newIssue(form string) NewIssueData {
	d := NewIssueData{
		Form: form, Teams: []Team{eng, sec}, Labels: []Label{bug, ui, grey}, TX: uid(8),
		Members: []Option{{Value: ann.Value(), Text: ann.Name}, {Value: ben.Value(), Text: ben.Name}},
		Values:  NewIssueValues{Team: eng.Value()},
	}
	for _, s := range statuses3() {
		d.Statuses = append(d.Statuses, Option{Value: s.Value(), Text: s.Name, Group: eng.Name, Team: eng.ID})
	}
	return d
}

func filterBar(q Query, chips ...FilterChip) FilterBarData {
	return FilterBarData{Team: eng, Query: q, Chips: chips, Choices: []FilterChoice{
		{"Status", []Option{{Value: "status:todo", Text: "Todo"}, {Value: "status:done", Text: "Done"}}},
		{"Assignee", []Option{{Value: "assignee:me", Text: "Me"}, {Value: "assignee:none", Text: "Nobody"}}},
	}}
}

func conflictText() ConflictData {
	return ConflictData{Title: "ENG-12 Fix login", Link: here.Issue("ENG-12"), Fields: []Conflict{{
		Record: "issue:" + uid(1012), Field: "description", Name: "Description", URL: here.SetIssue("ENG-12", "description"), Op: "text",
		Base: side("one\ntwo"), Mine: side("one\nmine"), Theirs: side("\none\n<theirs>"), Merged: "one\nmine\n<theirs>", By: ben, At: clock, Version: 56,
	}}}
}

func conflictStatus() ConflictData {
	return ConflictData{Title: "ENG-12 Fix login", Link: here.Issue("ENG-12"), Fields: []Conflict{{
		Record: "issue:" + uid(1012), Field: "status", Name: "Status", URL: here.SetIssue("ENG-12", "status"), Op: "set",
		Base: ConflictSide{todo.Value(), todo.Name}, Mine: ConflictSide{started.Value(), started.Name},
		Theirs: ConflictSide{done.Value(), done.Name}, At: clock, Version: 56,
	}}}
}

func side(text string) ConflictSide { return ConflictSide{Value: text, Text: text} }
