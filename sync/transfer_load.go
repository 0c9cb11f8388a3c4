package sync

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// transferOf finds the operations that may change an issue's team.
func (n *needs) transferOf(op Operation) {
	if op.Op == Set || op.Op == Move {
		n.transfer(op.Record, op.Set["team"])
	}
}

// transfer asks for what an issue takes along and leaves behind when it changes team, and for the ends of both teams.
func (n *needs) transfer(issue Ref, to value) {
	kind, id, _ := issue.Parse()
	if kind != "issue" || refID(to) == uuid.Nil {
		return
	}
	n.transfers = append(n.transfers, id)
	n.movers = append(n.movers, id)
	n.teams = append(n.teams, refID(to))
}

type transferAnswers struct {
	children *[]queries.ListIssuesByParentsRow
	comments *[]queries.ListCommentsByIssuesRow
	shares   *[]queries.ListSharesByIssuesRow
	aliases  *[]queries.ListAliasesByIssueRow
	related  *[]queries.ListRelationsByIssuesRow
	attached *[]queries.ListAttachmentsByIssuesRow
}

func (n *needs) askTransfers(ctx context.Context, p *queries.Pipeline, q *queries.Queries, ws uuid.UUID) transferAnswers {
	type db = queries.DBTX
	wanted := len(n.transfers)
	return transferAnswers{
		ask(p, wanted, func(db db) ([]queries.ListIssuesByParentsRow, error) {
			return q.ListIssuesByParents(ctx, db, queries.ListIssuesByParentsParams{WorkspaceID: ws, IDs: n.transfers})
		}),
		ask(p, wanted, func(db db) ([]queries.ListCommentsByIssuesRow, error) {
			return q.ListCommentsByIssues(ctx, db, queries.ListCommentsByIssuesParams{WorkspaceID: ws, IDs: n.transfers})
		}),
		ask(p, wanted, func(db db) ([]queries.ListSharesByIssuesRow, error) {
			return q.ListSharesByIssues(ctx, db, queries.ListSharesByIssuesParams{WorkspaceID: ws, IDs: n.transfers})
		}),
		ask(p, wanted, func(db db) ([]queries.ListAliasesByIssueRow, error) {
			return q.ListAliasesByIssue(ctx, db, queries.ListAliasesByIssueParams{WorkspaceID: ws, IDs: n.transfers})
		}),
		ask(p, wanted+len(n.relating), func(db db) ([]queries.ListRelationsByIssuesRow, error) {
			return q.ListRelationsByIssues(ctx, db, queries.ListRelationsByIssuesParams{WorkspaceID: ws, IDs: slices.Concat(n.transfers, n.relating)})
		}),
		ask(p, wanted, func(db db) ([]queries.ListAttachmentsByIssuesRow, error) {
			return q.ListAttachmentsByIssues(ctx, db, queries.ListAttachmentsByIssuesParams{WorkspaceID: ws, IDs: n.transfers})
		}),
	}
}

func (a transferAnswers) records(keep func(*record)) {
	for _, row := range *a.children {
		keep(issueRecord(queries.ListIssuesByIDRow(row)))
	}
	for _, row := range *a.comments {
		keep(commentRecord(queries.ListCommentsByIDRow(row)))
	}
	for _, row := range *a.shares {
		keep(shareRecord(queries.ListSharesByIDRow(row)))
	}
	for _, row := range *a.related {
		keep(relationRecord(queries.ListRelationsByIDRow(row)))
	}
	for _, row := range *a.attached {
		keep(attachmentRecord(queries.ListAttachmentsByIDRow(row)))
	}
}

func (w *world) learnAliases(a transferAnswers) {
	for _, row := range *a.aliases {
		w.aliases[aliasKey{row.IssueID, row.TeamID}] = row.Number
	}
}

// queueAliases stores the numbers that issues left behind.
func (w *world) queueAliases(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	if len(w.left) == 0 {
		return
	}
	wanted := queries.InsertAliasesParams{WorkspaceID: w.workspace}
	for _, key := range w.left {
		wanted.TeamIDs = append(wanted.TeamIDs, key.team)
		wanted.Numbers = append(wanted.Numbers, w.aliases[key])
		wanted.IDs = append(wanted.IDs, key.issue)
	}
	p.Tell(func(db queries.DBTX) error { return q.InsertAliases(ctx, db, wanted) })
}
