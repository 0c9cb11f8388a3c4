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

	issues   []importer.Issue
	ids      map[string]bool // SourceIDs of issues
	bytes    int
	restored map[sync.Ref]bool // by this import
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
	issues   map[sync.Ref]queries.ListIssuesByIDRow
	back     map[uuid.UUID]bool // of the issues in the trash, those that this import restores
	comments map[sync.Ref]bool
}

// live tells whether an issue is there, and not in the trash.
func (p inPlace) live(issue sync.Ref) bool {
	row, known := p.issues[issue]
	return known && row.DeletedAt == nil
}

func (b *batch) find(ctx context.Context, issues []importer.Issue) (inPlace, error) {
	found := inPlace{map[sync.Ref]queries.ListIssuesByIDRow{}, nil, map[sync.Ref]bool{}}
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
		found.issues[sync.NewRef("issue", row.ID)] = row
	}
	if found.back, err = b.takenBack(ctx, ids); err != nil {
		return found, err
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
	present, fresh, back := b.part(issues, found)
	if err := b.countTaken(ctx, fresh); err != nil {
		return nil, err
	}
	var transactions []sync.Transaction
	var ids []uuid.UUID
	for _, issue := range fresh {
		transactions, ids = append(transactions, transaction(b.target.issueOps(issue))), append(ids, b.target.issueRef(issue).ID())
	}
	for _, issue := range back {
		row := found.issues[b.target.issueRef(issue)]
		transactions, ids = append(transactions, transaction(b.target.restoreOps(issue, row.Version))), append(ids, row.ID)
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
	return append(present, b.settleRestored(back, results[len(fresh):])...), nil
}

// part tells the issues that are there from those to be made and those to be restored.
func (b *batch) part(issues []importer.Issue, found inPlace) (present, fresh, back []importer.Issue) {
	for _, issue := range issues {
		row, known := found.issues[b.target.issueRef(issue)]
		switch {
		case found.back[row.ID]:
			back = append(back, issue)
		case known && row.DeletedAt != nil:
			b.tally.trashed++
		case known:
			b.tally.knownIssues++
			present = append(present, issue)
		default:
			fresh = append(fresh, issue)
		}
	}
	return present, fresh, back
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
	if refused := result.Err(); refused != nil {
		found, err := b.find(ctx, []importer.Issue{issue})
		if err != nil {
			return false, err
		}
		if found.live(b.target.issueRef(issue)) { // what an import that was broken off had sent
			b.tally.knownIssues++
			return true, nil
		}
		again, err := b.send(ctx, []sync.Transaction{transaction(b.target.plainOps(issue))})
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

// conversation is some comments of one issue that go together.
type conversation struct {
	issue    importer.Issue
	comments []importer.Comment
}

func (b *batch) writeComments(ctx context.Context, issues []importer.Issue, found inPlace) error {
	var parts []conversation
	for _, issue := range issues {
		fresh := slices.DeleteFunc(slices.Clone(issue.Comments), func(c importer.Comment) bool { return found.comments[b.target.commentRef(c)] })
		b.tally.knownComments += len(issue.Comments) - len(fresh)
		for some := range slices.Chunk(fresh, commentsAtOnce) {
			parts = append(parts, conversation{issue, some})
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
func (b *batch) settleComments(ctx context.Context, p conversation, result sync.Result) error {
	refused := result.Err()
	switch {
	case refused == nil:
		b.tally.newComments += len(p.comments)
	case len(p.comments) == 1:
		found, err := b.find(ctx, []importer.Issue{{SourceID: p.issue.SourceID, Comments: p.comments}})
		if err != nil {
			return err
		}
		if found.comments[b.target.commentRef(p.comments[0])] {
			b.tally.knownComments++
		} else {
			b.lose(p.comments[0].SourceID, readable(refused))
		}
	default:
		for i := range p.comments {
			alone := conversation{p.issue, p.comments[i : i+1]}
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

func (b *batch) commentTransaction(p conversation) sync.Transaction {
	ops := make([]sync.Operation, len(p.comments))
	for i, comment := range p.comments {
		ops[i] = b.target.commentOp(p.issue, comment)
	}
	return transaction(ops)
}

// transaction is a new one each time: records are known again by their own ids. An id that followed from the source would be answered
// with what was refused before, also after the file or the team was mended. Queued, since what an import says is no race with anybody.
func transaction(ops []sync.Operation) sync.Transaction {
	return sync.Transaction{ID: uuid.Must(uuid.NewV7()), Label: "Import", Queued: true, Ops: ops}
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
