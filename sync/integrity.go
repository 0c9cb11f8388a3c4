package sync

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// Verdict is what the log of one workspace says of its tables. The log is the truth of what was acknowledged.
type Verdict struct {
	Slug    string
	Head    int64
	Entries int
	Records int
	Flaws   int   // how many differences there are, as far as one can tell them apart
	First   *Flaw // one of the log itself if there is any, then the one of the lowest V; nil when all is well
}

// Flaw is a difference between the log and itself, or the log and the tables.
type Flaw struct {
	Version int64
	Record  Ref    // "" where it is of no record
	Field   string // "" where it is of no field
	Text    string // what each side says
	torn    bool   // the log itself is broken: that comes first, since other differences follow from it
}

func (f Flaw) String() string {
	where := strings.TrimSpace(string(f.Record) + " " + f.Field)
	if where == "" {
		return fmt.Sprintf("V %d: %s", f.Version, f.Text)
	}
	return fmt.Sprintf("%s, V %d: %s", where, f.Version, f.Text)
}

func (v *Verdict) note(flaw Flaw) {
	v.Flaws++
	if v.First == nil || flaw.torn && !v.First.torn || flaw.torn == v.First.torn && flaw.Version < v.First.Version {
		v.First = &flaw
	}
}

// Verify folds the log of every workspace and compares the outcome with its tables, each in one snapshot, while others
// go on writing. tell hears of each workspace when it is through.
func (e *Engine) Verify(ctx context.Context, tell func(Verdict)) error {
	workspaces, err := e.queries.ListWorkspaceIDs(ctx, e.pool)
	if err != nil {
		return fmt.Errorf("list the workspaces: %w", err)
	}
	for _, workspace := range workspaces {
		verdict, err := e.verify(ctx, workspace)
		if err != nil {
			return fmt.Errorf("verify workspace %s: %w", workspace, err)
		}
		tell(verdict)
	}
	return nil
}

func (e *Engine) verify(ctx context.Context, workspace uuid.UUID) (Verdict, error) {
	var verdict Verdict
	err := pgx.BeginTxFunc(ctx, e.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		bounds, err := e.queries.GetLogBounds(ctx, tx, workspace)
		if err != nil {
			return err
		}
		verdict = Verdict{Slug: bounds.Slug, Head: bounds.Head}
		fold := fold{verdict: &verdict, floor: bounds.Floor}
		if err := e.queries.EachFold(ctx, tx, workspace, fold.take); err != nil {
			return err
		}
		fold.end()
		audit := audit{e.queries, tx, workspace, bounds, &verdict}
		for _, look := range []func(context.Context) error{audit.versions, audit.topics, audit.access, audit.results, audit.numbers, audit.places, audit.teams, audit.relations, audit.milestones, audit.cycles, audit.files} {
			if err := look(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	return verdict, err
}

// audit looks at what hangs on the log as a whole, or on several records.
type audit struct {
	queries   *queries.Queries
	tx        pgx.Tx
	workspace uuid.UUID
	bounds    queries.GetLogBoundsRow
	verdict   *Verdict
}

func (a audit) versions(ctx context.Context) error {
	rows, err := a.queries.ListLogFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		flaw := Flaw{Version: row.Version, torn: true}
		switch {
		case row.Version <= a.bounds.Floor:
			flaw.Text = fmt.Sprintf("the log holds it, but it says that it was cut up to %d", a.bounds.Floor)
		case row.Entries != row.Ordinals:
			flaw.Text = fmt.Sprintf("the log holds %d of its entries, but they are numbered up to %d", row.Entries, row.Ordinals)
		case row.Transactions != 1:
			flaw.Text = fmt.Sprintf("the log says that %d transactions made it", row.Transactions)
		case !row.Answered:
			flaw.Text = "the log holds it, but there is no result of its transaction"
		default:
			flaw.Version, flaw.Text = row.Previous+1, fmt.Sprintf("the log has no such entry: after %d comes %d", row.Previous, row.Version)
		}
		a.verdict.note(flaw)
	}
	return err
}

func (a audit) topics(ctx context.Context) error {
	rows, err := a.queries.ListTopicFlaws(ctx, a.tx, queries.ListTopicFlawsParams{WorkspaceID: a.workspace, Floor: a.bounds.Floor})
	for _, row := range rows {
		a.verdict.note(Flaw{Version: max(row.Logged, row.Stored), Text: fmt.Sprintf("the topic %s changed last at %d as the log says, at %d as the table says", row.Name, row.Logged, row.Stored)})
	}
	return err
}

func (a audit) access(ctx context.Context) error {
	rows, err := a.queries.ListAccessFlaws(ctx, a.tx, queries.ListAccessFlawsParams{WorkspaceID: a.workspace, Floor: a.bounds.Floor})
	for _, row := range rows {
		a.verdict.note(Flaw{Version: max(row.Logged, row.Stored), Record: NewRef("member", row.MemberID),
			Text: fmt.Sprintf("their rights changed last at %d as the log says, at %d as the table says", row.Logged, row.Stored)})
	}
	return err
}

func (a audit) results(ctx context.Context) error {
	rows, err := a.queries.ListResultFlaws(ctx, a.tx, queries.ListResultFlawsParams{WorkspaceID: a.workspace, Head: a.bounds.Head, Floor: a.bounds.Floor})
	for _, row := range rows {
		text := fmt.Sprintf("the transaction %s was answered with it, but the log has no entry of it", row.TransactionID)
		if row.Version > a.bounds.Head {
			text = fmt.Sprintf("the transaction %s was answered with it, but the log ends at %d", row.TransactionID, a.bounds.Head)
		}
		a.verdict.note(Flaw{Version: row.Version, Text: text})
	}
	return err
}

func (a audit) numbers(ctx context.Context) error {
	rows, err := a.queries.ListNumberFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef("issue", row.ID), Field: "number",
			Text: fmt.Sprintf("it is %d, but the next number of the team is %d", row.Number, row.Next)})
	}
	return err
}

func (a audit) places(ctx context.Context) error {
	rows, err := a.queries.ListPlaceFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef("issue", row.ID), Field: row.Field, Text: fmt.Sprintf("%s has the same", NewRef("issue", row.Other))})
	}
	return err
}

func (a audit) relations(ctx context.Context) error {
	rows, err := a.queries.ListRelationFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef("relation", row.ID), Text: fmt.Sprintf("%s stands between the same issues", NewRef("relation", row.Other))})
	}
	return err
}

func (a audit) cycles(ctx context.Context) error {
	rows, err := a.queries.ListCycleFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef("issue", row.ID), Field: "cycle",
			Text: fmt.Sprintf("it is one of %s, the issue is of %s", NewRef("team", row.CycleTeam), NewRef("team", row.TeamID))})
	}
	return err
}

func (a audit) files(ctx context.Context) error {
	rows, err := a.queries.ListFileFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef("attachment", row.ID), Field: "file", Text: fmt.Sprintf("%d of its %d bytes are there", row.Kept, row.Size)})
	}
	return err
}

func (a audit) milestones(ctx context.Context) error {
	rows, err := a.queries.ListMilestoneFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef(row.Kind, row.ID), Field: row.Field, Text: "its project says otherwise"})
	}
	return err
}

func (a audit) teams(ctx context.Context) error {
	rows, err := a.queries.ListTeamFlaws(ctx, a.tx, a.workspace)
	for _, row := range rows {
		a.verdict.note(Flaw{Version: row.Version, Record: NewRef(row.Kind, row.ID), Field: "team",
			Text: fmt.Sprintf("it is %s, its issue's is %s", NewRef("team", row.TeamID), NewRef("team", row.IssueTeam))})
	}
	return err
}
