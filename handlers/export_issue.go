package handlers

import (
	"time"

	"tandem/sync"
	"tandem/views"
)

// exported is an issue as files have it, with the same names in every format.
type exported struct {
	Key         string          `json:"key"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Status      string          `json:"status"`
	Priority    string          `json:"priority"`
	Assignee    *exportedMember `json:"assignee"`
	Labels      []string        `json:"labels"`
	Project     string          `json:"project"`
	Milestone   string          `json:"milestone"`
	Cycle       string          `json:"cycle"`
	Parent      string          `json:"parent"`
	Due         string          `json:"due"`
	Estimate    *int32          `json:"estimate"`
	Created     time.Time       `json:"created"`
	Updated     time.Time       `json:"updated"`
	Completed   *time.Time      `json:"completed"`
}

// exportedMember has an address where the reader may see it.
type exportedMember struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

func exportedOf(i sync.ExportedIssue) exported {
	e := exported{Key: i.Key, Title: i.Title, Description: i.Description, Status: i.Status, Priority: views.Priority(i.Priority).Name(), Labels: i.Labels,
		Project: i.Project, Milestone: i.Milestone, Cycle: cycleText(i.Cycle), Parent: i.Parent, Estimate: i.Estimate, Created: i.CreatedAt, Updated: i.UpdatedAt}
	if e.Labels == nil {
		e.Labels = []string{}
	}
	if i.Assignee.Name != "" {
		e.Assignee = &exportedMember{i.Assignee.Name, i.Assignee.Email}
	}
	if i.Due != nil {
		e.Due = i.Due.Format(time.DateOnly)
	}
	if !i.CompletedAt.IsZero() {
		e.Completed = &i.CompletedAt
	}
	return e
}

func cycleText(c sync.CycleName) string {
	if c.Number == 0 {
		return ""
	}
	return cycleName(c).Name()
}

// timeText is a time in UTC to the microsecond, which is all that is stored of one.
func timeText(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
