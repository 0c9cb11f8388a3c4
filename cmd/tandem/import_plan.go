package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/queries"
	"tandem/sync"
)

// plans is what the issues of a survey name beyond people and labels.
type plans struct {
	statuses   map[string]string // statusKey -> name
	projects   map[string]string // projectKey -> name
	milestones map[milestoneKey]string
	parents    map[string]importer.Issue // SourceID -> the issue without its texts, of those that have a parent
}

// milestoneKey names a milestone of a project, both in small letters.
type milestoneKey struct{ project, name string }

func newPlans() plans {
	return plans{map[string]string{}, map[string]string{}, map[milestoneKey]string{}, map[string]importer.Issue{}}
}

const (
	longestProject   = 200
	longestMilestone = 80
)

func statusKey(name string) string  { return strings.ToLower(strings.TrimSpace(name)) }
func projectKey(name string) string { return strings.ToLower(oneLineOf(name, longestProject)) }

func milestoneOf(plan importer.Plan) milestoneKey {
	return milestoneKey{projectKey(plan.Project), strings.ToLower(oneLineOf(plan.Milestone, longestMilestone))}
}

func (p plans) note(issue importer.Issue) {
	plan := issue.Planned
	if plan.Status != "" {
		p.statuses[statusKey(plan.Status)] = plan.Status
	}
	if key := projectKey(plan.Project); key != "" {
		p.projects[key] = oneLineOf(plan.Project, longestProject)
		if milestone := milestoneOf(plan); milestone.name != "" {
			p.milestones[milestone] = oneLineOf(plan.Milestone, longestMilestone)
		}
	}
	if plan.Parent != "" {
		p.parents[issue.SourceID] = importer.Issue{SourceID: issue.SourceID, CreatedAt: issue.CreatedAt, UpdatedAt: issue.UpdatedAt, Planned: plan}
	}
}

// checkStatuses refuses, before anything is made, statuses that the team does not have. A team that is not there yet has the usual ones.
func (i *issueImport) checkStatuses(ctx context.Context, team queries.ListTeamsRow) error {
	if len(i.survey.plans.statuses) == 0 {
		return nil
	}
	var there, missing []string
	if team.ID == uuid.Nil {
		for _, status := range starter().Statuses {
			there = append(there, status.Name)
		}
	} else {
		rows, err := queries.New().ListStatuses(ctx, i.database.pool, i.workspace)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if row.TeamID == team.ID && row.DeletedAt == nil {
				there = append(there, row.Name)
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(i.survey.plans.statuses)) {
		if !slices.ContainsFunc(there, func(name string) bool { return statusKey(name) == key }) {
			missing = append(missing, i.survey.plans.statuses[key])
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return errNoStatus{i.key, missing, there}
}

// errNoStatus is a team that does not have all statuses of the files.
type errNoStatus struct {
	team           string
	missing, there []string
}

func (e errNoStatus) Error() string {
	return fmt.Sprintf("the team %s has no status %s; it has %s: add --map-status %q for each, or add the status in the team's settings",
		e.team, strings.Join(e.missing, ", "), strings.Join(e.there, ", "), e.missing[0]+"="+e.there[0])
}

// addPlan sets what is planned of an issue.
func (t *target) addPlan(set map[string]any, plan importer.Plan) {
	if plan.Priority > 0 {
		set["priority"] = plan.Priority
	}
	if plan.Due != "" {
		set["due"] = plan.Due
	}
	if plan.Estimate != nil {
		set["estimate"] = *plan.Estimate
	}
	project, known := t.projects[projectKey(plan.Project)]
	if !known {
		return
	}
	set["project"] = string(project)
	if milestone, known := t.milestones[milestoneOf(plan)]; known {
		set["milestone"] = string(milestone)
	}
}

// learnProjects matches projects and their milestones by name, and returns what makes the others. New projects are the team's.
func (i *issueImport) learnProjects(ctx context.Context, t *target) ([]sync.Operation, error) {
	if len(i.survey.plans.projects) == 0 {
		return nil, nil
	}
	projects, err := queries.New().ListProjects(ctx, i.database.pool, i.workspace)
	if err != nil {
		return nil, err
	}
	milestones, err := queries.New().ListMilestones(ctx, i.database.pool, i.workspace)
	if err != nil {
		return nil, err
	}
	deleted := map[uuid.UUID]bool{}
	for _, row := range projects {
		deleted[row.ID] = row.DeletedAt != nil
		if usable := row.TeamID == nil || *row.TeamID == t.team; usable && row.DeletedAt == nil {
			t.projects[projectKey(row.Name)] = sync.NewRef("project", row.ID)
		}
	}
	var ops []sync.Operation
	for _, key := range slices.Sorted(maps.Keys(i.survey.plans.projects)) {
		id := sync.Derive(i.workspace, "import", "project", t.team.String(), key)
		if _, found := t.projects[key]; found || deleted[id] {
			continue
		}
		i.tally.newProjects++
		t.projects[key] = sync.NewRef("project", id)
		ops = append(ops, create(t.projects[key], map[string]any{"team": string(sync.NewRef("team", t.team)), "name": i.survey.plans.projects[key]}))
	}
	return append(ops, i.learnMilestones(t, milestones)...), nil
}

func (i *issueImport) learnMilestones(t *target, rows []queries.ListMilestonesRow) []sync.Operation {
	type place struct {
		project sync.Ref
		name    string
	}
	there, deleted := map[place]sync.Ref{}, map[uuid.UUID]bool{}
	for _, row := range rows {
		deleted[row.ID] = row.DeletedAt != nil
		if row.DeletedAt == nil {
			there[place{sync.NewRef("project", row.ProjectID), strings.ToLower(row.Name)}] = sync.NewRef("milestone", row.ID)
		}
	}
	var ops []sync.Operation
	wanted := slices.SortedFunc(maps.Keys(i.survey.plans.milestones), func(a, b milestoneKey) int {
		return cmp.Or(cmp.Compare(a.project, b.project), cmp.Compare(a.name, b.name))
	})
	for _, key := range wanted {
		project, known := t.projects[key.project]
		id := sync.Derive(i.workspace, "import", "milestone", string(project), key.name)
		if found, there := there[place{project, key.name}]; there {
			t.milestones[key] = found
			continue
		}
		if !known || deleted[id] {
			continue
		}
		i.tally.newMilestones++
		t.milestones[key] = sync.NewRef("milestone", id)
		ops = append(ops, create(t.milestones[key], map[string]any{"project": string(project), "name": i.survey.plans.milestones[key]}))
	}
	return ops
}
