package sync

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"tandem/queries"
)

// queueWrites turns what the group changed into one statement a table.
func (w *world) queueWrites(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	for _, kind := range kinds {
		w.queueRecords(ctx, p, q, kind)
	}
	if fault("result_apart") {
		w.answers = nil // they would follow in a transaction of their own, which a crash prevents
	}
	w.queueLog(ctx, p, q)
	w.queueClients(ctx, p, q)
	w.queueCounters(ctx, p, q)
}

func (w *world) queueRecords(ctx context.Context, p *queries.Pipeline, q *queries.Queries, kind string) {
	inserts, updates := w.writes(kind)
	if len(inserts) > 0 {
		rows := w.rowsOf(inserts)
		p.Tell(func(db queries.DBTX) error { return insertRecords(ctx, q, db, kind, w.workspace, rows) })
	}
	plain, withText := w.splitByText(updates)
	w.queueUpdates(ctx, p, q, kind, plain, false)
	w.queueUpdates(ctx, p, q, kind, withText, true)
}

func (w *world) queueUpdates(ctx context.Context, p *queries.Pipeline, q *queries.Queries, kind string, group []*record, withText bool) {
	if len(group) == 0 {
		return
	}
	var unnamed []string
	if !withText {
		unnamed = longTexts
	}
	rows := w.rowsOf(group, unnamed...)
	batch := batch{w.workspace, idsOf(group), rows, int64(len(group)), withText}
	p.Tell(func(db queries.DBTX) error { return updateRecords(ctx, q, db, kind, batch) })
}

// longTexts are the columns that only the updates with text name.
var longTexts = []string{"title", "description", "body"}

// splitByText parts the records whose texts changed from the others, for whom the search vector stays as it is.
func (w *world) splitByText(updates []*record) (plain, withText []*record) {
	for _, now := range updates {
		was := w.original(now.ref())
		if changed(was, now, "title") || changed(was, now, "description") || changed(was, now, "body") {
			withText = append(withText, now)
			continue
		}
		plain = append(plain, now)
	}
	return plain, withText
}

func (w *world) rowsOf(records []*record, but ...string) json.RawMessage {
	var all rows
	for _, r := range records {
		expected := int64(0)
		if was := w.original(r.ref()); was != nil {
			expected = was.version
		}
		all.record(r, expected, but...)
	}
	return all.all()
}

func idsOf(records []*record) []uuid.UUID {
	ids := make([]uuid.UUID, len(records))
	for i, r := range records {
		ids[i] = r.id
	}
	return ids
}

func insertRecords(ctx context.Context, q *queries.Queries, db queries.DBTX, kind string, ws uuid.UUID, rows json.RawMessage) error {
	switch kind {
	case "member":
		return q.InsertMembers(ctx, db, queries.InsertMembersParams{WorkspaceID: ws, Rows: rows})
	case "team":
		return q.InsertTeams(ctx, db, queries.InsertTeamsParams{WorkspaceID: ws, Rows: rows})
	case "status":
		return q.InsertStatuses(ctx, db, queries.InsertStatusesParams{WorkspaceID: ws, Rows: rows})
	case "label":
		return q.InsertLabels(ctx, db, queries.InsertLabelsParams{WorkspaceID: ws, Rows: rows})
	case "cycle":
		return q.InsertCycles(ctx, db, queries.InsertCyclesParams{WorkspaceID: ws, Rows: rows})
	case "issue":
		return q.InsertIssues(ctx, db, queries.InsertIssuesParams{WorkspaceID: ws, Rows: rows})
	case "comment":
		return q.InsertComments(ctx, db, queries.InsertCommentsParams{WorkspaceID: ws, Rows: rows})
	case "attachment":
		return q.InsertAttachments(ctx, db, queries.InsertAttachmentsParams{WorkspaceID: ws, Rows: rows})
	case "view":
		return q.InsertViews(ctx, db, queries.InsertViewsParams{WorkspaceID: ws, Rows: rows})
	case "project":
		return q.InsertProjects(ctx, db, queries.InsertProjectsParams{WorkspaceID: ws, Rows: rows})
	case "milestone":
		return q.InsertMilestones(ctx, db, queries.InsertMilestonesParams{WorkspaceID: ws, Rows: rows})
	case "preference":
		return q.InsertPreferences(ctx, db, queries.InsertPreferencesParams{WorkspaceID: ws, Rows: rows})
	case "template":
		return q.InsertTemplates(ctx, db, queries.InsertTemplatesParams{WorkspaceID: ws, Rows: rows})
	case "share":
		return q.InsertShares(ctx, db, queries.InsertSharesParams{WorkspaceID: ws, Rows: rows})
	case "relation":
		return q.InsertRelations(ctx, db, queries.InsertRelationsParams{WorkspaceID: ws, Rows: rows})
	case "display":
		return q.InsertDisplays(ctx, db, queries.InsertDisplaysParams{WorkspaceID: ws, Rows: rows})
	case "favourite":
		return q.InsertFavourites(ctx, db, queries.InsertFavouritesParams{WorkspaceID: ws, Rows: rows})
	}
	return fmt.Errorf("no table for new %s records", kind)
}

// batch is a set of changed records of one kind, each to be found with the version that was read.
type batch struct {
	workspace uuid.UUID
	ids       []uuid.UUID
	rows      json.RawMessage
	count     int64
	withText  bool
}

func updateRecords(ctx context.Context, q *queries.Queries, db queries.DBTX, kind string, b batch) error {
	switch kind {
	case "workspace":
		return q.UpdateWorkspaces(ctx, db, queries.UpdateWorkspacesParams{Rows: b.rows, Expected: b.count})
	case "member":
		return q.UpdateMembers(ctx, db, queries.UpdateMembersParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "team":
		return q.UpdateTeams(ctx, db, queries.UpdateTeamsParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "status":
		return q.UpdateStatuses(ctx, db, queries.UpdateStatusesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "label":
		return q.UpdateLabels(ctx, db, queries.UpdateLabelsParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "cycle":
		return q.UpdateCycles(ctx, db, queries.UpdateCyclesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "issue":
		if b.withText {
			return q.UpdateIssuesWithText(ctx, db, queries.UpdateIssuesWithTextParams{WorkspaceID: b.workspace, IDs: b.ids, Rows: b.rows, Expected: b.count})
		}
		return q.UpdateIssues(ctx, db, queries.UpdateIssuesParams{WorkspaceID: b.workspace, IDs: b.ids, Rows: b.rows, Expected: b.count})
	case "comment":
		if b.withText {
			return q.UpdateCommentsWithText(ctx, db, queries.UpdateCommentsWithTextParams{WorkspaceID: b.workspace, IDs: b.ids, Rows: b.rows, Expected: b.count})
		}
		return q.UpdateComments(ctx, db, queries.UpdateCommentsParams{WorkspaceID: b.workspace, IDs: b.ids, Rows: b.rows, Expected: b.count})
	case "attachment":
		return q.UpdateAttachments(ctx, db, queries.UpdateAttachmentsParams{WorkspaceID: b.workspace, IDs: b.ids, Rows: b.rows, Expected: b.count})
	case "view":
		return q.UpdateViews(ctx, db, queries.UpdateViewsParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "project":
		return q.UpdateProjects(ctx, db, queries.UpdateProjectsParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "milestone":
		return q.UpdateMilestones(ctx, db, queries.UpdateMilestonesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "preference":
		return q.UpdatePreferences(ctx, db, queries.UpdatePreferencesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "template":
		return q.UpdateTemplates(ctx, db, queries.UpdateTemplatesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "share":
		return q.UpdateShares(ctx, db, queries.UpdateSharesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "relation":
		return q.UpdateRelations(ctx, db, queries.UpdateRelationsParams{WorkspaceID: b.workspace, IDs: b.ids, Rows: b.rows, Expected: b.count})
	case "display":
		return q.UpdateDisplays(ctx, db, queries.UpdateDisplaysParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	case "favourite":
		return q.UpdateFavourites(ctx, db, queries.UpdateFavouritesParams{WorkspaceID: b.workspace, Rows: b.rows, Expected: b.count})
	}
	return fmt.Errorf("no table for %s records", kind)
}

// queueLog queues the lines, the topics that they move, and the answers.
func (w *world) queueLog(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	if len(w.log)+len(w.answers) == 0 {
		return
	}
	var lines, answers rows
	latest := map[string]int64{}
	for _, entry := range w.log {
		lines.entry(entry)
		for _, topic := range entry.Topics {
			latest[topic] = entry.Version
		}
	}
	for _, answer := range w.answers {
		answers.result(answer)
	}
	names, versions := columns(latest)
	all := queries.InsertLogParams{WorkspaceID: w.workspace, Changes: lines.all(), Names: names, Versions: versions, Results: answers.all()}
	p.Tell(func(db queries.DBTX) error { return q.InsertLog(ctx, db, all) })
}

func (w *world) queueClients(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	if len(w.newcomers) > 0 {
		clients, members := columns(w.newcomers)
		p.Tell(func(db queries.DBTX) error {
			return q.InsertClients(ctx, db, queries.InsertClientsParams{WorkspaceID: w.workspace, IDs: clients, MemberIDs: members})
		})
	}
	if len(w.depends) > 0 {
		records, clients := make([]uuid.UUID, len(w.depends)), make([]uuid.UUID, len(w.depends))
		for i, key := range w.depends {
			records[i], clients[i] = key.record, key.client
		}
		p.Tell(func(db queries.DBTX) error {
			return q.InsertRefusedRecords(ctx, db, queries.InsertRefusedRecordsParams{WorkspaceID: w.workspace, RecordIDs: records, ClientIDs: clients})
		})
	}
}

func (w *world) queueCounters(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	w.queueAliases(ctx, p, q)
	if teams, numbers := columns(w.numbersTaken()); len(teams) > 0 {
		p.Tell(func(db queries.DBTX) error {
			return q.UpsertTeamNumbers(ctx, db, queries.UpsertTeamNumbersParams{WorkspaceID: w.workspace, TeamIDs: teams, Numbers: numbers})
		})
	}
	if members, changes := columns(w.access); len(members) > 0 {
		args := queries.UpsertMemberAccessParams{WorkspaceID: w.workspace, MemberIDs: members}
		for _, change := range changes {
			args.Versions, args.Lost = append(args.Versions, change.version), append(args.Lost, change.lost)
		}
		p.Tell(func(db queries.DBTX) error { return q.UpsertMemberAccess(ctx, db, args) })
	}
}

// numbersTaken are the next numbers of the teams that issues were made in, or came to.
func (w *world) numbersTaken() map[uuid.UUID]int64 {
	next := map[uuid.UUID]int64{}
	for team := range w.counted {
		next[team] = w.numbers[team]
	}
	return next
}

// columns splits a map into the two arrays that unnest takes.
func columns[K comparable, V any](of map[K]V) ([]K, []V) {
	keys, values := make([]K, 0, len(of)), make([]V, 0, len(of))
	for key, value := range of {
		keys = append(keys, key)
		values = append(values, value)
	}
	return keys, values
}
