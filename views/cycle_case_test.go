package views

import "time"

var (
	weekOne  = Cycle{ID: uid(91), Team: eng.ID, Number: 6, State: "past", Starts: date(2026, 11, 9), Ends: date(2026, 11, 15)}
	weekTwo  = Cycle{ID: uid(92), Team: eng.ID, Number: 7, State: "current", Starts: date(2026, 11, 16), Ends: date(2026, 11, 22)}
	harvest  = Cycle{ID: uid(93), Team: eng.ID, Number: 8, Title: "Harvest חג", State: "upcoming", Starts: date(2026, 12, 28), Ends: date(2027, 1, 3)}
	cycleNow = CycleData{Cycle: weekTwo, Version: 12, Extent: Extent{Scope: 8, Started: 2, Done: 3}}
)

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func cycleCases() []golden {
	cycling := eng
	cycling.Cycles = true
	region := Region{Topics: []string{"team:" + eng.ID, "vocabulary"}, Version: 57}
	all := CycleListData{Region: region, Team: cycling, Edits: true, More: "6", TX: uid(8),
		Cycles: []CycleData{cycleNow, {Cycle: harvest, Version: 13}, {Cycle: weekOne, Version: 14, Extent: Extent{Scope: 5, Done: 5}}}}
	reader, fragmentOfAll := all, all
	reader.Edits, reader.More, fragmentOfAll.TX = false, "", ""
	withCycles := page("Engineering cycles")
	withCycles.Teams, withCycles.Here = []Team{cycling, sec}, "team:ENG/cycles"
	head := CycleHeadData{Region: region, Team: cycling, Called: "current", Cycle: cycleNow, Edits: true}
	inCycle := func(c Cycle) func(*IssueRowData) { return func(d *IssueRowData) { d.Cycle = c } }
	return []golden{
		{"cycle/list", fragment, CycleList(here, fragmentOfAll)},
		{"cycle/list_of_a_guest", fragment, CycleList(here, reader)},
		{"cycle/list_off", fragment, CycleList(here, CycleListData{Region: region, Team: eng, Off: true})},
		{"cycle/page", wholePage, CyclesPage(withCycles, all)},
		{"cycle/head", fragment, CycleHead(here, head)},
		{"cycle/row", part, IssueRow(here, row(12, inCycle(harvest)))},
		{"cycle/card", part, IssueCard(here, IssueCardData{IssueRowData: row(12, inCycle(weekTwo))})},
		{"cycle/property", part, IssueProperties(here, issue(func(d *IssueData) {
			d.Cycle, d.Choices.Cycles = weekOne, []Cycle{weekOne, weekTwo, harvest}
		}))},
		{"cycle/settings_of_others", part, CycleSettings(here, CycleSettingsData{Team: eng, ReadOnly: true})},
	}
}
