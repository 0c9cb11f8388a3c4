package sync

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// IssuePage is an issue with all that its page shows.
type IssuePage struct {
	Snapshot
	IssueRow
	Description string
	Author      uuid.UUID
	Milestone   uuid.UUID // zero: none; it counts as far as its project does
	Subscribers []uuid.UUID
	Started     time.Time // zero: not yet, as the other two
	Completed   time.Time
	Canceled    time.Time
	Reactions   []Reaction
	Snoozed     time.Time // in triage, until when; zero: it is awake
	Deleted     bool
	SubIssues   []IssueRow // right below it, as they were made
	Family      Family     // of the issue and of its sub-issues
	Relations   []RelationRow
	Attachments []AttachmentRow // oldest first
	MoreFiles   bool            // there are older ones than are shown
	Comments    []CommentRow    // oldest first
	Changes     []Change        // oldest first
	Earlier     bool            // there is more history than is shown
	Shares      []ShareRow      // only for those who may share
}

// IssueTitle names an issue.
type IssueTitle struct {
	ID      uuid.UUID
	Team    uuid.UUID
	Number  int64
	Title   string
	Status  uuid.UUID
	Version int64
}

// CommentRow is a comment. A deleted one has no body.
type CommentRow struct {
	ID        uuid.UUID
	Parent    uuid.UUID
	Author    uuid.UUID // zero: nobody that is known
	Body      string
	Reactions []Reaction
	Version   int64
	CreatedAt time.Time
	UpdatedAt time.Time
	Deleted   bool
}

// Change is one line of an issue's history.
type Change struct {
	Version     int64
	Op          Verb
	Kind        string
	Record      uuid.UUID
	Before      map[string]any
	After       map[string]any
	Member      uuid.UUID // zero: the program
	Transaction uuid.UUID
	Imported    bool
	Transfer    bool // the issue changed team; of one that the reader does not see neither team nor number is told
	At          time.Time
	Overwrote   map[string]Overwritten // field -> whose value was replaced in a race
}

// Overwritten is a value that lost a race.
type Overwritten struct {
	Member uuid.UUID
	Value  any
}

// ShareRow is a share of an issue or list.
type ShareRow struct {
	ID      uuid.UUID
	Origins []string
	Author  uuid.UUID
	Version int64
	Views   int64
	Seen    string // the site that framed it last; "" where none did
}

// history bounds how much of an issue's comments and changes a page holds.
const history = 500

// IssueID names an issue by key or by id.
type IssueID struct {
	Team   string
	Number int64
	ID     uuid.UUID
}

// ParseIssueID reads "ENG-12" or a uuid.
func ParseIssueID(raw string) (IssueID, error) {
	if id, err := uuid.Parse(raw); err == nil && len(raw) == 36 {
		return IssueID{ID: id}, nil
	}
	team, number, ok := ParseKey(raw)
	if !ok {
		return IssueID{}, notFound("This issue")
	}
	return IssueID{Team: team, Number: number}, nil
}

// teamOfKey is the id of the key's team, or one that no team has.
func (s Snapshot) teamOfKey(id IssueID) uuid.UUID {
	if r := s.words.teamByKey(id.Team); r != nil {
		return r.id
	}
	return uuid.Nil
}

// IssueFreshness tells which issue is meant and when its page last changed, without reading the page. beside are the
// topics of what the page shows that is not the issue's own.
func (e *Engine) IssueFreshness(ctx context.Context, actor Actor, id IssueID, beside ...string) (IssueTitle, Freshness, error) {
	var row *queries.GetIssueFreshnessRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		planOnce(ctx, p)
		row = queries.Ask(p, func(db queries.DBTX) (queries.GetIssueFreshnessRow, error) {
			return noneIsZero(e.queries.GetIssueFreshness(ctx, db, queries.GetIssueFreshnessParams{WorkspaceID: actor.Workspace,
				ID: id.ID, TeamID: s.teamOfKey(id), Number: id.Number, TeamIDs: s.who.visibleTeams(), Beside: beside}))
		})
		return nil
	})
	if err != nil {
		return IssueTitle{}, Freshness{}, err
	}
	if row.ID == uuid.Nil {
		return IssueTitle{}, Freshness{}, notFound("This issue")
	}
	return IssueTitle{ID: row.ID, Team: row.TeamID, Number: row.Number}, Freshness{Snapshot: snapshot, Stale: row.Version}, nil
}

// noneIsZero makes the zero row of "there is none", so that one absent row does not break a pipeline.
func noneIsZero[T any](row T, err error) (T, error) {
	if errors.Is(err, pgx.ErrNoRows) {
		var zero T
		return zero, nil
	}
	return row, err
}

// Issue reads an issue's page; one in the trash is still shown. NotFound when the reader does not see it.
func (e *Engine) Issue(ctx context.Context, actor Actor, id IssueID) (IssuePage, error) {
	var err error
	title := IssueTitle{ID: id.ID}
	if id.ID == uuid.Nil {
		if title, _, err = e.IssueFreshness(ctx, actor, id); err != nil {
			return IssuePage{}, err
		}
	}
	var page IssuePage
	var issue *queries.GetIssueRow
	var parts issueParts
	var below *[]queries.ListSubIssuesRow
	page.Snapshot, err = e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		planOnce(ctx, p)
		issue = queries.Ask(p, func(db queries.DBTX) (queries.GetIssueRow, error) {
			return noneIsZero(e.queries.GetIssue(ctx, db, queries.GetIssueParams{WorkspaceID: actor.Workspace, ID: title.ID, TeamIDs: s.who.visibleTeams()}))
		})
		parts = e.askIssueParts(ctx, p, s, actor.Workspace, title.ID)
		below = e.askSubIssues(ctx, p, s, actor.Workspace, title.ID)
		return nil
	})
	if err != nil {
		return IssuePage{}, err
	}
	if issue.ID == uuid.Nil {
		return IssuePage{}, notFound("This issue")
	}
	page.fill(*issue)
	if err := page.fillParts(parts); err != nil {
		return IssuePage{}, err
	}
	return page, e.addFamily(ctx, actor, &page, *below)
}

func orZero(at *time.Time) time.Time {
	if at == nil {
		return time.Time{}
	}
	return *at
}

type issueParts struct {
	comments *[]queries.ListCommentsByIssueRow
	changes  *[]queries.ListChangesByIssueRow
	shares   *[]queries.ListSharesByIssueRow
	related  *[]queries.ListRelationsOfIssueRow
	attached *[]queries.ListAttachmentsOfIssueRow
}

func (e *Engine) askIssueParts(ctx context.Context, p *queries.Pipeline, s Snapshot, ws, issue uuid.UUID) issueParts {
	type db = queries.DBTX
	return issueParts{
		queries.Ask(p, func(db db) ([]queries.ListCommentsByIssueRow, error) {
			return e.queries.ListCommentsByIssue(ctx, db, queries.ListCommentsByIssueParams{WorkspaceID: ws, IssueID: issue, Most: history + 1})
		}),
		queries.Ask(p, func(db db) ([]queries.ListChangesByIssueRow, error) {
			return e.queries.ListChangesByIssue(ctx, db, queries.ListChangesByIssueParams{WorkspaceID: ws, IssueID: &issue, TeamIDs: s.who.visibleTeams(), Most: history + 1})
		}),
		queries.Ask(p, func(db db) ([]queries.ListSharesByIssueRow, error) {
			return e.queries.ListSharesByIssue(ctx, db, queries.ListSharesByIssueParams{WorkspaceID: ws, IssueID: &issue})
		}),
		e.askRelations(ctx, p, s, ws, issue),
		e.askAttachments(ctx, p, ws, issue),
	}
}

func (p *IssuePage) fill(row queries.GetIssueRow) {
	p.IssueRow = issueRow(queries.ListIssueGroupsRow{ID: row.ID, TeamID: row.TeamID, Number: row.Number, Title: row.Title, StatusID: row.StatusID,
		Priority: row.Priority, AssigneeID: row.AssigneeID, Labels: row.Labels, ParentID: row.ParentID, Due: row.Due, Estimate: row.Estimate, ProjectID: row.ProjectID, CycleID: row.CycleID,
		Rank: row.Rank, Version: row.Version, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt})
	p.Description, p.Subscribers, p.Deleted = row.Description, row.Subscribers, row.DeletedAt != nil
	p.Started, p.Completed, p.Canceled = orZero(row.StartedAt), orZero(row.CompletedAt), orZero(row.CanceledAt)
	p.Reactions = reactionsIn(row.Reactions)
	p.Snoozed = orZero(row.SnoozedUntil)
	if row.AuthorID != nil {
		p.Author = *row.AuthorID
	}
	if row.MilestoneID != nil {
		p.Milestone = *row.MilestoneID
	}
}

func (p *IssuePage) fillParts(parts issueParts) error {
	p.Earlier = len(*parts.comments) > history || len(*parts.changes) > history
	for _, row := range slices.Backward((*parts.comments)[:min(history, len(*parts.comments))]) {
		p.Comments = append(p.Comments, commentRow(row))
	}
	for _, row := range slices.Backward((*parts.changes)[:min(history, len(*parts.changes))]) {
		change, err := changeRow(row)
		if err != nil {
			return err
		}
		p.conceal(&change)
		p.Changes = append(p.Changes, change)
	}
	p.addRelations(*parts.related)
	p.MoreFiles = len(*parts.attached) > mostAttachments
	for _, row := range slices.Backward((*parts.attached)[:min(mostAttachments, len(*parts.attached))]) {
		p.Attachments = append(p.Attachments, attachmentRow(row))
	}
	if p.who.guest() {
		return nil
	}
	for _, row := range *parts.shares {
		p.Shares = append(p.Shares, ShareRow{row.ID, row.AllowedOrigins, row.AuthorID, row.Version, row.Views, row.LastOrigin})
	}
	return nil
}

func commentRow(row queries.ListCommentsByIssueRow) CommentRow {
	c := CommentRow{ID: row.ID, Body: row.Body, Version: row.Version, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, Deleted: row.DeletedAt != nil}
	if row.ParentID != nil {
		c.Parent = *row.ParentID
	}
	if row.AuthorID != nil {
		c.Author = *row.AuthorID
	}
	c.Reactions = reactionsIn(row.Reactions)
	if c.Deleted {
		c.Body, c.Reactions = "", nil
	}
	return c
}

func changeRow(row queries.ListChangesByIssueRow) (Change, error) {
	before, err := decodeValues(row.Before)
	after, wrong := decodeValues(row.After)
	if err := firstError(err, wrong); err != nil {
		return Change{}, fmt.Errorf("decode change %d: %w", row.Version, err)
	}
	c := Change{Version: row.Version, Op: Verb(row.Op), Kind: row.Kind, Record: row.RecordID, Before: before, After: after,
		Transaction: row.TransactionID, Imported: row.Imported, Transfer: row.Kind == "issue" && before["team"] != nil, At: row.At}
	if row.MemberID != nil {
		c.Member = *row.MemberID
	}
	if len(row.Overwrote) > 0 {
		c.Overwrote, err = decodeOverwrote(row.Overwrote)
	}
	return c, err
}

func decodeOverwrote(raw json.RawMessage) (map[string]Overwritten, error) {
	lost := map[string]Overwritten{}
	if err := json.Unmarshal(raw, &lost); err != nil {
		return nil, fmt.Errorf("decode what was overwritten: %w", err)
	}
	return lost, nil
}

// IssueTitles reads the names of issues that the reader sees; others are left out.
func (e *Engine) IssueTitles(ctx context.Context, actor Actor, ids []uuid.UUID) ([]IssueTitle, error) {
	var rows *[]queries.ListIssueTitlesRow
	_, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssueTitlesRow, error) {
			return e.queries.ListIssueTitles(ctx, db, queries.ListIssueTitlesParams{WorkspaceID: actor.Workspace, IDs: ids, TeamIDs: s.who.visibleTeams()})
		})
		return nil
	})
	if err != nil {
		return nil, err
	}
	titles := make([]IssueTitle, len(*rows))
	for i, row := range *rows {
		titles[i] = IssueTitle{row.ID, row.TeamID, row.Number, row.Title, row.StatusID, row.Version}
	}
	return titles, nil
}

// IssuesByKey reads the names of the issues that a text refers to by key; what the reader does not see is left out.
// ErrRightsMoved when they see something else by now than in the reading of the text.
func (e *Engine) IssuesByKey(ctx context.Context, actor Actor, of Snapshot, keys []string) (map[string]IssueTitle, error) {
	found := map[string]IssueTitle{}
	if len(keys) == 0 {
		return found, nil
	}
	var rows *[]queries.ListIssueTitlesByNumberRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		teams, numbers := s.parseKeys(keys)
		planOnce(ctx, p)
		rows = queries.Ask(p, func(db queries.DBTX) ([]queries.ListIssueTitlesByNumberRow, error) {
			return e.queries.ListIssueTitlesByNumber(ctx, db, queries.ListIssueTitlesByNumberParams{WorkspaceID: actor.Workspace,
				WantedTeams: teams, Numbers: numbers, TeamIDs: s.who.visibleTeams()})
		})
		return nil
	})
	if err = firstError(err, of.sameRights(snapshot)); err != nil {
		return nil, err
	}
	for _, row := range *rows {
		found[snapshot.Key(row.WantedTeam, row.WantedNumber)] = IssueTitle{row.ID, row.TeamID, row.Number, row.Title, row.StatusID, row.Version}
	}
	return found, nil
}

func (s Snapshot) parseKeys(keys []string) ([]uuid.UUID, []int64) {
	teams, numbers := []uuid.UUID{}, []int64{}
	for _, key := range keys {
		team, number, ok := ParseKey(key)
		if r := s.words.teamByKey(team); ok && r != nil {
			teams, numbers = append(teams, r.id), append(numbers, number)
		}
	}
	return teams, numbers
}

// Comment reads one comment. NotFound when the reader does not see it.
func (e *Engine) Comment(ctx context.Context, actor Actor, id uuid.UUID) (CommentRow, IssueTitle, Snapshot, error) {
	var row *queries.GetCommentRow
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		row = queries.Ask(p, func(db queries.DBTX) (queries.GetCommentRow, error) {
			return noneIsZero(e.queries.GetComment(ctx, db, queries.GetCommentParams{WorkspaceID: actor.Workspace, ID: id, TeamIDs: s.who.visibleTeams()}))
		})
		return nil
	})
	if err == nil && row.ID == uuid.Nil {
		err = notFound("This comment")
	}
	if err != nil {
		return CommentRow{}, IssueTitle{}, Snapshot{}, err
	}
	comment := commentRow(queries.ListCommentsByIssueRow{ID: row.ID, AuthorID: row.AuthorID, Body: row.Body, Reactions: row.Reactions, Version: row.Version,
		CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, DeletedAt: row.DeletedAt})
	return comment, IssueTitle{ID: row.IssueID, Team: row.TeamID, Number: row.Number, Title: row.Title}, snapshot, nil
}
