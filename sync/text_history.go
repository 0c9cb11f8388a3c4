package sync

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// historyPage is how many versions of a text are read at once: each may be as long as a text can be.
const historyPage = 10

// TextHistory is what the log tells of a description or a comment's body.
type TextHistory struct {
	Snapshot
	Issue    IssueTitle
	Author   uuid.UUID // zero: nobody that is known
	Field    string
	Current  string
	Frozen   bool          // it, or its issue, lies in the trash
	Versions []TextVersion // the last first
	Next     TextPlace     // where the next page begins; the zero place when there is none
	Cut      bool          // there may have been earlier ones: the log does not reach that far
}

// TextPlace is a place in the log: before it a page of versions ends.
type TextPlace struct {
	Version int64
	Ordinal int32
}

// TextVersion is a text as somebody left it.
type TextVersion struct {
	Place    TextPlace
	Member   uuid.UUID // zero: nobody that is known
	At       time.Time
	Imported bool
	Made     bool // with the record
	Before   string
	Text     string
}

// DescriptionHistory reads the versions of an issue's description that lie before a place; the zero place is the end of the log.
// NotFound when the reader does not see the issue.
func (e *Engine) DescriptionHistory(ctx context.Context, actor Actor, id IssueID, before TextPlace) (TextHistory, error) {
	title, _, err := e.IssueFreshness(ctx, actor, id)
	if err != nil {
		return TextHistory{}, err
	}
	return e.textHistory(ctx, actor, NewRef("issue", title.ID), "description", before)
}

// CommentHistory is DescriptionHistory of a comment's body. One that was deleted has none.
func (e *Engine) CommentHistory(ctx context.Context, actor Actor, id uuid.UUID, before TextPlace) (TextHistory, error) {
	return e.textHistory(ctx, actor, NewRef("comment", id), "body", before)
}

func (e *Engine) textHistory(ctx context.Context, actor Actor, record Ref, field string, before TextPlace) (TextHistory, error) {
	if before == (TextPlace{}) {
		before.Version = math.MaxInt64
	}
	var of *queries.GetTextRow
	var rows *[]queries.ListTextVersionsRow
	var floor *int64
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		of = queries.Ask(p, func(db queries.DBTX) (queries.GetTextRow, error) {
			return noneIsZero(e.queries.GetText(ctx, db, queries.GetTextParams{WorkspaceID: actor.Workspace, ID: record.ID(), TeamIDs: s.who.visibleTeams()}))
		})
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListTextVersionsRow, error) {
			return e.queries.ListTextVersions(ctx, db, queries.ListTextVersionsParams{WorkspaceID: actor.Workspace, RecordID: record.ID(), Field: field,
				TeamIDs: s.who.visibleTeams(), Version: before.Version, Ordinal: before.Ordinal, Most: historyPage + 1})
		})
		floor = e.askFloor(ctx, p, actor.Workspace)
		return nil
	})
	if err == nil && (of.Kind != record.kind() || of.Hidden) {
		err = notFound("This text")
	}
	if err != nil {
		return TextHistory{}, err
	}
	found := TextHistory{Snapshot: snapshot, Author: idOf(of.AuthorID), Field: field, Current: of.Text, Frozen: of.Frozen,
		Issue: IssueTitle{ID: of.IssueID, Team: of.TeamID, Number: of.Number, Title: of.Title, Version: of.Version}}
	found.add(*rows, *floor)
	return found, nil
}

func (h *TextHistory) add(rows []queries.ListTextVersionsRow, floor int64) {
	for _, row := range rows[:min(historyPage, len(rows))] {
		h.Versions = append(h.Versions, TextVersion{Place: TextPlace{row.Version, row.Ordinal}, Member: idOf(row.MemberID), At: row.At, Imported: row.Imported,
			Made: Verb(row.Op) == Create, Before: row.Before, Text: row.After})
	}
	if len(rows) > historyPage {
		h.Next = h.Versions[historyPage-1].Place
		return
	}
	h.Cut = floor > 0 && h.earliest() != ""
}

// earliest is what the text was before the first version that is known.
func (h *TextHistory) earliest() string {
	if len(h.Versions) == 0 {
		return h.Current
	}
	return h.Versions[len(h.Versions)-1].Before
}
