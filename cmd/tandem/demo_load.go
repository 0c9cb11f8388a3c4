package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/internal/demo"
	"tandem/queries"
	"tandem/sync"
)

// demoWorkspace is the same id in every demo, and with it are all ids below it, so that bookmarks hold from one start to the next.
var demoWorkspace = uuid.MustParse("00000000-0000-8000-8000-00000000acce")

// demoPassword is too short for an account that anybody else could reach.
const demoPassword = "demo"

// demoLoader makes the example content of records and history. Loading it again changes nothing.
type demoLoader struct {
	database  *database
	engine    *sync.Engine
	workspace uuid.UUID
	content   demo.Workspace
}

func (l *demoLoader) load(ctx context.Context) error {
	if err := l.makeWorkspace(ctx); err != nil {
		return err
	}
	if err := l.addPeople(ctx); err != nil {
		return err
	}
	transactions := []sync.Transaction{l.transaction("start", l.vocabulary())}
	for i := range l.content.Issues {
		transactions = append(transactions, l.transaction("issue "+strconv.Itoa(i), l.issue(i)))
	}
	return l.send(ctx, append(transactions, l.transaction("relations", l.relations()), l.transaction("cycles", l.cycles()), l.transaction("favourites", l.favourites())))
}

// relations say which issues wait for others, as soon as both are there.
func (l *demoLoader) relations() []sync.Operation {
	var ops []sync.Operation
	for i, issue := range l.content.Issues {
		if issue.BlockedBy < 0 {
			continue
		}
		at := issue.CreatedAt
		if other := l.content.Issues[issue.BlockedBy].CreatedAt; other.After(at) {
			at = other
		}
		op := sync.Operation{Op: sync.Create, Record: sync.NewRef("relation", sync.Derive(l.issueRef(i).ID(), "blocked")),
			Set: map[string]any{"issue": string(l.issueRef(issue.BlockedBy)), "kind": sync.Blocks, "other": string(l.issueRef(i))}}
		ops = append(ops, op.By(l.member(issue.Author).ID(), at))
	}
	return ops
}

// cycles puts what a team works on, and what it does next, into the cycle that runs.
func (l *demoLoader) cycles() []sync.Operation {
	running := map[string]string{}
	started := map[[2]string]bool{}
	for _, team := range l.content.Teams {
		if team.Cycle == 0 {
			continue
		}
		running[team.Key] = string(sync.NewRef("cycle", sync.CycleID(l.team(team.Key), 1)))
		for _, status := range team.Statuses {
			started[[2]string{team.Key, status.Name}] = status.Category == "started" || status.Name == "Todo"
		}
	}
	var ops []sync.Operation
	for i, issue := range l.content.Issues {
		if started[[2]string{issue.Team, issue.Status}] && len(ops) < 20 {
			base := int64(0)
			op := sync.Operation{Op: sync.Set, Record: l.issueRef(i), Base: &base, Set: map[string]any{"cycle": running[issue.Team]}}
			ops = append(ops, op.By(l.member(issue.Author).ID(), issue.CreatedAt))
		}
	}
	return ops
}

// makeWorkspace takes an epoch of its own each time: V begins anew in a new database.
func (l *demoLoader) makeWorkspace(ctx context.Context) error {
	return pgx.BeginFunc(ctx, l.database.pool, func(tx pgx.Tx) error {
		q := queries.New()
		_, err := q.InsertWorkspaceIfNew(ctx, tx, queries.InsertWorkspaceIfNewParams{
			ID: l.workspace, Slug: l.content.Slug, Name: l.content.Name, Epoch: uuid.New()})
		if err != nil {
			return err
		}
		if err := q.UpdateInstanceSetup(ctx, tx, nil); err != nil {
			return err
		}
		return q.InsertWorkspaceLockIfNew(ctx, tx, l.workspace)
	})
}

func (l *demoLoader) addPeople(ctx context.Context) error {
	hash, err := argon2id.CreateHash(demoPassword, &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		return fmt.Errorf("hash the password: %w", err)
	}
	for _, p := range l.content.People {
		id, err := queries.New().UpsertPerson(ctx, l.database.pool, queries.UpsertPersonParams{
			ID: sync.Derive(l.workspace, "person", p.Handle), Email: p.Email, Name: p.Name, PasswordHash: hash})
		if err != nil {
			return err
		}
		if _, err := l.engine.AddMember(ctx, l.workspace, sync.Person{ID: id, Name: p.Name, Email: p.Email}, p.Role); err != nil {
			return err
		}
	}
	return nil
}

// vocabulary makes teams, statuses, labels and projects.
func (l *demoLoader) vocabulary() []sync.Operation {
	var ops []sync.Operation
	for _, team := range l.content.Teams {
		members := make([]string, len(team.Members))
		for i, handle := range team.Members {
			members[i] = string(l.member(handle))
		}
		ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.NewRef("team", l.team(team.Key)), Set: map[string]any{
			"key": team.Key, "name": team.Name, "private": team.Private, "timezone": team.Timezone, "triage": team.Triage, "members": members}})
		if team.Cycle > 0 {
			base := int64(0)
			ops = append(ops, sync.Operation{Op: sync.Set, Record: sync.NewRef("team", l.team(team.Key)), Base: &base, Set: map[string]any{"cycle_weeks": team.Cycle}})
		}
		var workflow sync.Starter
		for _, status := range team.Statuses {
			workflow.Statuses = append(workflow.Statuses, sync.StarterStatus{Name: status.Name, Category: status.Category, Color: status.Color})
		}
		ops = append(ops, sync.StarterOps(l.workspace, l.team(team.Key), workflow)...)
	}
	for _, label := range l.content.Labels {
		set := map[string]any{"name": label.Name, "color": label.Color, "group": label.Group}
		if label.Team != "" {
			set["team"] = string(sync.NewRef("team", l.team(label.Team)))
		}
		ops = append(ops, sync.Operation{Op: sync.Create, Record: l.label(label.Name), Set: set})
	}
	for _, project := range l.content.Projects {
		ops = append(ops, l.projectOps(project)...)
	}
	return ops
}

// projectOps makes a project with its milestones.
func (l *demoLoader) projectOps(project demo.Project) []sync.Operation {
	members := make([]string, len(project.Members))
	for i, handle := range project.Members {
		members[i] = string(l.member(handle))
	}
	set := map[string]any{"name": project.Name, "description": project.Description, "state": project.State, "health": project.Health, "members": members}
	for name, day := range map[string]string{"start": project.Start, "target": project.Target} {
		if day != "" {
			set[name] = day
		}
	}
	if project.Team != "" {
		set["team"] = string(sync.NewRef("team", l.team(project.Team)))
	}
	if project.Lead != "" {
		set["lead"] = string(l.member(project.Lead))
	}
	ops := []sync.Operation{{Op: sync.Create, Record: l.project(project.Name), Set: set}}
	for i, milestone := range project.Milestones {
		ops = append(ops, sync.Operation{Op: sync.Create, Record: l.milestone(project.Name, milestone.Name), Set: map[string]any{
			"project": string(l.project(project.Name)), "name": milestone.Name, "date": milestone.Date, "position": i}})
	}
	return ops
}

// issue makes an issue as it was at first, and lets its history happen.
func (l *demoLoader) issue(i int) []sync.Operation {
	issue := l.content.Issues[i]
	ref, team := l.issueRef(i), l.team(issue.Team)
	first := issue
	for _, change := range slices.Backward(issue.History) {
		apply(&first, change.Field, change.From)
	}
	set := map[string]any{"team": string(sync.NewRef("team", team)), "title": first.Title, "description": first.Description,
		"status": l.status(team, first.Status), "priority": first.Priority, "labels": l.labels(first.Labels)}
	if first.Assignee != "" {
		set["assignee"] = string(l.member(first.Assignee))
	}
	if first.Due != "" {
		set["due"] = first.Due
	}
	if first.Estimate != 0 {
		set["estimate"] = first.Estimate
	}
	if first.Project != "" {
		set["project"] = string(l.project(first.Project))
	}
	if first.Milestone != "" {
		set["milestone"] = string(l.milestone(first.Project, first.Milestone))
	}
	if first.Parent >= 0 {
		set["parent"] = string(l.issueRef(first.Parent))
	}
	create := sync.Operation{Op: sync.Create, Record: ref, Set: set}.By(l.member(issue.Author).ID(), issue.CreatedAt)
	return append([]sync.Operation{create}, l.life(ref, team, issue)...)
}

// favourites are what people keep in their sidebars.
func (l *demoLoader) favourites() []sync.Operation {
	var ops []sync.Operation
	for i, one := range l.content.Favourites {
		set := map[string]any{"member": string(l.member(one.Of)), "folder": one.Folder}
		if one.Issue >= 0 {
			set["issue"] = string(l.issueRef(one.Issue))
		} else {
			set["team"] = string(sync.NewRef("team", l.team(one.Team)))
		}
		ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.NewRef("favourite", sync.Derive(l.workspace, "favourite", strconv.Itoa(i))), Set: set})
	}
	return ops
}

// apply sets a field to what a change says.
func apply(issue *demo.Issue, field, value string) {
	switch field {
	case "status":
		issue.Status = value
	case "priority":
		issue.Priority, _ = strconv.Atoi(value) // the content's own tests check it
	case "assignee":
		issue.Assignee = value
	case "title":
		issue.Title = value
	}
}

// life is what happened to an issue after it was made, in order of time.
func (l *demoLoader) life(ref sync.Ref, team uuid.UUID, issue demo.Issue) []sync.Operation {
	type moment struct {
		at time.Time
		op sync.Operation
	}
	var moments []moment
	for _, change := range issue.History {
		moments = append(moments, moment{change.At, l.change(ref, team, change)})
	}
	for i, comment := range issue.Comments {
		op := sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", sync.Derive(ref.ID(), "comment", strconv.Itoa(i))),
			Set: map[string]any{"issue": string(ref), "body": comment.Body}}
		moments = append(moments, moment{comment.At, op.By(l.member(comment.Author).ID(), comment.At)})
		for _, r := range comment.Reactions {
			add := sync.Operation{Op: sync.Add, Record: op.Record, Field: "reactions", Value: r.Emoji}
			moments = append(moments, moment{comment.At, add.By(l.member(r.By).ID(), comment.At)})
		}
	}
	slices.SortStableFunc(moments, func(a, b moment) int { return a.at.Compare(b.at) })
	ops := make([]sync.Operation, len(moments))
	for i, moment := range moments {
		ops[i] = moment.op
	}
	return ops
}

func (l *demoLoader) change(ref sync.Ref, team uuid.UUID, change demo.Change) sync.Operation {
	after := demo.Issue{}
	apply(&after, change.Field, change.To)
	var value any
	switch change.Field {
	case "status":
		value = l.status(team, after.Status)
	case "priority":
		value = after.Priority
	case "title":
		value = after.Title
	case "assignee":
		if after.Assignee != "" {
			value = string(l.member(after.Assignee))
		}
	}
	base := int64(0)
	op := sync.Operation{Op: sync.Set, Record: ref, Base: &base, Set: map[string]any{change.Field: value}}
	return op.By(l.member(change.By).ID(), change.At)
}

// send passes over what was done at an earlier start: days that are counted from now may differ, but the work is there.
func (l *demoLoader) send(ctx context.Context, transactions []sync.Transaction) error {
	actor, client := sync.Program(l.workspace)
	for group := range slices.Chunk(transactions, importGroupSize) {
		results, err := l.engine.Import(ctx, actor, client, group)
		if err != nil {
			return err
		}
		for i, result := range results {
			if err := result.Err(); err != nil && (result.Error == nil || result.Error.Code != sync.CodeReused) {
				return fmt.Errorf("%s: %w", group[i].Label, err)
			}
		}
	}
	return nil
}

func (l *demoLoader) transaction(what string, ops []sync.Operation) sync.Transaction {
	return sync.Transaction{ID: sync.Derive(l.workspace, "demo", what), Label: "Demo", Ops: ops}
}

func (l *demoLoader) team(key string) uuid.UUID { return sync.Derive(l.workspace, "team", key) }

func (l *demoLoader) status(team uuid.UUID, name string) string {
	return string(sync.NewRef("status", sync.StatusID(team, name)))
}

func (l *demoLoader) label(name string) sync.Ref {
	return sync.NewRef("label", sync.Derive(l.workspace, "label", name))
}

func (l *demoLoader) project(name string) sync.Ref {
	return sync.NewRef("project", sync.Derive(l.workspace, "project", name))
}

func (l *demoLoader) milestone(project, name string) sync.Ref {
	return sync.NewRef("milestone", sync.Derive(l.project(project).ID(), "milestone", name))
}

func (l *demoLoader) labels(names []string) []string {
	refs := make([]string, len(names))
	for i, name := range names {
		refs[i] = string(l.label(name))
	}
	return refs
}

// member is who AddMember has made of a person.
func (l *demoLoader) member(handle string) sync.Ref {
	person := sync.Derive(l.workspace, "person", handle)
	return sync.NewRef("member", sync.Derive(l.workspace, "member", person.String()))
}

func (l *demoLoader) issueRef(i int) sync.Ref {
	return sync.NewRef("issue", sync.Derive(l.workspace, "issue", strconv.Itoa(i)))
}
