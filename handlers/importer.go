package handlers

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// Importer reads tables of issues and brings them into teams. It asks nobody for rights: whoever calls it has. An error that is a sync.Error
// says what somebody can do about it. It is safe for concurrent use.
type Importer interface {
	// Survey says what a table holds and what would become of it. Nothing is written.
	Survey(ctx context.Context, plan ImportPlan) (ImportSurvey, error)
	// Run imports a table. What was imported before stays as it is, so it may be done again after an error. step is called before anything is
	// written, with how many issues more have been dealt with and which are about to be made; its error ends the import. The report is
	// of what was done, beside an error too.
	Run(ctx context.Context, plan ImportPlan, step func(ctx context.Context, done int, made []uuid.UUID) error) (sync.ImportReport, error)
}

// ImportPlan is a table and how it is to be read.
type ImportPlan struct {
	Workspace uuid.UUID
	Team      string // by key
	Name      string // of the file
	Content   []byte
	Fields    map[int]string    // what columns hold, by their numbers, where that is not what their names say; "" is nothing that is taken
	Statuses  map[string]string // of the file -> of the team, by name, where they are not called the same
}

// ImportSurvey is what a table holds, and what would become of it.
type ImportSurvey struct {
	Fields       []string // that a column may hold
	Columns      []ImportColumn
	Titled       bool // a column holds titles; without one there is nothing more to say
	Statuses     []ImportStatus
	MoreStatuses int
	Rows         []ImportRow // the first issues
	Total        int         // issues
	Report       sync.ImportReport
}

// ready tells whether the table can be imported.
func (s ImportSurvey) ready() bool {
	for _, status := range s.Statuses {
		if status.Status == "" {
			return false
		}
	}
	return s.Titled && s.Total > 0 && s.MoreStatuses == 0
}

// ImportColumn is a column, what its name says that it holds, and what it is taken for; "" is nothing.
type ImportColumn struct {
	Name, Recognised, Field string
	Examples                []string // its first values
}

// ImportStatus is a status of the file, the team's of the same name, and which of the team's it becomes; "" is none.
type ImportStatus struct{ Name, Recognised, Status string }

// ImportRow is an issue as it would be.
type ImportRow struct {
	There       bool // by an earlier import: it stays as it is
	Number      int  // zero: the next that is free
	Title       string
	Status      string // "" goes by whether it is closed
	Priority    int
	Assignee    string
	Placeholder bool // for the assignee, who has not come yet
	Author      string
	Labels      []string
	Project     string
	Due         string
	Created     time.Time
}
