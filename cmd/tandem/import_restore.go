package main

import (
	"context"
	"time"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/queries"
	"tandem/sync"
)

// takenBack are those of some issues that lie in the trash since an import was taken back, if this import restores them. What somebody
// trashed alone stays there, unless its import was taken back later.
func (i *issueImport) takenBack(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]bool, error) {
	if !i.restores || len(ids) == 0 {
		return nil, nil
	}
	back, err := queries.New().ListTakenBack(ctx, i.database.pool, queries.ListTakenBackParams{WorkspaceID: i.workspace, IDs: ids})
	found := map[uuid.UUID]bool{}
	for _, id := range back {
		found[id] = true
	}
	return found, err
}

// restoreOps bring an issue back from the trash as the file has it now. Its number, its author and when it was made stay.
func (t *target) restoreOps(issue importer.Issue, version int64) []sync.Operation {
	now, ref := conditionOf(issue), t.issueRef(issue)
	set := map[string]any{"title": now.title, "description": issue.Body, "status": string(t.status(now)), "labels": t.labelRefs(now.labels),
		"assignee": nil, "priority": 0, "due": nil, "estimate": nil, "project": nil, "milestone": nil, "parent": nil}
	if assignee := t.assignee(now.assignees); assignee != "" {
		set["assignee"] = string(assignee)
	}
	t.addPlan(set, issue.Planned)
	return []sync.Operation{
		sync.Operation{Op: sync.Restore, Record: ref}.By(uuid.Nil, time.Now().UTC()),
		sync.Operation{Op: sync.Set, Record: ref, Base: &version, Set: set}.By(t.member(issue.Author), timeOr(issue.ClosedAt, issue.UpdatedAt, issue.CreatedAt)),
	}
}

// settleRestored returns the issues that are there again.
func (b *batch) settleRestored(back []importer.Issue, results []sync.Result) (present []importer.Issue) {
	for at, issue := range back {
		if refused := results[at].Err(); refused != nil {
			b.lose(issue.SourceID, readable(refused))
			continue
		}
		if b.restored == nil {
			b.restored = map[sync.Ref]bool{}
		}
		b.restored[b.target.issueRef(issue)] = true
		b.tally.restored++
		present = append(present, issue)
	}
	return present
}
