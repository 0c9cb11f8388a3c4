package sync

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"

	"tandem/queries"
)

// The limits of a pull.
const (
	PullDefault = 500
	PullMost    = 5000
)

// Pull asks for what changed after a V. Epoch may be the zero id.
type Pull struct {
	Since int64
	Epoch uuid.UUID
	Limit int // 0 = PullDefault
}

// PullResult is what a client must put into its replica, or the reason why it must start over. Version is the cursor
// for the next pull, and the head when More is false.
type PullResult struct {
	Epoch   uuid.UUID      `json:"epoch"`
	Version int64          `json:"version"`
	Reset   string         `json:"reset,omitempty"` // epoch, truncated, future, access
	More    bool           `json:"more"`
	Changes []RecordChange `json:"changes,omitempty"`
}

// RecordChange is a record whose version is later than the cursor: once, whole, as it is now.
type RecordChange struct {
	Version int64          `json:"version"`
	Record  Ref            `json:"record"`
	Op      string         `json:"op"` // put, delete, revoke
	Fields  map[string]any `json:"fields,omitempty"`
}

// Pull reads what changed after a V, in the order of versions, and never splits one over two answers. After the last
// answer the client holds exactly what it may see at Version. A client whose rights changed since must start over, and
// so must one whose cursor lies below the floor: what left its sight meanwhile can no longer be told.
func (e *Engine) Pull(ctx context.Context, actor Actor, pull Pull) (PullResult, error) {
	limit := pull.Limit
	if limit == 0 {
		limit = PullDefault
	}
	if limit < 1 || limit > PullMost || pull.Since < 0 {
		return PullResult{}, invalid("limit", fmt.Sprintf("limit goes from 1 to %d, since from 0.", PullMost))
	}
	for most := limit; ; most *= 4 {
		answer, err := e.pullMost(ctx, actor, pull, limit, most)
		if !errors.Is(err, errMoreNeeded) {
			return answer, err
		}
	}
}

// errMoreNeeded says that a page must reach further than its queries did.
var errMoreNeeded = errors.New("the page needs more rows")

// pullMost answers with limit records or a few more, from queries of at most most rows each.
func (e *Engine) pullMost(ctx context.Context, actor Actor, pull Pull, limit, most int) (PullResult, error) {
	var access *queries.GetMemberAccessRow
	var floor *int64
	var changed changedRecords
	snapshot, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		access = queries.Ask(p, func(db queries.DBTX) (queries.GetMemberAccessRow, error) {
			return e.queries.GetMemberAccess(ctx, db, queries.GetMemberAccessParams{WorkspaceID: actor.Workspace, MemberID: actor.Member})
		})
		floor = e.askFloor(ctx, p, actor.Workspace)
		changed = e.askChanged(ctx, p, actor, pull.Since, int32(most), s.who)
		return nil
	})
	if err != nil {
		return PullResult{}, err
	}
	answer := PullResult{Epoch: snapshot.Epoch, Version: snapshot.Version}
	if answer.Reset = reset(pull, snapshot, *floor, access.Version); answer.Reset != "" {
		return answer, nil
	}
	page := pullPage{since: pull.Since, limit: limit, most: most}
	if pull.Since == 0 {
		page.least = max(*floor, access.Version) // a cursor below would have to start over, for ever
	}
	full, err := answer.fill(snapshot, changed, page)
	if err != nil || !full {
		return answer, err
	}
	return e.lookBeyond(ctx, actor, snapshot, answer)
}

// lookBeyond finds out whether anything follows an answer whose queries ended at its very last version.
func (e *Engine) lookBeyond(ctx context.Context, actor Actor, s Snapshot, answer PullResult) (PullResult, error) {
	var rest changedRecords
	now, err := e.read(ctx, actor, func(p *queries.Pipeline, s Snapshot) error {
		rest = e.askChanged(ctx, p, actor, answer.Version, 1, s.who)
		return nil
	})
	if err != nil {
		return PullResult{}, err
	}
	answer.More = len(rest.records(now, answer.Version)) > 0
	if !answer.More {
		answer.Version = s.Version
	}
	return answer, nil
}

// reset says why the client must start over, or nothing.
func reset(pull Pull, s Snapshot, floor, access int64) string {
	switch {
	case pull.Epoch != uuid.Nil && pull.Epoch != s.Epoch:
		return "epoch"
	case pull.Since > s.Version:
		return "future"
	case pull.Since > 0 && pull.Since < floor:
		return "truncated"
	case pull.Since > 0 && access > pull.Since:
		return "access"
	}
	return ""
}

func (e *Engine) askFloor(ctx context.Context, p *queries.Pipeline, ws uuid.UUID) *int64 {
	return queries.Ask(p, func(db queries.DBTX) (int64, error) { return e.queries.GetFloor(ctx, db, ws) })
}

type changedRecords struct {
	issues   *[]queries.ListIssuesChangedSinceRow
	comments *[]queries.ListCommentsChangedSinceRow
	shares   *[]queries.ListSharesChangedSinceRow
	related  *[]queries.ListRelationsChangedSinceRow
	displays *[]queries.ListDisplaysChangedSinceRow
	told     *[]queries.ListDescriptionsChangedSinceRow // of projects, whose names are in memory
	favoured *[]queries.ListFavouritesChangedSinceRow
	attached *[]queries.ListAttachmentsChangedSinceRow
	left     *[]queries.ListDeparturesRow
}

func (e *Engine) askChanged(ctx context.Context, p *queries.Pipeline, actor Actor, since int64, most int32, who rights) changedRecords {
	type db = queries.DBTX
	ws, teams := actor.Workspace, who.visibleTeams()
	return changedRecords{
		queries.Ask(p, func(db db) ([]queries.ListIssuesChangedSinceRow, error) {
			return e.queries.ListIssuesChangedSince(ctx, db, queries.ListIssuesChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListCommentsChangedSinceRow, error) {
			return e.queries.ListCommentsChangedSince(ctx, db, queries.ListCommentsChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListSharesChangedSinceRow, error) {
			return e.queries.ListSharesChangedSince(ctx, db, queries.ListSharesChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListRelationsChangedSinceRow, error) {
			return e.queries.ListRelationsChangedSince(ctx, db, queries.ListRelationsChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListDisplaysChangedSinceRow, error) {
			return e.queries.ListDisplaysChangedSince(ctx, db, queries.ListDisplaysChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, MemberID: &actor.Member, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListDescriptionsChangedSinceRow, error) {
			return e.queries.ListDescriptionsChangedSince(ctx, db, queries.ListDescriptionsChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, OfWorkspace: !who.guest(), Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListFavouritesChangedSinceRow, error) {
			return e.queries.ListFavouritesChangedSince(ctx, db, queries.ListFavouritesChangedSinceParams{WorkspaceID: ws, Since: since, MemberID: actor.Member, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListAttachmentsChangedSinceRow, error) {
			return e.queries.ListAttachmentsChangedSince(ctx, db, queries.ListAttachmentsChangedSinceParams{WorkspaceID: ws, Since: since, TeamIDs: teams, Most: most})
		}),
		queries.Ask(p, func(db db) ([]queries.ListDeparturesRow, error) {
			return e.queries.ListDepartures(ctx, db, queries.ListDeparturesParams{WorkspaceID: ws, Since: since, TeamIDs: teams, Most: most})
		}),
	}
}

// records gathers what changed after a V, of the vocabulary in memory too.
func (c changedRecords) records(s Snapshot, since int64) (all []*record) {
	keep := func(r *record) { all = append(all, r) }
	descriptions := map[uuid.UUID]string{}
	for _, row := range *c.told {
		descriptions[row.ID] = row.Description
	}
	for _, r := range s.words.records {
		if r.kind == "project" && r.version > since {
			r = r.described(descriptions[r.id])
		}
		if r.version == 0 { // a workspace that nothing has changed since it was made: no cursor lies before it
			r = r.clone()
			r.version = 1
		}
		if r.version > since && s.who.seesRecord(r) {
			all = append(all, r)
		}
	}
	for _, row := range *c.issues {
		keep(issueRecord(queries.ListIssuesByIDRow(row)))
	}
	for _, row := range *c.comments {
		keep(commentRecord(queries.ListCommentsByIDRow(row)))
	}
	for _, row := range *c.shares {
		keep(shareRecord(queries.ListSharesByIDRow(row)))
	}
	for _, row := range *c.related {
		keep(relationRecord(queries.ListRelationsByIDRow(row)))
	}
	for _, row := range *c.displays {
		keep(displayRecord(queries.ListDisplaysByIDRow(row)))
	}
	for _, row := range *c.favoured {
		keep(favouriteRecord(queries.ListFavouritesByIDRow(row)))
	}
	for _, row := range *c.attached {
		keep(attachmentRecord(queries.ListAttachmentsByIDRow(row)))
	}
	for _, row := range *c.left {
		keep(revoked(row))
	}
	return all
}

// pullPage is what goes into one answer: limit records after since, and all that come before the V least.
type pullPage struct {
	since, least int64
	limit, most  int // most: the rows that each query was asked for, with the ties of the last
}

// fill takes the first limit records, and those that share the last one's version. full says that the queries may know
// less than what follows.
func (p *PullResult) fill(s Snapshot, changed changedRecords, page pullPage) (full bool, err error) {
	all := changed.records(s, page.since)
	slices.SortFunc(all, func(a, b *record) int {
		return cmp.Or(cmp.Compare(a.version, b.version), cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind)), cmp.Compare(a.ref(), b.ref()))
	})
	if len(all) >= page.limit {
		last := max(all[page.limit-1].version, page.least)
		if last > changed.known(page.most) {
			return false, errMoreNeeded
		}
		end := slices.IndexFunc(all, func(r *record) bool { return r.version > last })
		full = end < 0 && changed.known(page.most) < math.MaxInt64
		if end >= 0 {
			all, p.More = all[:end], true
		}
		if p.More || full {
			p.Version = last
		}
	}
	for _, r := range all {
		if (r.deleted() || r.revoked()) && (page.since == 0 || fault("no_tombstone")) {
			continue
		}
		p.Changes = append(p.Changes, s.recordChange(r))
	}
	return full, nil
}

// known is the V up to which the queries told all: that of the last row of one that ended at its limit.
func (c changedRecords) known(most int) int64 {
	known := int64(math.MaxInt64)
	if n := len(*c.issues); n >= most {
		known = min(known, (*c.issues)[n-1].Version)
	}
	if n := len(*c.comments); n >= most {
		known = min(known, (*c.comments)[n-1].Version)
	}
	if n := len(*c.shares); n >= most {
		known = min(known, (*c.shares)[n-1].Version)
	}
	if n := len(*c.related); n >= most {
		known = min(known, (*c.related)[n-1].Version)
	}
	if n := len(*c.displays); n >= most {
		known = min(known, (*c.displays)[n-1].Version)
	}
	if n := len(*c.told); n >= most {
		known = min(known, (*c.told)[n-1].Version)
	}
	if n := len(*c.favoured); n >= most {
		known = min(known, (*c.favoured)[n-1].Version)
	}
	if n := len(*c.attached); n >= most {
		known = min(known, (*c.attached)[n-1].Version)
	}
	if n := len(*c.left); n >= most {
		known = min(known, (*c.left)[n-1].Version)
	}
	return known
}

func (s Snapshot) recordChange(r *record) RecordChange {
	if r.revoked() {
		return RecordChange{Version: r.version, Record: r.ref(), Op: "revoke"}
	}
	if r.deleted() {
		return RecordChange{Version: r.version, Record: r.ref(), Op: "delete"}
	}
	fields := r.public()
	for _, field := range nounOf(r.kind).fields() {
		if v, public := fields[field.name]; public && field.shape.refers != "" {
			if field.policy != fixed || !s.trashed(v) {
				fields[field.name] = s.shown(v)
			}
		}
	}
	if r.kind == "view" {
		fields["query"] = s.shownQuery(r)
	}
	if r.kind == "member" && !s.who.admin() && r.id != s.who.member {
		delete(fields, "email")
	}
	return RecordChange{Version: r.version, Record: r.ref(), Op: "put", Fields: fields}
}

// trashed tells whether a value is a reference to what the reader sees in the trash. A record that was made there stays there: without it a view
// of a team would read as one of all teams.
func (s Snapshot) trashed(v value) bool {
	ref, _ := v.(string)
	r := s.words.records[Ref(ref)]
	return r != nil && r.deleted() && s.who.seesRecord(r)
}

// shown leaves out references to what the reader may not see, or what lies in the trash, as far as names are concerned.
func (s Snapshot) shown(v value) value {
	switch v := v.(type) {
	case string:
		if r := s.words.records[Ref(v)]; r != nil && (r.deleted() && r.kind != "member" || !s.who.seesRecord(r)) {
			return nil
		}
	case []string:
		left := []string{}
		for _, ref := range v {
			if s.shown(ref) != nil {
				left = append(left, ref)
			}
		}
		return left
	}
	return v
}
