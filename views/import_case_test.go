package views

import (
	"strconv"
	"time"
)

func importItem(state string, set ...func(*ImportItem)) ImportItem {
	i := ImportItem{ID: uid(91), Name: "linear <old>.csv", Team: eng, By: ann, Begun: clock, State: state, Total: 900, Done: 120}
	for _, f := range set {
		f(&i)
	}
	return i
}

func ended(i *ImportItem) { i.Done, i.Made, i.Known, i.Problems = 900, 120, 780, 2 }

// importFile is a table that can be imported.
func importFile() ImportFileData {
	return ImportFileData{ID: uid(92), Name: "linear.csv", Team: eng, Teams: []Team{eng, sec}, Fields: []string{"assignee", "due", "labels", "status", "title"}, Titled: true, Ready: true, Total: 30,
		Columns:      []ImportColumn{{"ID", "key", []string{"OLD-1", "OLD-2"}}, {"Title", "title", []string{"Fix login", rtlTitle}}, {"State", "status", []string{"In dev"}}, {"", "", nil}},
		Statuses:     []ImportStatus{{"In dev", "In Progress"}, {"Done", "Done"}},
		TeamStatuses: []string{"Todo", "In Progress", "Done"},
		Rows: []ImportRow{
			{Key: "ENG-1", Title: "Fix login", Status: "In Progress", Priority: 1, Assignee: "Ann Lee", Author: "Max", Labels: []string{"bug", "ui"}, Project: "Rocket", Due: "2026-12-24", Created: clock},
			{Title: "Paint it", There: true, Status: "Done"},
			{Title: rtlTitle, Status: "Done", Assignee: "Kim", Placeholder: true, Created: time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)},
		},
		Report: ImportReport{Issues: 28, KnownIssues: 1, Trashed: 1, People: 2, KnownPeople: 1, Labels: 2, KnownLabels: 1, Projects: 1, Milestones: 1}}
}

func importCases() []golden {
	admin := ImportData{Admin: true, Teams: []Team{eng, sec}, MostFile: 10 << 20, RunLife: 30}
	refused, member, full := admin, ImportData{Admins: []Member{ann, ben}, RunLife: 30}, admin
	refused.Team, refused.Error = "SEC", "This file is empty. Choose another one."
	full.Runs = []ImportItem{importItem("running"), importItem("done", ended), importItem("failed"), importItem("stopped"), importItem("trashing"), importItem("trashed", ended)}
	for at := range full.Runs {
		full.Runs[at].ID = uid(200 + at)
	}

	problems, untitled, wide, wrong := importFile(), importFile(), importFile(), importFile()
	problems.Ready, problems.Statuses[0].Status = false, ""
	problems.Report.Problems, problems.Report.MoreProblems = []string{"linear.csv:3 (OLD-2): created is no time: \"soon\"", "linear.csv:4: there is no <title>"}, 70
	problems.Error = "This cannot be imported yet: see below what to choose."
	untitled.Titled, untitled.Ready, untitled.Statuses, untitled.Rows, untitled.Total = false, false, nil, nil, 0
	wide.Columns, wide.Statuses, wide.Rows, wide.Total = nil, nil, wide.Rows[:1], 1
	for i := range 150 {
		wide.Columns = append(wide.Columns, ImportColumn{Name: "Column " + strconv.Itoa(i)})
	}
	wide.Columns[149].Field = "title"
	wrong.MoreStatuses, wrong.Ready = 4711, false

	run := ImportRunData{Region: region("team:"+eng.ID, "vocabulary"), ID: uid(91), Run: importItem("running"), RunLife: 30}
	done := run
	done.Run, done.Live = importItem("done", ended), 120
	done.Report = ImportReport{Issues: 120, KnownIssues: 780, Renumbered: 1, Lost: 1, Problems: []string{"csv:ENG#OLD-7 was left out: <b>"}, MoreProblems: 1}
	done.Issues = []ImportedIssue{{"ENG-1", "Fix login"}, {"ENG-2", rtlTitle}}
	inPage := done
	inPage.TX, inPage.Again = uid(8), here.ImportFile(uid(92), "c2=status&team=ENG")
	failed, trashed, trashing := done, done, run
	failed.Run, failed.Report.Failure, failed.Live, failed.Issues = importItem("failed"), "The team has no status Foo any more.", 0, nil
	trashed.Run, trashed.Live, trashed.Issues = importItem("trashed", ended), 0, nil
	trashing.Run = importItem("trashing")
	return []golden{
		{"import_run/empty", wholePage, ImportPage(page("Import"), admin)},
		{"import_run/list", wholePage, ImportPage(page("Import"), full)},
		{"import_run/refused", wholePage, ImportPage(page("Import"), refused)},
		{"import_run/member", wholePage, ImportPage(page("Import"), member)},
		{"import_run/running", fragment, ImportRun(here, run)},
		{"import_run/done", fragment, ImportRun(here, done)},
		{"import_run/failed", fragment, ImportRun(here, failed)},
		{"import_run/trashing", fragment, ImportRun(here, trashing)},
		{"import_run/trashed", fragment, ImportRun(here, trashed)},
		{"import_run/page", wholePage, ImportRunPage(page("Import"), inPage)},
		{"import_file/file", wholePage, ImportFilePage(page("Import"), importFile())},
		{"import_file/problems", wholePage, ImportFilePage(page("Import"), problems)},
		{"import_file/untitled", wholePage, ImportFilePage(page("Import"), untitled)},
		{"import_file/many_columns", wholePage, ImportFilePage(page("Import"), wide)},
		{"import_file/many_statuses", wholePage, ImportFilePage(page("Import"), wrong)},
	}
}
