package main

import (
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

// target is what a source's names mean in the team that is imported into.
type target struct {
	workspace, team           uuid.UUID
	open, completed, canceled sync.Ref             // statuses
	people                    map[string]uuid.UUID // by personKey; absent: nobody
	members                   map[uuid.UUID]queries.ListMembersRow
	blind                     map[uuid.UUID]bool  // members who do not see the team, so no work can be theirs
	labels                    map[string]sync.Ref // by labelKey; absent: a label that has been deleted here
	statuses                  map[string]sync.Ref // by statusKey
	projects                  map[string]sync.Ref // by projectKey; absent: one that has been deleted here
	milestones                map[milestoneKey]sync.Ref
}

// learn finds whom and what the survey names, and makes what is missing unless it is a rehearsal.
func (i *issueImport) learn(ctx context.Context, team queries.ListTeamsRow, rehearsal bool) (*target, error) {
	t := &target{workspace: i.workspace, team: team.ID, people: map[string]uuid.UUID{}, members: map[uuid.UUID]queries.ListMembersRow{}, blind: map[uuid.UUID]bool{}, labels: map[string]sync.Ref{},
		statuses: map[string]sync.Ref{}, projects: map[string]sync.Ref{}, milestones: map[milestoneKey]sync.Ref{}}
	people, err := i.learnPeople(ctx, t, team)
	if err != nil {
		return nil, err
	}
	labels, err := i.learnLabels(ctx, t)
	if err != nil {
		return nil, err
	}
	projects, err := i.learnProjects(ctx, t)
	if err != nil || rehearsal {
		return t, err
	}
	if err := i.learnStatuses(ctx, t); err != nil {
		return nil, err
	}
	return t, i.makeAll(ctx, slices.Concat(people, labels, projects))
}

// makeAll sends few operations at a time: what a transaction costs grows with the square of the members that it makes.
func (i *issueImport) makeAll(ctx context.Context, ops []sync.Operation) error {
	for part := range slices.Chunk(ops, 25) {
		if err := i.step(ctx, 0, nil); err != nil {
			return err
		}
		transaction := sync.Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Import", Ops: part}
		if err := asProgram(ctx, i.engine, i.workspace, transaction); err != nil {
			return fmt.Errorf("make people and labels: %w", readable(err))
		}
	}
	return nil
}

// learnPeople matches everybody with a member, and returns what makes placeholders of the others.
func (i *issueImport) learnPeople(ctx context.Context, t *target, team queries.ListTeamsRow) ([]sync.Operation, error) {
	rows, err := queries.New().ListMembers(ctx, i.database.pool, i.workspace)
	if err != nil {
		return nil, err
	}
	cast := newCast(rows)
	var ops []sync.Operation
	for _, key := range slices.Sorted(maps.Keys(i.survey.people)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		person := i.survey.people[key]
		id := sync.Derive(i.workspace, "import", i.survey.read.format, "person", key)
		member, found := cast.find(id, person)
		switch {
		case found && member.DeletedAt != nil:
			continue
		case found:
			i.tally.matchedPeople++
		default:
			i.tally.newPeople++
			member = cast.placeholder(id, person)
			ops = append(ops, create(sync.NewRef("member", id), map[string]any{
				"name": member.Name, "handle": member.Handle, "email": member.Email, "role": member.Role, "placeholder": true}))
		}
		t.people[key], t.members[member.ID] = member.ID, member
		ops = append(ops, t.admit(member, team)...)
		if t.blind[member.ID] {
			i.remark(fmt.Sprintf("%s does not see the team %s, so no issue is assigned to them", member.Name, i.key))
		}
	}
	return ops, nil
}

// admit lets a placeholder into a private team, for somebody's work may be theirs. Real people are not let in by an import.
func (t *target) admit(member queries.ListMembersRow, team queries.ListTeamsRow) []sync.Operation {
	if !team.Private && member.Role != sync.Guest || slices.Contains(team.Members, member.ID) {
		return nil
	}
	if !member.Placeholder {
		t.blind[member.ID] = true
		return nil
	}
	return []sync.Operation{{Op: sync.Add, Record: sync.NewRef("team", team.ID), Field: "members", Value: string(sync.NewRef("member", member.ID))}}
}

// learnLabels matches labels by name, and returns what makes the others.
func (i *issueImport) learnLabels(ctx context.Context, t *target) ([]sync.Operation, error) {
	rows, err := queries.New().ListLabels(ctx, i.database.pool, i.workspace)
	if err != nil {
		return nil, err
	}
	deleted := map[uuid.UUID]bool{}
	for _, row := range rows {
		deleted[row.ID] = row.DeletedAt != nil
		if usable := row.TeamID == nil || *row.TeamID == t.team; usable && row.DeletedAt == nil {
			t.labels[strings.ToLower(row.Name)] = sync.NewRef("label", row.ID)
		}
	}
	var ops []sync.Operation
	for _, key := range slices.Sorted(maps.Keys(i.survey.labels)) {
		id := sync.Derive(i.workspace, "import", "label", t.team.String(), key)
		if _, found := t.labels[key]; found || deleted[id] {
			i.tally.matchedLabels++
			continue
		}
		i.tally.newLabels++
		t.labels[key] = sync.NewRef("label", id)
		label := i.survey.labels[key]
		ops = append(ops, create(t.labels[key], map[string]any{"team": string(sync.NewRef("team", t.team)),
			"name": oneLineOf(label.Name, longestLabel), "color": colorOf(label)}))
	}
	return ops, nil
}

func colorOf(label importer.Label) string {
	if label.Color == "" {
		return importer.Grey
	}
	return label.Color
}

// learnStatuses finds where open and closed issues go.
func (i *issueImport) learnStatuses(ctx context.Context, t *target) error {
	rows, err := queries.New().ListStatuses(ctx, i.database.pool, i.workspace)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if row.TeamID == t.team && row.DeletedAt == nil {
			t.statuses[statusKey(row.Name)] = sync.NewRef("status", row.ID)
		}
	}
	first := func(categories ...string) sync.Ref {
		for _, category := range categories {
			for _, row := range rows { // in the order of the workflow
				if row.TeamID == t.team && row.DeletedAt == nil && row.Category == category {
					return sync.NewRef("status", row.ID)
				}
			}
		}
		return ""
	}
	t.open = first("unstarted", "backlog", "triage", "started")
	t.completed = first("completed")
	t.canceled = first("canceled", "completed")
	if t.open == "" || t.completed == "" {
		return errPlain("the team " + i.key + " needs a status for open and one for completed issues: add it in the team's settings")
	}
	return nil
}

func create(record sync.Ref, set map[string]any) sync.Operation {
	return sync.Operation{Op: sync.Create, Record: record, Set: set}
}
