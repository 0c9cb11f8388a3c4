package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"tandem/internal/importer"
	"tandem/queries"
	"tandem/sync"
)

// What is sent at once. The engine makes groups of this size of it, each one commit.
const (
	importGroupSize   = 64
	commentsAtOnce    = 50      // in one transaction: its cost grows with the square of the records that it makes
	longestBatchBytes = 1 << 20 // of text
)

// batch gathers issues and writes them together.
type batch struct {
	*issueImport
	target *target

	issues []importer.Issue
	ids    map[string]bool // SourceIDs of issues
	bytes  int
}

// add takes an issue, and writes when there are enough.
func (b *batch) add(ctx context.Context, issue importer.Issue) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if b.ids[issue.SourceID] { // two files may hold the same issue: the second must find the first
		if err := b.flush(ctx); err != nil {
			return err
		}
	}
	if b.ids == nil {
		b.ids = map[string]bool{}
	}
	b.ids[issue.SourceID] = true
	b.issues = append(b.issues, issue)
	b.bytes += len(issue.Body)
	for _, comment := range issue.Comments {
		b.bytes += len(comment.Body)
	}
	if len(b.issues) >= importGroupSize || b.bytes > longestBatchBytes {
		return b.flush(ctx)
	}
	return nil
}

// flush writes issues first, then the comments of those that are there.
func (b *batch) flush(ctx context.Context) error {
	issues := b.issues
	b.issues, b.ids, b.bytes = nil, nil, 0
	if len(issues) == 0 {
		return nil
	}
	found, err := b.find(ctx, issues)
	if err != nil {
		return err
	}
	present, err := b.writeIssues(ctx, issues, found)
	if err != nil {
		return err
	}
	if err := b.writeComments(ctx, present, found); err != nil {
		return err
	}
	return b.step(ctx, len(issues), nil)
}

// inPlace is what of a batch is there already.
type inPlace struct {
	issues   map[sync.Ref]bool // true: in the trash
	comments map[sync.Ref]bool
}

func (b *batch) find(ctx context.Context, issues []importer.Issue) (inPlace, error) {
	found := inPlace{map[sync.Ref]bool{}, map[sync.Ref]bool{}}
	var ids, comments []uuid.UUID
	for _, issue := range issues {
		ids = append(ids, b.target.issueRef(issue).ID())
		for _, comment := range issue.Comments {
			comments = append(comments, b.target.commentRef(comment).ID())
		}
	}
	q := queries.New()
	rows, err := q.ListIssuesByID(ctx, b.database.pool, queries.ListIssuesByIDParams{WorkspaceID: b.workspace, IDs: ids})
	if err != nil || len(rows) == 0 {
		return found, err
	}
	for _, row := range rows {
		found.issues[sync.NewRef("issue", row.ID)] = row.DeletedAt != nil
	}
	for part := range slices.Chunk(comments, 5000) {
		rows, err := q.ListCommentsByID(ctx, b.database.pool, queries.ListCommentsByIDParams{WorkspaceID: b.workspace, IDs: part})
		if err != nil {
			return found, err
		}
		for _, row := range rows {
			found.comments[sync.NewRef("comment", row.ID)] = true
		}
	}
	return found, nil
}

// writeIssues makes the issues that are not there, and returns those that can take comments.
func (b *batch) writeIssues(ctx context.Context, issues []importer.Issue, found inPlace) (present []importer.Issue, err error) {
	var fresh []importer.Issue
	for _, issue := range issues {
		trashed, known := found.issues[b.target.issueRef(issue)]
		switch {
		case trashed:
			b.tally.trashed++
		case known:
			b.tally.knownIssues++
			present = append(present, issue)
		default:
			fresh = append(fresh, issue)
		}
	}
	if err := b.countTaken(ctx, fresh); err != nil {
		return nil, err
	}
	transactions, ids := make([]sync.Transaction, len(fresh)), make([]uuid.UUID, len(fresh))
	for i, issue := range fresh {
		transactions[i], ids[i] = b.transaction(b.target.issueOps(issue), issue.SourceID), b.target.issueRef(issue).ID()
	}
	if err := b.step(ctx, 0, ids); err != nil {
		return nil, err
	}
	results, err := b.send(ctx, transactions)
	if err != nil {
		return nil, err
	}
	for i, issue := range fresh {
		made, err := b.settleIssue(ctx, issue, results[i])
		if err != nil {
			return nil, err
		}
		if made {
			present = append(present, issue)
		}
	}
	return present, nil
}

// countTaken counts the issues that cannot keep their numbers.
func (b *batch) countTaken(ctx context.Context, fresh []importer.Issue) error {
	numbers := make([]int64, len(fresh))
	for i, issue := range fresh {
		numbers[i] = int64(issue.Number)
	}
	rows, err := queries.New().ListTakenNumbers(ctx, b.database.pool, queries.ListTakenNumbersParams{
		WorkspaceID: b.workspace, TeamIDs: []uuid.UUID{b.target.team}, Numbers: numbers})
	b.tally.renumbered += len(rows)
	return err
}

// settleIssue tells whether an issue is there now. One whose history is refused is tried without it.
func (b *batch) settleIssue(ctx context.Context, issue importer.Issue, result sync.Result) (bool, error) {
	if doneBefore(result) {
		b.tally.knownIssues++
		return true, nil
	}
	refused := result.Err()
	if refused != nil {
		again, err := b.send(ctx, []sync.Transaction{b.transaction(b.target.plainOps(issue), issue.SourceID, "plain")})
		if err != nil {
			return false, err
		}
		if last := again[0].Err(); last != nil {
			b.lose(issue.SourceID, readable(last))
			return false, nil
		}
		b.remark(fmt.Sprintf("%s went in without its history: %v", issue.SourceID, readable(refused)))
	}
	b.tally.newIssues++
	return true, nil
}

// part is some comments of one issue that go together.
type part struct {
	issue    importer.Issue
	comments []importer.Comment
}

func (b *batch) writeComments(ctx context.Context, issues []importer.Issue, found inPlace) error {
	var parts []part
	for _, issue := range issues {
		fresh := slices.DeleteFunc(slices.Clone(issue.Comments), func(c importer.Comment) bool { return found.comments[b.target.commentRef(c)] })
		b.tally.knownComments += len(issue.Comments) - len(fresh)
		for some := range slices.Chunk(fresh, commentsAtOnce) {
			parts = append(parts, part{issue, some})
		}
	}
	transactions := make([]sync.Transaction, len(parts))
	for i, part := range parts {
		transactions[i] = b.commentTransaction(part)
	}
	results, err := b.send(ctx, transactions)
	if err != nil {
		return err
	}
	for i, part := range parts {
		if err := b.settleComments(ctx, part, results[i]); err != nil {
			return err
		}
	}
	return nil
}

// settleComments counts what went in. Of a refused part each comment is tried alone, so that one does not keep out the others.
func (b *batch) settleComments(ctx context.Context, p part, result sync.Result) error {
	refused := result.Err()
	switch {
	case doneBefore(result):
		b.tally.knownComments += len(p.comments)
	case refused == nil:
		b.tally.newComments += len(p.comments)
	case len(p.comments) == 1:
		b.lose(p.comments[0].SourceID, readable(refused))
	default:
		for i := range p.comments {
			alone := part{p.issue, p.comments[i : i+1]}
			results, err := b.send(ctx, []sync.Transaction{b.commentTransaction(alone)})
			if err != nil {
				return err
			}
			if err := b.settleComments(ctx, alone, results[0]); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b *batch) commentTransaction(p part) sync.Transaction {
	ops := make([]sync.Operation, len(p.comments))
	ids := make([]string, len(p.comments))
	for i, comment := range p.comments {
		ops[i], ids[i] = b.target.commentOp(p.issue, comment), comment.SourceID
	}
	return b.transaction(ops, ids...)
}

// transaction has an id that follows from what it imports, so that sending it again is a replay.
func (b *batch) transaction(ops []sync.Operation, sources ...string) sync.Transaction {
	return sync.Transaction{ID: sync.Derive(b.workspace, append([]string{"import transaction"}, sources...)...), Label: "Import", Ops: ops}
}

func (b *batch) send(ctx context.Context, transactions []sync.Transaction) ([]sync.Result, error) {
	actor, client := sync.Program(b.workspace)
	var results []sync.Result
	for group := range slices.Chunk(transactions, importGroupSize) {
		some, err := b.engine.Import(ctx, actor, client, group)
		if err != nil {
			return nil, fmt.Errorf("write: %w", err)
		}
		results = append(results, some...)
	}
	return results, nil
}

// doneBefore tells that a transaction was done by an earlier import, perhaps of a file that said a little else.
func doneBefore(result sync.Result) bool {
	return result.Status == sync.Applied && result.Replayed || result.Error != nil && result.Error.Code == sync.CodeReused
}
