package views

func triageCases() []golden {
	waits := Status{ID: uid(41), Name: "Triage", Category: "triage", Team: eng.ID}
	tools := TriageTools{Accept: todo, Decline: done, Back: here.Triage("ENG", "", "")}
	at := func(n int, set ...func(*TriageRowData)) TriageRowData {
		d := TriageRowData{IssueRowData: row(n, func(d *IssueRowData) { bareRow(d); d.Status = waits }), Tools: tools, Reporter: ben, Created: clock}
		for _, f := range set {
			f(&d)
		}
		return d
	}
	list := func(rows ...TriageRowData) TriageData {
		return TriageData{Region: region("team:"+eng.ID, "vocabulary"), Team: eng, Status: waits, Rows: rows}
	}
	full := list(at(1), at(2, func(d *TriageRowData) { d.Title = longTitle }), at(3, func(d *TriageRowData) { d.Title, d.Reporter = rtlTitle, Member{} }),
		at(4, func(d *TriageRowData) { d.Tools.Accept, d.Tools.Decline = Status{}, Status{} }))
	full.More = "opaque"
	asleep := list(at(1, func(d *TriageRowData) { d.Tools.Snoozed, d.Until = true, clock }), at(2, func(d *TriageRowData) { d.Tools.Snoozed = true }))
	asleep.Snoozed = true
	count := TriageCountData{Region: region("team:" + eng.ID), Team: eng, Count: 3}
	frame := page("Engineering triage")
	frame.Here, frame.Waiting = "triage:ENG", map[string]TriageCountData{eng.ID: count}
	whole := list(at(1))
	whole.Rows[0].Tools.TX = uid(8)
	beside, opened := whole, issue(func(d *IssueData) {
		d.TX, d.Status, d.Triage = uid(8), waits, &TriageTools{Accept: todo, Decline: done, Words: true, Back: here.Triage("ENG", "", ""), TX: uid(8)}
	})
	beside.Opened = beside.Rows[0].Key
	return []golden{
		{"triage/page", wholePage, TriagePage(frame, whole, nil)},
		{"triage/beside", wholePage, TriagePage(frame, beside, &IssuePageData{Issue: opened, Composer: ComposerData{IssueID: opened.ID, IssueKey: "ENG-12", TX: uid(8)},
			Shares: ShareListData{To: here.SetIssue("ENG-12", "share"), What: "issue", TX: uid(8)}})},
		{"triage/full", fragment, Triage(here, full)},
		{"triage/empty", fragment, Triage(here, list())},
		{"triage/asleep", fragment, Triage(here, asleep)},
		{"triage/asleep_empty", fragment, Triage(here, TriageData{Region: region("team:" + eng.ID), Team: eng, Status: waits, Snoozed: true})},
		{"triage/none", fragment, TriageCount(here, TriageCountData{Region: region("team:" + eng.ID), Team: eng})},
		{"issue/in_triage", fragment, Issue(here, issue(func(d *IssueData) {
			d.Status = waits
			d.Triage = &TriageTools{Accept: todo, Decline: done, Words: true}
		}))},
	}
}
