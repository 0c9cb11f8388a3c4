package views

var (
	launch = Project{ID: uid(71), Name: "Launch", State: "started"}
	rework = Project{ID: uid(72), Name: rtlTitle, State: "completed", Team: eng.ID}
	beta   = Milestone{ID: uid(75), Project: launch.ID, Name: "Beta"}
)

func projectCases() []golden {
	reached := Reached{Issues: Extent{Scope: 12, Started: 3, Done: 4}, Points: Extent{Scope: 20, Done: 8}}
	list := ProjectListData{Region: Region{Topics: []string{"vocabulary"}, Version: 9}, Projects: []ProjectItem{
		{Project: launch, Scope: "Workspace", Health: "at_risk", Lead: ann, Target: Due{Day: clock.AddDate(0, 0, 5), State: "soon", Today: clock}, Reached: reached},
		{Project: rework, Scope: "Engineering", Health: "none"},
	}}
	page := ProjectData{Project: launch, Region: list.Region, Version: 7, Health: "off_track", Lead: ann, Members: []Member{ann, ben}, Start: clock, Target: Due{Day: clock},
		Description: text("To the world."), Author: ben, Created: clock, Reached: reached, Rest: reached, Leads: []Member{ann, ben}, Teams: []ProjectTeam{{eng, 12}},
		Milestones: []MilestoneItem{{Milestone: beta, Version: 8, Date: Due{Day: clock.AddDate(0, 0, -1), State: "late", Today: clock}, Position: 1, Reached: reached}}}
	bare := ProjectData{Project: rework, Region: list.Region, Of: eng, Health: "none", Author: ann, Created: clock}
	guests, trashed := page, page
	guests.ReadOnly, trashed.Deleted = true, true
	return []golden{
		{"project_list/some", fragment, ProjectList(here, list)},
		{"project_list/none", fragment, ProjectList(here, ProjectListData{Region: list.Region})},
		{"project_list/empty_trash", fragment, ProjectList(here, ProjectListData{Region: list.Region, Trashed: true})},
		{"project_form/refused", part, ProjectForm(here, ProjectsPageData{Teams: []Team{eng, sec}, Name: "x", Team: eng.Value(), Target: "2026-12-01", Error: "At most 200 characters."})},
		{"project/full", fragment, ProjectRegion(here, page)},
		{"project/bare", fragment, ProjectRegion(here, bare)},
		{"project/of_a_guest", fragment, ProjectRegion(here, guests)},
		{"project/in_the_trash", fragment, ProjectRegion(here, trashed)},
		{"issue_row/project", part, IssueRow(here, row(12, func(d *IssueRowData) { d.Project = launch }))},
		{"issue_card/project", part, IssueCard(here, IssueCardData{IssueRowData: row(12, func(d *IssueRowData) { d.Project = rework })})},
	}
}
