package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// queueAlone turns a group into one statement, if it is what most groups are: one transaction that changed one issue, and
// no long text of it. What it returns is PostgreSQL's clock; nil when the group is something else.
func (w *world) queueAlone(ctx context.Context, p *queries.Pipeline, q *queries.Queries, known *recent) *time.Time {
	now := w.alone()
	if now == nil {
		return nil
	}
	row := w.rowAlone(now)
	row.Epoch, row.Head = known.epoch, known.head
	p.Tell(func(db queries.DBTX) error { return q.LockAlone(ctx, db, w.workspace) })
	return queries.Ask(p, func(db queries.DBTX) (time.Time, error) { return q.WriteIssueAlone(ctx, db, row) })
}

// alone is the issue that is all that a group changed, beside the log and the answer; else nil.
func (w *world) alone() *record {
	if len(w.log) != 1 || len(w.answers) != 1 || len(w.current) != 1 || fault("result_apart") {
		return nil
	}
	if len(w.newcomers)+len(w.depends)+len(w.left)+len(w.counted)+len(w.access) > 0 {
		return nil
	}
	now := w.current[w.log[0].ref()]
	if now == nil || now.kind != "issue" || w.original(now.ref()) == nil {
		return nil
	}
	if plain, _ := w.splitByText([]*record{now}); len(plain) == 0 {
		return nil
	}
	return now
}

// rowAlone are the columns of the issue, of the line and of the answer.
func (w *world) rowAlone(now *record) queries.WriteIssueAloneParams {
	row := w.answerAlone()
	line := w.log[0]
	row.WorkspaceID, row.Version, row.Expected = w.workspace, now.version, w.original(now.ref()).version
	row.Ordinal, row.Op, row.Before, row.After = int32(line.Ordinal), string(line.Op), columnJSON(line.Before), columnJSON(line.After)
	if line.Overwrote != nil {
		row.Overwrote = columnJSON(line.Overwrote)
	}
	row.SeenByTeamID, row.OtherTeamID, row.IssueID, row.Access = line.Team, line.OtherTeam, line.Issue, line.Access
	row.Topics = slices.Compact(slices.Sorted(slices.Values(line.Topics)))
	row.MemberID, row.ClientID, row.Imported, row.ChangedAt = line.Member, line.Client, line.Imported, line.At

	row.ID, row.Stamps, row.UpdatedAt, row.DeletedAt = now.id, columnJSON(now.stamps.toMerge()), now.updatedAt, now.deletedAt
	row.TeamID, row.StatusID, row.AssigneeID, row.ParentID = now.refersTo("team"), now.refersTo("status"), now.maybeRefersTo("assignee"), now.maybeRefersTo("parent")
	row.ProjectID, row.MilestoneID, row.CycleID = now.maybeRefersTo("project"), now.maybeRefersTo("milestone"), now.maybeRefersTo("cycle")
	row.Number, row.Priority, row.Rank = integer(now.fields["number"]), int16(integer(now.fields["priority"])), now.text("rank")
	row.Labels, row.Subscribers, row.Reactions = refIDs(now.fields["labels"]), refIDs(now.fields["subscribers"]), append([]string{}, now.set("reactions")...)
	row.Due, row.StartedAt, row.CompletedAt = now.maybeText("due"), now.maybeText("started_at"), now.maybeText("completed_at")
	row.CanceledAt, row.SnoozedUntil = now.maybeText("canceled_at"), now.maybeText("snoozed_until")
	if estimate := now.fields["estimate"]; estimate != nil {
		points := int32(integer(estimate))
		row.Estimate = &points
	}
	return row
}

// answerAlone begins the columns with what the transaction is answered.
func (w *world) answerAlone() queries.WriteIssueAloneParams {
	answer := w.answers[0]
	row := queries.WriteIssueAloneParams{TransactionID: answer.transaction, ResultClientID: answer.client, ResultMemberID: answer.member,
		Fingerprint: answer.fingerprint, Label: answer.label, Status: answer.result.Status, AnsweredAt: answer.at,
		Body: columnJSON(resultBody{answer.result.Notices, answer.result.Conflicts, answer.result.Error})}
	if answer.request != nil {
		row.Request = columnJSON(answer.request)
	}
	return row
}

// maybeRefersTo is the id that a reference names, or nil.
func (r *record) maybeRefersTo(field string) *uuid.UUID { return optional(r.refersTo(field)) }

// maybeText is a text, or nil where there is none.
func (r *record) maybeText(field string) *string {
	if found, ok := r.fields[field].(string); ok {
		return &found
	}
	return nil
}

func columnJSON(v any) []byte {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("a column of JSON: %v", err)) // values are what JSON can say
	}
	return raw
}
