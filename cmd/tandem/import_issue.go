package main

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/sync"
)

// issueRef and commentRef are the same at every import, so that what is there is found again.
func (t *target) issueRef(issue importer.Issue) sync.Ref {
	return sync.NewRef("issue", sync.Derive(t.workspace, "import", issue.SourceID))
}

func (t *target) commentRef(comment importer.Comment) sync.Ref {
	return sync.NewRef("comment", sync.Derive(t.workspace, "import", comment.SourceID))
}

// issueOps make an issue as it began and let its history happen.
func (t *target) issueOps(issue importer.Issue) []sync.Operation {
	ref := t.issueRef(issue)
	first, steps := retrace(issue)
	ops := []sync.Operation{t.createIssue(issue, first)}
	for _, step := range steps {
		for _, op := range t.difference(ref, step.before, step.after) {
			ops = append(ops, op.By(t.member(step.Actor), timeOr(step.At, issue.CreatedAt)))
		}
	}
	return ops
}

// plainOps make an issue as it is now, without its history.
func (t *target) plainOps(issue importer.Issue) []sync.Operation {
	return []sync.Operation{t.createIssue(issue, conditionOf(issue))}
}

func (t *target) createIssue(issue importer.Issue, c condition) sync.Operation {
	set := map[string]any{
		"team": string(sync.NewRef("team", t.team)), "title": c.title, "description": issue.Body,
		"status": string(t.status(c)), "labels": t.labelRefs(c.labels), "subscribers": t.others(issue.Assignees),
	}
	if issue.Number > 0 {
		set["number"] = int64(issue.Number)
	}
	if assignee := t.assignee(c.assignees); assignee != "" {
		set["assignee"] = string(assignee)
	}
	t.addPlan(set, issue.Planned)
	return create(t.issueRef(issue), set).By(t.member(issue.Author), timeOr(issue.CreatedAt, issue.UpdatedAt))
}

func (t *target) commentOp(issue importer.Issue, comment importer.Comment) sync.Operation {
	return create(t.commentRef(comment), map[string]any{"issue": string(t.issueRef(issue)), "body": comment.Body}).
		By(t.member(comment.Author), timeOr(comment.CreatedAt, issue.CreatedAt))
}

// difference are the operations that lead from one condition to another.
func (t *target) difference(ref sync.Ref, before, after condition) []sync.Operation {
	var ops []sync.Operation
	set := func(field string, value any) {
		base := int64(0) // nobody else has touched it
		ops = append(ops, sync.Operation{Op: sync.Set, Record: ref, Base: &base, Set: map[string]any{field: value}})
	}
	if before.title != after.title {
		set("title", after.title)
	}
	if t.status(before) != t.status(after) {
		set("status", string(t.status(after)))
	}
	was, is := t.assignee(before.assignees), t.assignee(after.assignees)
	switch {
	case was != is && is == "":
		set("assignee", nil)
	case was != is:
		set("assignee", string(is))
	}
	return append(ops, t.labelChanges(ref, t.labelRefs(before.labels), t.labelRefs(after.labels))...)
}

func (t *target) labelChanges(ref sync.Ref, before, after []string) []sync.Operation {
	var ops []sync.Operation
	for _, label := range before {
		if !slices.Contains(after, label) {
			ops = append(ops, sync.Operation{Op: sync.Remove, Record: ref, Field: "labels", Value: label})
		}
	}
	for _, label := range after {
		if !slices.Contains(before, label) {
			ops = append(ops, sync.Operation{Op: sync.Add, Record: ref, Field: "labels", Value: label})
		}
	}
	return ops
}

func (t *target) status(c condition) sync.Ref {
	if c.status != "" {
		return t.statuses[statusKey(c.status)]
	}
	switch c.outcome {
	case completed:
		return t.completed
	case canceled:
		return t.canceled
	}
	return t.open
}

// labelRefs leaves out labels that have been deleted here.
func (t *target) labelRefs(keys []string) []string {
	refs := []string{}
	for _, key := range keys {
		refs = with(refs, string(t.labels[key]))
	}
	return refs
}

// member is who a login stands for; the zero id for nobody that is known.
func (t *target) member(login string) uuid.UUID { return t.people[personKey(login)] }

// assignee is the first that sees the team: Tandem knows only one.
func (t *target) assignee(logins []string) sync.Ref {
	for _, login := range logins {
		if member := t.member(login); member != uuid.Nil && !t.blind[member] {
			return sync.NewRef("member", member)
		}
	}
	return ""
}

// others are the further assignees, who hear of the issue at least.
func (t *target) others(logins []string) []string {
	refs := []string{}
	for _, login := range logins[min(1, len(logins)):] {
		if member := t.member(login); member != uuid.Nil && !t.blind[member] {
			refs = with(refs, string(sync.NewRef("member", member)))
		}
	}
	return refs
}

// timeOr never returns the zero time, which is no time that anything happened at.
func timeOr(times ...time.Time) time.Time {
	for _, at := range times {
		if !at.IsZero() {
			return at
		}
	}
	return time.Now().UTC()
}
