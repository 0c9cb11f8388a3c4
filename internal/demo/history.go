package demo

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// past invents the changes that led to what an issue is now.
func past(team Team, issue Issue, was string, at func(float64) time.Time) []Change {
	var changes []Change
	change := func(by string, share float64, field, from, to string) {
		changes = append(changes, Change{By: by, At: at(share), Field: field, From: from, To: to})
	}
	worker := cmp.Or(issue.Assignee, issue.Author)

	if issue.Assignee != "" && issue.Assignee != issue.Author && choose(2, issue.Title, "assigned") == 0 {
		change(issue.Author, 0.02, "assignee", "", issue.Assignee)
	} else if issue.Assignee != "" && choose(8, issue.Title, "handed over") == 0 {
		before := team.Members[choose(len(team.Members), issue.Title, "before")]
		if before != issue.Assignee && before != "cleo" {
			change(before, 0.3, "assignee", before, issue.Assignee)
		}
	}
	if from := choose(5, issue.Title, "priority"); from != issue.Priority && issue.Priority > 0 && choose(4, issue.Title, "weighed") == 0 {
		change(issue.Author, 0.05, "priority", strconv.Itoa(from), strconv.Itoa(issue.Priority))
	}
	if was != "" {
		change(worker, 0.08, "title", was, issue.Title)
	}
	steps := journey(team, issue)
	rest := 0.91
	if issue.Status != "Done" && issue.Status != "Canceled" {
		rest = 0.4 // work goes on after the last step
	}
	for i := 1; i < len(steps); i++ {
		change(worker, 0.09+rest*float64(i)/float64(len(steps)-1), "status", steps[i-1], steps[i])
	}
	slices.SortStableFunc(changes, func(a, b Change) int { return a.At.Compare(b.At) })
	return changes
}

// journey is the list of statuses that an issue went through, the present one last.
func journey(team Team, issue Issue) []string {
	first := []string{"Backlog", "Todo"}[choose(2, issue.Title, "first")]
	switch issue.Status {
	case "Triage":
		return []string{"Triage"}
	case "Backlog":
		if team.Statuses[0].Category == "triage" && choose(2, issue.Title, "triaged") == 0 {
			return []string{"Triage", "Backlog"}
		}
		return []string{"Backlog"}
	case "Todo":
		return slices.Compact([]string{first, "Todo"})
	case "In Review", "Blocked":
		return []string{first, "In Progress", issue.Status}
	case "Done":
		switch choose(10, issue.Title, "path") {
		case 0:
			return []string{first, "In Progress", "Done", "In Progress", "Done"} // closed too early
		case 1, 2, 3:
			return []string{first, "In Progress", "Done"}
		}
		return []string{first, "In Progress", "In Review", "Done"}
	}
	return []string{first, issue.Status}
}
