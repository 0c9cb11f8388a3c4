package sync

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"tandem/queries"
)

// remembered are the kinds of the vocabulary.
var remembered = map[string]bool{"workspace": true, "member": true, "team": true, "status": true, "label": true}

// queueRemembered queues what the group changed of the vocabulary; false when that is nothing.
func (w *world) queueRemembered(ctx context.Context, p *queries.Pipeline, q *queries.Queries) (any bool) {
	for _, now := range w.current {
		any = any || remembered[now.kind]
	}
	if any {
		for _, kind := range kinds {
			if remembered[kind] {
				w.queueRecords(ctx, p, q, kind)
			}
		}
	}
	return any
}

// queueWrites turns what the group changed into one statement a table.
func (w *world) queueWrites(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	for _, kind := range kinds {
		if !remembered[kind] {
			w.queueRecords(ctx, p, q, kind)
		}
	}
	if fault("result_apart") {
		w.answers = nil // they would follow in a transaction of their own, which a crash prevents
	}
	w.queueLog(ctx, p, q)
	w.queueResults(ctx, p, q)
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
	p.Tell(func(db queries.DBTX) error {
		found, err := updateRecords(ctx, q, db, kind, w.workspace, rows, withText)
		if err == nil && found != int64(len(group)) {
			return fmt.Errorf("update %d %s records, found %d: %w", len(group), kind, found, errMissed)
		}
		return err
	})
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
	case "issue":
		return q.InsertIssues(ctx, db, queries.InsertIssuesParams{WorkspaceID: ws, Rows: rows})
	case "comment":
		return q.InsertComments(ctx, db, queries.InsertCommentsParams{WorkspaceID: ws, Rows: rows})
	case "share":
		return q.InsertShares(ctx, db, queries.InsertSharesParams{WorkspaceID: ws, Rows: rows})
	}
	return fmt.Errorf("no table for new %s records", kind)
}

func updateRecords(ctx context.Context, q *queries.Queries, db queries.DBTX, kind string, ws uuid.UUID, rows json.RawMessage, withText bool) (int64, error) {
	switch kind {
	case "workspace":
		return q.UpdateWorkspaces(ctx, db, rows)
	case "member":
		return q.UpdateMembers(ctx, db, queries.UpdateMembersParams{WorkspaceID: ws, Rows: rows})
	case "team":
		return q.UpdateTeams(ctx, db, queries.UpdateTeamsParams{WorkspaceID: ws, Rows: rows})
	case "status":
		return q.UpdateStatuses(ctx, db, queries.UpdateStatusesParams{WorkspaceID: ws, Rows: rows})
	case "label":
		return q.UpdateLabels(ctx, db, queries.UpdateLabelsParams{WorkspaceID: ws, Rows: rows})
	case "issue":
		if withText {
			return q.UpdateIssuesWithText(ctx, db, queries.UpdateIssuesWithTextParams{WorkspaceID: ws, Rows: rows})
		}
		return q.UpdateIssues(ctx, db, queries.UpdateIssuesParams{WorkspaceID: ws, Rows: rows})
	case "comment":
		if withText {
			return q.UpdateCommentsWithText(ctx, db, queries.UpdateCommentsWithTextParams{WorkspaceID: ws, Rows: rows})
		}
		return q.UpdateComments(ctx, db, queries.UpdateCommentsParams{WorkspaceID: ws, Rows: rows})
	case "share":
		return q.UpdateShares(ctx, db, queries.UpdateSharesParams{WorkspaceID: ws, Rows: rows})
	}
	return 0, fmt.Errorf("no table for %s records", kind)
}

func (w *world) queueLog(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	if len(w.log) == 0 {
		return
	}
	var lines rows
	for _, entry := range w.log {
		lines.entry(entry)
	}
	raw := lines.all()
	p.Tell(func(db queries.DBTX) error {
		return q.InsertChanges(ctx, db, queries.InsertChangesParams{WorkspaceID: w.workspace, Rows: raw})
	})
	latest := map[string]int64{}
	for _, entry := range w.log {
		for _, topic := range entry.Topics {
			latest[topic] = entry.Version
		}
	}
	names, versions := columns(latest)
	p.Tell(func(db queries.DBTX) error {
		return q.UpsertTopics(ctx, db, queries.UpsertTopicsParams{WorkspaceID: w.workspace, Names: names, Versions: versions})
	})
}

func (w *world) queueResults(ctx context.Context, p *queries.Pipeline, q *queries.Queries) {
	if len(w.answers) > 0 {
		var results rows
		for _, answer := range w.answers {
			results.result(answer)
		}
		raw := results.all()
		p.Tell(func(db queries.DBTX) error {
			return q.InsertResults(ctx, db, queries.InsertResultsParams{WorkspaceID: w.workspace, Rows: raw})
		})
	}
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
	if members, versions := columns(w.access); len(members) > 0 {
		p.Tell(func(db queries.DBTX) error {
			return q.UpsertMemberAccess(ctx, db, queries.UpsertMemberAccessParams{WorkspaceID: w.workspace, MemberIDs: members, Versions: versions})
		})
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
