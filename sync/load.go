package sync

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// answers are the questions of one round trip. What no operation needs is not asked.
type answers struct {
	results   *[]queries.ListResultsByTransactionRow
	clients   *[]queries.ListClientsByIDRow
	refused   *[]queries.ListRefusedRecordsRow
	issues    *[]queries.ListIssuesByIDRow
	ended     *[]queries.ListUnfinishedInCyclesRow
	parents   *[]queries.ListIssuesByCommentRow
	comments  *[]queries.ListCommentsByIDRow
	shares    *[]queries.ListSharesByIDRow
	relations *[]queries.ListRelationsByIDRow
	displays  *[]queries.ListDisplaysByIDRow
	projects  *[]queries.ListProjectsByIDRow
	favoured  *[]queries.ListFavouritesByIDRow
	attached  *[]queries.ListAttachmentsByIDRow
	holders   *[]queries.ListIssuesByAttachmentRow
	files     *[]queries.ListFilesByIDRow
	neighbour *[]queries.ListRankNeighboursRow
	ends      *[]queries.ListRankEndsRow
	places    *[]queries.ListPlacesRow
	numbers   *[]queries.ListTeamNumbersRow
	taken     *[]queries.ListTakenNumbersRow
	ancestors *[]queries.ListAncestorsRow
	undone    *[]queries.ListChangesByTransactionRow
	values    []*[][]byte
	transfers transferAnswers
}

// ask queues a query in the pipeline unless nothing is wanted of it; then the answer is empty.
func ask[T any](p *queries.Pipeline, wanted int, query func(queries.DBTX) (T, error)) *T {
	if wanted == 0 {
		return new(T)
	}
	return queries.Ask(p, query)
}

func (n *needs) ask(ctx context.Context, p *queries.Pipeline, q *queries.Queries, ws uuid.UUID) *answers {
	type db = queries.DBTX
	a := &answers{
		results: ask(p, len(n.transactions), func(db db) ([]queries.ListResultsByTransactionRow, error) {
			return q.ListResultsByTransaction(ctx, db, queries.ListResultsByTransactionParams{WorkspaceID: ws, TransactionIDs: n.transactions})
		}),
		clients: ask(p, len(n.clients), func(db db) ([]queries.ListClientsByIDRow, error) {
			return q.ListClientsByID(ctx, db, queries.ListClientsByIDParams{WorkspaceID: ws, IDs: n.clients})
		}),
		refused: ask(p, len(n.refused), func(db db) ([]queries.ListRefusedRecordsRow, error) {
			return q.ListRefusedRecords(ctx, db, queries.ListRefusedRecordsParams{WorkspaceID: ws, RecordIDs: n.refused})
		}),
		numbers: ask(p, len(n.teams), func(db db) ([]queries.ListTeamNumbersRow, error) {
			return q.ListTeamNumbers(ctx, db, queries.ListTeamNumbersParams{WorkspaceID: ws, TeamIDs: n.teams})
		}),
		taken: ask(p, len(n.numbers), func(db db) ([]queries.ListTakenNumbersRow, error) {
			return q.ListTakenNumbers(ctx, db, queries.ListTakenNumbersParams{WorkspaceID: ws, TeamIDs: n.teams, Numbers: n.numbers})
		}),
		ancestors: ask(p, len(n.parents), func(db db) ([]queries.ListAncestorsRow, error) {
			return q.ListAncestors(ctx, db, queries.ListAncestorsParams{WorkspaceID: ws, IDs: n.parents})
		}),
		undone: ask(p, len(n.undone), func(db db) ([]queries.ListChangesByTransactionRow, error) {
			return q.ListChangesByTransaction(ctx, db, queries.ListChangesByTransactionParams{WorkspaceID: ws, TransactionIDs: n.undone, MemberIDs: n.members})
		}),
	}
	n.askRecords(ctx, p, q, ws, a)
	n.askFiles(ctx, p, q, ws, a)
	n.askRanks(ctx, p, q, ws, a)
	a.transfers = n.askTransfers(ctx, p, q, ws)
	for _, key := range n.values {
		a.values = append(a.values, askValue(ctx, p, q, ws, key))
	}
	return a
}

func (n *needs) askRecords(ctx context.Context, p *queries.Pipeline, q *queries.Queries, ws uuid.UUID, a *answers) {
	type db = queries.DBTX
	a.issues = ask(p, len(n.issues), func(db db) ([]queries.ListIssuesByIDRow, error) {
		return q.ListIssuesByID(ctx, db, queries.ListIssuesByIDParams{WorkspaceID: ws, IDs: n.issues})
	})
	a.ended = ask(p, len(n.ended), func(db db) ([]queries.ListUnfinishedInCyclesRow, error) {
		return q.ListUnfinishedInCycles(ctx, db, queries.ListUnfinishedInCyclesParams{WorkspaceID: ws, IDs: n.ended, Most: rolledAtOnce})
	})
	a.parents = ask(p, len(n.comments), func(db db) ([]queries.ListIssuesByCommentRow, error) {
		return q.ListIssuesByComment(ctx, db, queries.ListIssuesByCommentParams{WorkspaceID: ws, CommentIDs: n.comments})
	})
	a.comments = ask(p, len(n.comments), func(db db) ([]queries.ListCommentsByIDRow, error) {
		return q.ListCommentsByID(ctx, db, queries.ListCommentsByIDParams{WorkspaceID: ws, IDs: n.comments})
	})
	a.shares = ask(p, len(n.shares), func(db db) ([]queries.ListSharesByIDRow, error) {
		return q.ListSharesByID(ctx, db, queries.ListSharesByIDParams{WorkspaceID: ws, IDs: n.shares})
	})
	a.relations = ask(p, len(n.relations), func(db db) ([]queries.ListRelationsByIDRow, error) {
		return q.ListRelationsByID(ctx, db, queries.ListRelationsByIDParams{WorkspaceID: ws, IDs: n.relations})
	})
	a.displays = ask(p, len(n.displays), func(db db) ([]queries.ListDisplaysByIDRow, error) {
		return q.ListDisplaysByID(ctx, db, queries.ListDisplaysByIDParams{WorkspaceID: ws, IDs: n.displays})
	})
	a.projects = ask(p, len(n.projects), func(db db) ([]queries.ListProjectsByIDRow, error) {
		return q.ListProjectsByID(ctx, db, queries.ListProjectsByIDParams{WorkspaceID: ws, IDs: n.projects})
	})
	a.favoured = ask(p, len(n.favourites), func(db db) ([]queries.ListFavouritesByIDRow, error) {
		return q.ListFavouritesByID(ctx, db, queries.ListFavouritesByIDParams{WorkspaceID: ws, IDs: n.favourites, MemberIDs: n.favouring})
	})
}

// askFiles asks for attachments with the issues that they hang on, for their files, and for those that new ones name.
func (n *needs) askFiles(ctx context.Context, p *queries.Pipeline, q *queries.Queries, ws uuid.UUID, a *answers) {
	type db = queries.DBTX
	a.holders = ask(p, len(n.attachments), func(db db) ([]queries.ListIssuesByAttachmentRow, error) {
		return q.ListIssuesByAttachment(ctx, db, queries.ListIssuesByAttachmentParams{WorkspaceID: ws, IDs: n.attachments})
	})
	a.attached = ask(p, len(n.attachments), func(db db) ([]queries.ListAttachmentsByIDRow, error) {
		return q.ListAttachmentsByID(ctx, db, queries.ListAttachmentsByIDParams{WorkspaceID: ws, IDs: n.attachments})
	})
	a.files = ask(p, len(n.files)+len(n.attachments), func(db db) ([]queries.ListFilesByIDRow, error) {
		return q.ListFilesByID(ctx, db, queries.ListFilesByIDParams{WorkspaceID: ws, IDs: n.files, Attachments: n.attachments})
	})
}

func (n *needs) askRanks(ctx context.Context, p *queries.Pipeline, q *queries.Queries, ws uuid.UUID, a *answers) {
	type db = queries.DBTX
	a.neighbour = ask(p, len(n.anchors), func(db db) ([]queries.ListRankNeighboursRow, error) {
		return q.ListRankNeighbours(ctx, db, queries.ListRankNeighboursParams{WorkspaceID: ws, IDs: n.anchors})
	})
	a.places = ask(p, len(n.places), func(db db) ([]queries.ListPlacesRow, error) {
		return q.ListPlaces(ctx, db, queries.ListPlacesParams{WorkspaceID: ws, IDs: n.places, TeamIDs: n.placeTeams, Ranks: n.ranks})
	})
	a.ends = ask(p, len(n.teams)+len(n.movers), func(db db) ([]queries.ListRankEndsRow, error) {
		return q.ListRankEnds(ctx, db, queries.ListRankEndsParams{WorkspaceID: ws, TeamIDs: n.teams, IDs: n.movers})
	})
}

func askValue(ctx context.Context, p *queries.Pipeline, q *queries.Queries, ws uuid.UUID, key valueKey) *[][]byte {
	return queries.Ask(p, func(db queries.DBTX) ([][]byte, error) {
		return q.ListValuesAt(ctx, db, queries.ListValuesAtParams{WorkspaceID: ws, RecordID: key.record, Field: key.field, Base: key.base})
	})
}

// learn puts the answers into the world.
func (w *world) learn(n *needs, a *answers) error {
	w.learnRecords(a)
	err := firstError(w.learnResults(a), w.learnUndone(a))
	for _, row := range *a.clients {
		w.clients[row.ID] = row.MemberID
	}
	for _, row := range *a.refused {
		w.refused[refusedKey{row.RecordID, row.ClientID}] = true
	}
	for _, row := range *a.numbers {
		w.numbers[row.TeamID] = row.Next
	}
	for _, row := range *a.taken {
		w.takenIn(row.TeamID)[row.Number] = true
	}
	for _, row := range *a.ancestors {
		w.parents[row.ID] = *row.ParentID
	}
	for _, row := range *a.neighbour {
		w.rankLine(row.TeamID).learn(row.Previous, row.Rank, row.Next)
	}
	for _, row := range *a.ends {
		w.rankLine(row.TeamID).learn(row.First, row.Last)
	}
	for _, row := range *a.places {
		w.rankLine(row.TeamID).learn(row.Previous, row.Next)
		if row.Taken {
			w.rankLine(row.TeamID).learn(row.Rank)
		}
	}
	for _, row := range *a.files {
		w.files[row.ID] = row
	}
	w.learnAliases(a.transfers)
	for i, key := range n.values {
		value, wrong := valueAt(*a.values[i])
		w.values[key] = value
		err = firstError(err, wrong)
	}
	return err
}

func (w *world) takenIn(team uuid.UUID) map[int64]bool {
	if w.taken[team] == nil {
		w.taken[team] = map[int64]bool{}
	}
	return w.taken[team]
}

func (w *world) rankLine(team uuid.UUID) *rankLine {
	if w.ranks[team] == nil {
		w.ranks[team] = &rankLine{}
	}
	return w.ranks[team]
}

// valueAt is nil when nothing changed the field since.
func valueAt(rows [][]byte) (*value, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var loose any
	if err := json.Unmarshal(rows[0], &loose); err != nil {
		return nil, fmt.Errorf("decode a logged value: %w", err)
	}
	found := canonical(loose)
	return &found, nil
}

func (w *world) learnRecords(a *answers) {
	keep := func(r *record) {
		if w.loaded[r.ref()] == nil {
			w.loaded[r.ref()] = r
		}
	}
	for _, row := range *a.issues {
		keep(issueRecord(row))
	}
	for _, row := range *a.ended {
		keep(issueRecord(queries.ListIssuesByIDRow(row)))
	}
	for _, row := range *a.parents {
		keep(issueRecord(queries.ListIssuesByIDRow(row)))
	}
	for _, row := range *a.comments {
		keep(commentRecord(row))
	}
	for _, row := range *a.shares {
		keep(shareRecord(row))
	}
	for _, row := range *a.relations {
		keep(relationRecord(row))
	}
	for _, row := range *a.displays {
		keep(displayRecord(row))
	}
	for _, row := range *a.projects {
		keep(projectRecord(row))
	}
	for _, row := range *a.favoured {
		keep(favouriteRecord(row))
	}
	for _, row := range *a.holders {
		keep(issueRecord(queries.ListIssuesByIDRow(row)))
	}
	for _, row := range *a.attached {
		keep(attachmentRecord(row))
	}
	a.transfers.records(keep)
}

func (w *world) learnResults(a *answers) error {
	for _, row := range *a.results {
		stored, err := resultFromRow(row)
		if err != nil {
			return err
		}
		w.results[row.TransactionID] = append(w.results[row.TransactionID], stored)
	}
	return nil
}

func (w *world) learnUndone(a *answers) error {
	for _, row := range *a.undone {
		before, err := decodeValues(row.Before)
		after, wrong := decodeValues(row.After)
		if err := firstError(err, wrong); err != nil {
			return fmt.Errorf("decode change %d: %w", row.Version, err)
		}
		change := loggedChange{Ref: NewRef(row.Kind, row.RecordID), Op: Verb(row.Op), Before: before, After: after, At: row.At, Version: row.Version}
		if row.MemberID != nil {
			change.Member = *row.MemberID
		}
		w.undoable[row.TransactionID] = append(w.undoable[row.TransactionID], change)
	}
	return nil
}

// load reads all that a group needs, under the workspace's lock: two round trips at the most, one when nothing is
// undone, nothing named is missing, and the vocabulary in memory is fresh.
func (e *Engine) load(ctx context.Context, conn *pgx.Conn, ws uuid.UUID, jobs []*job) (*world, error) {
	world, wanted := newWorld(ws), needsOf(jobs)
	known := e.owners.of(ws, jobs)
	wanted.clients = known.missing
	var p queries.Pipeline
	e.begin(ctx, &p, ws)
	head := queries.Ask(&p, func(db queries.DBTX) (queries.GetHeadRow, error) { return e.queries.GetHead(ctx, db, ws) })
	found := wanted.ask(ctx, &p, e.queries, ws)
	if err := p.Send(ctx, conn); err != nil {
		return nil, fmt.Errorf("lock and load: %w", err)
	}
	world.epoch, world.head, world.at = head.Epoch, head.Version, e.clock(head.At).UTC()
	world.read = reading{head.Version, head.At, time.Now()}
	if err := world.learn(wanted, found); err != nil {
		return nil, err
	}
	world.words = e.words.get(ws)
	if world.words == nil || world.words.version != head.Vocabulary {
		if err := e.loadWords(ctx, conn, world, head.Vocabulary); err != nil {
			return nil, err
		}
	}
	more := world.further(wanted)
	more.clients = world.learnOwners(known)
	return world, e.loadRest(ctx, conn, world, more)
}

// begin queues how a write begins that reads before it decides: under the workspace's lock.
func (e *Engine) begin(ctx context.Context, p *queries.Pipeline, ws uuid.UUID) {
	p.Run(ctx, "begin")
	p.Run(ctx, "set local plan_cache_mode = force_generic_plan") // all go by keys; planning anew cost more than reading
	p.Tell(func(db queries.DBTX) error { _, err := e.queries.LockWorkspace(ctx, db, ws); return err })
}

// further is what the first answers have shown to be needed too. What an author may not see is looked for like what is
// not there, so that the one costs what the other does.
func (w *world) further(first *needs) *needs {
	more := &needs{}
	for _, changes := range w.undoable {
		for _, change := range changes {
			more.undo(change)
		}
	}
	for _, named := range first.references {
		found := w.original(named.ref)
		if found == nil || !w.actorRights(named.author).seesRecord(found) {
			more.refused = append(more.refused, named.ref.ID())
		}
	}
	return more
}

func (e *Engine) loadRest(ctx context.Context, conn *pgx.Conn, world *world, more *needs) error {
	if len(more.references)+len(more.refused)+len(more.clients) == 0 {
		return nil
	}
	var p queries.Pipeline
	found := more.ask(ctx, &p, e.queries, world.workspace)
	if err := p.Send(ctx, conn); err != nil {
		return fmt.Errorf("load the rest: %w", err)
	}
	return world.learn(more, found)
}

// loadWords reads the vocabulary as it is under the lock.
func (e *Engine) loadWords(ctx context.Context, conn *pgx.Conn, world *world, version int64) error {
	var p queries.Pipeline
	questions := askVocabulary(ctx, &p, e.queries, world.workspace)
	if err := p.Send(ctx, conn); err != nil {
		return fmt.Errorf("load the vocabulary: %w", err)
	}
	world.words = questions.build(version)
	e.words.put(world.workspace, world.words)
	return nil
}
