package demo

import (
	"slices"
	"time"
)

// Project gathers issues by a label. With an empty Team it is the workspace's.
type Project struct {
	Name        string
	Description string // Markdown
	Team        string
	State       string // "planned", "started", "paused", "completed" or "canceled"
	Health      string // "none", "on_track", "at_risk" or "off_track"
	Lead        string // handle
	Members     []string
	Start       string // YYYY-MM-DD, or ""
	Target      string
	Milestones  []Milestone // an issue that is done is below the first one, any other below the last

	label string
	teams []string // whose issues are in it
}

// Milestone is a point on a project's way.
type Milestone struct {
	Name string
	Date string // YYYY-MM-DD, or ""
}

func projects(now time.Time) []Project {
	day := func(days int) string { return now.AddDate(0, 0, days).Format(time.DateOnly) }
	return []Project{
		{Name: "Fast for everybody", label: "performance", teams: []string{"ENG", "WEB", "OPS"}, State: "started", Health: "at_risk", Lead: "ann", Members: []string{"ann", "ben", "noor"},
			Start: day(-70), Target: day(33), Milestones: []Milestone{{"Measured and understood", day(-21)}, {"First page within a second", day(25)}},
			Description: "Who opens Acme on a train must not wait for it.\n\n- a budget for every page, held by tests\n- the slowest ten queries\n- figures that anybody can look at\n\n@ben keeps the list of what was measured."},
		{Name: "A website for everybody", Team: "WEB", label: "a11y", teams: []string{"WEB"}, State: "started", Health: "on_track", Lead: "noor", Members: []string{"cleo", "noor"},
			Start: day(-45), Target: day(60), Milestones: []Milestone{{"Keyboard and contrast", day(-5)}, {"Checked with a screen reader", day(40)}},
			Description: "WCAG 2.2, level AA, and somebody who uses a screen reader every day has tried it."},
		{Name: "Less to carry along", Team: "ENG", label: "tech-debt", teams: []string{"ENG"}, State: "paused", Health: "none", Lead: "ben",
			Description: "What slows down every other change. On hold while everybody works on speed."},
		{Name: "Half the bill", Team: "OPS", label: "cost", teams: []string{"OPS"}, State: "planned", Health: "none", Target: day(120)},
	}
}

// gather puts the issues of each project's label into it.
func gather(projects []Project, teams []Team, issues []Issue) {
	done := func(issue Issue) bool {
		for _, team := range teams {
			for _, status := range team.Statuses {
				if team.Key == issue.Team && status.Name == issue.Status {
					return status.Category == "completed"
				}
			}
		}
		return false
	}
	for _, p := range projects {
		for i, issue := range issues {
			if issue.Project != "" || !slices.Contains(p.teams, issue.Team) || !slices.Contains(issue.Labels, p.label) {
				continue
			}
			issues[i].Project = p.Name
			switch {
			case len(p.Milestones) == 0:
			case done(issue):
				issues[i].Milestone = p.Milestones[0].Name
			default:
				issues[i].Milestone = p.Milestones[len(p.Milestones)-1].Name
			}
		}
	}
}
