package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"tandem/queries"
)

// An archive is a whole workspace as somebody takes it away: every team, the private ones too, as it is at one V. It holds what stands in
// the records now and not how it came to be; what a backup keeps and this does not is the log, the accounts, and what is somebody's alone.

// notSaved says of kinds why an archive does not hold them.
var notSaved = map[string]string{
	"share":      "The link of a share is a secret, of which the workspace itself knows only a hash. Share anew.",
	"favourite":  "What a member keeps at hand is theirs alone.",
	"preference": "How a member wishes to be told is theirs alone.",
}

// notSavedFields are fields of kinds that it does hold: what is true only where the workspace is.
var notSavedFields = map[string]string{"member": "placeholder"}

// remembered are the kinds of which it holds the deleted too: comments name who has left, and issues stay in a status that was deleted.
func remembered(kind string) bool { return kind == "member" || kind == "status" }

// What an archive tells beside the fields.
const (
	savedNext   = "next_number" // of a team: numbers are never given twice, not even those of issues that are not in the archive
	savedFormer = "former_keys" // of an issue that changed team: "team:<uuid>/<number>" for each key that still names it
)

// SavedRecord is a record as an archive holds it: with the fields that pull tells, deleted_at if it lies in the trash, and of some kinds more.
type SavedRecord struct {
	Record Ref            `json:"record"`
	Fields map[string]any `json:"fields"`
}

// SavedKind tells how an archive holds the records of a kind, or why it does not.
type SavedKind struct {
	Kind   string       `json:"kind"`
	Fields []SavedField `json:"fields,omitempty"`
	Absent string       `json:"absent,omitempty"` // why
}

// SavedField is a field as docs/protocol.md describes it.
type SavedField struct {
	Name   string `json:"name"`
	Values string `json:"values"`
	Policy string `json:"policy"`
}

// SavedKinds lists all kinds, what others refer to first.
func SavedKinds() []SavedKind {
	var all []SavedKind
	for _, kind := range kinds {
		saved := SavedKind{Kind: kind, Absent: notSaved[kind]}
		if saved.Absent == "" {
			for _, field := range savedFields(nounOf(kind)) {
				saved.Fields = append(saved.Fields, SavedField{field.name, field.says(), field.policy.String()})
			}
		}
		all = append(all, saved)
	}
	return all
}

func savedFields(noun noun) []field {
	return slices.DeleteFunc(slices.Clone(noun.fields()), func(f field) bool { return f.policy == internal || notSavedFields[noun.name()] == f.name })
}

// archivedAtOnce is how many records, or issues of the table, are in memory at once.
const archivedAtOnce = 200

// Archive is open for as long as the function that it was handed to runs, for one goroutine. All that is read of it belongs to one V.
type Archive struct {
	engine    *Engine
	tx        pgx.Tx
	workspace uuid.UUID
	snapshot  Snapshot
	held      map[string][]*record // of the vocabulary, by kind and in the order of ids
	holds     map[Ref]bool
	teams     []uuid.UUID
	next      map[uuid.UUID]int64 // numbers, by team
}

// Archive opens a workspace's archive for read, whose error ends it. Only an admin may, and the program itself (Program): it holds also the
// teams that the reader does not see. It keeps one connection to PostgreSQL, and holds nobody up.
func (e *Engine) Archive(ctx context.Context, actor Actor, read func(*Archive) error) error {
	return pgx.BeginTxFunc(ctx, e.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		archive, err := e.openArchive(ctx, tx, actor)
		if err != nil {
			return err
		}
		return read(archive)
	})
}

func (e *Engine) openArchive(ctx context.Context, tx pgx.Tx, actor Actor) (*Archive, error) {
	var p queries.Pipeline
	head := queries.Ask(&p, func(db queries.DBTX) (queries.GetHeadRow, error) { return e.queries.GetHead(ctx, db, actor.Workspace) })
	questions := askVocabulary(ctx, &p, e.queries, actor.Workspace)
	err := p.Send(ctx, tx)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, notFound("This workspace")
	}
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	words := questions.build(head.Vocabulary)
	if program, _ := Program(actor.Workspace); actor != program && !words.rightsOf(actor.Member).admin() {
		return nil, forbidden("Only an admin may export the workspace. Ask one of them.")
	}
	a := &Archive{engine: e, tx: tx, workspace: actor.Workspace, held: map[string][]*record{}, holds: map[Ref]bool{}}
	if err := a.describeProjects(ctx, words); err != nil {
		return nil, err
	}
	for _, kind := range kinds {
		a.keep(kind, words)
	}
	for _, team := range a.held["team"] {
		a.teams = append(a.teams, team.id)
	}
	all := rights{program: true, teams: map[uuid.UUID]bool{}}
	for _, team := range a.teams {
		all.teams[team] = true
	}
	a.snapshot = Snapshot{Version: head.Version, Epoch: head.Epoch, At: e.clock(head.At), words: words, who: all}
	return a, a.readNumbers(ctx)
}

func (a *Archive) readNumbers(ctx context.Context) error {
	rows, err := a.engine.queries.ListTeamNumbers(ctx, a.tx, queries.ListTeamNumbersParams{WorkspaceID: a.workspace, TeamIDs: a.teams})
	a.next = map[uuid.UUID]int64{}
	for _, row := range rows {
		a.next[row.TeamID] = row.Next
	}
	return err
}

// describeProjects reads the long texts, which the vocabulary leaves out.
func (a *Archive) describeProjects(ctx context.Context, words *vocabulary) error {
	var ids []uuid.UUID
	for _, project := range words.all("project") {
		ids = append(ids, project.id)
	}
	rows, err := a.engine.queries.ListProjectsByID(ctx, a.tx, queries.ListProjectsByIDParams{WorkspaceID: a.workspace, IDs: ids})
	if err != nil {
		return fmt.Errorf("read the projects: %w", err)
	}
	words.byKind["project"] = nil
	for _, row := range rows {
		words.add(projectRecord(row))
	}
	return nil
}

// keep chooses what of a kind of the vocabulary the archive holds. What it refers to was chosen before.
func (a *Archive) keep(kind string, words *vocabulary) {
	for _, r := range words.all(kind) {
		if notSaved[kind] == "" && (!r.deleted() || remembered(kind)) && !isPersonal(r) && a.stands(r) {
			a.held[kind] = append(a.held[kind], r)
			a.holds[r.ref()] = true
		}
	}
	slices.SortFunc(a.held[kind], byID)
}

func byID(a, b *record) int { return slices.Compare(a.id[:], b.id[:]) }

// isPersonal: an admin does not read what is somebody's alone either.
func isPersonal(r *record) bool {
	some, is := nounOf(r.kind).(personal)
	return is && some.owner(r) != uuid.Nil
}

// stands tells whether what a record was made for is in the archive: a label of a deleted team is not, and would without it become one of
// the whole workspace.
func (a *Archive) stands(r *record) bool {
	for _, field := range nounOf(r.kind).fields() {
		ref := Ref(r.text(field.name))
		if field.policy == fixed && field.shape.refers != "" && ref != "" && !ofLife(ref) && !a.holds[ref] {
			return false
		}
	}
	return true
}

// ofLife tells the kinds of which there are many: whether the archive holds one is asked of PostgreSQL.
func ofLife(ref Ref) bool { return slices.Contains([]string{"issue", "comment"}, ref.kind()) }

// Records hands the records of a kind to write in the order of their ids, some at a time. Its error ends them.
func (a *Archive) Records(ctx context.Context, kind string, write func([]SavedRecord) error) error {
	if source := a.sourceOf(kind); source != nil {
		return a.records(ctx, source, write)
	}
	for _, of := range []string{"workspace", "member", "team", "status", "label", "project", "milestone", "cycle", "template", "view"} {
		if of == kind {
			return a.write(ctx, a.held[kind], write)
		}
	}
	return fmt.Errorf("nobody knows how to archive records of kind %s", kind)
}

// source reads what is not in memory: the next ids, and the records that they name.
type source struct {
	ids  func(ctx context.Context, after uuid.UUID) ([]uuid.UUID, error)
	read func(ctx context.Context, ids []uuid.UUID) ([]*record, error)
}

func (a *Archive) sourceOf(kind string) *source {
	switch kind {
	case "issue":
		return &source{a.issueIDs, a.readIssues}
	case "comment":
		return &source{a.commentIDs, a.readComments}
	case "attachment":
		return &source{a.attachmentIDs, a.readAttachments}
	case "relation":
		return &source{a.relationIDs, a.readRelations}
	case "display":
		return &source{a.displayIDs, a.readDisplays}
	}
	return nil
}

func (a *Archive) records(ctx context.Context, from *source, write func([]SavedRecord) error) error {
	for after := uuid.Nil; ; {
		ids, err := from.ids(ctx, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		records, err := from.read(ctx, ids)
		if err != nil {
			return err
		}
		records = slices.DeleteFunc(records, func(r *record) bool { return !a.stands(r) })
		slices.SortFunc(records, byID)
		if err := a.write(ctx, records, write); err != nil {
			return err
		}
	}
}

func (a *Archive) write(ctx context.Context, records []*record, write func([]SavedRecord) error) error {
	for part := range slices.Chunk(records, archivedAtOnce) {
		beside, err := a.lookBeside(ctx, part)
		if err != nil {
			return err
		}
		saved := make([]SavedRecord, len(part))
		for i, r := range part {
			saved[i] = a.saved(r, beside)
		}
		if err := write(saved); err != nil {
			return err
		}
	}
	return nil
}

// besides is what some records need of others.
type besides struct {
	parents map[uuid.UUID]bool // issues and comments that the archive holds
	former  map[uuid.UUID][]string
}

func (a *Archive) lookBeside(ctx context.Context, records []*record) (besides, error) {
	found := besides{map[uuid.UUID]bool{}, map[uuid.UUID][]string{}}
	var parents, issues []uuid.UUID
	for _, r := range records {
		if parent := Ref(r.text("parent")); ofLife(parent) {
			parents = append(parents, parent.ID())
		}
		if r.kind == "issue" {
			issues = append(issues, r.id)
		}
	}
	if len(parents) > 0 {
		held, err := a.engine.queries.ListArchivedAmong(ctx, a.tx, queries.ListArchivedAmongParams{WorkspaceID: a.workspace, IDs: parents, TeamIDs: a.teams})
		if err != nil {
			return found, err
		}
		for _, id := range held {
			found.parents[id] = true
		}
	}
	if len(issues) == 0 {
		return found, nil
	}
	keys, err := a.engine.queries.ListAliasesByIssue(ctx, a.tx, queries.ListAliasesByIssueParams{WorkspaceID: a.workspace, IDs: issues})
	for _, key := range keys {
		if team := NewRef("team", key.TeamID); a.holds[team] {
			found.former[key.IssueID] = with(found.former[key.IssueID], fmt.Sprintf("%s/%d", team, key.Number))
		}
	}
	return found, err
}

// saved is a record without the references that lead out of the archive.
func (a *Archive) saved(r *record, beside besides) SavedRecord {
	fields := r.public()
	leads := func(ref string) bool {
		return a.holds[Ref(ref)] || ofLife(Ref(ref)) && (beside.parents[Ref(ref).ID()] || ref != r.text("parent"))
	}
	for _, field := range nounOf(r.kind).fields() {
		if notSavedFields[r.kind] == field.name {
			delete(fields, field.name)
		}
		if field.shape.refers == "" || field.policy == internal {
			continue
		}
		switch v := r.fields[field.name].(type) {
		case string:
			if !leads(v) {
				fields[field.name] = nil
			}
		case []string:
			fields[field.name] = slices.DeleteFunc(slices.Clone(v), func(ref string) bool { return !leads(ref) })
		}
	}
	if r.deleted() {
		fields["deleted_at"] = r.deletedAt.UTC()
	}
	if next := a.next[r.id]; next > 0 {
		fields[savedNext] = next
	}
	if former := beside.former[r.id]; len(former) > 0 {
		fields[savedFormer] = former
	}
	return SavedRecord{r.ref(), fields}
}

// Issues hands the live issues to write as Export does, by team and number.
func (a *Archive) Issues(ctx context.Context, write func([]ExportedIssue) error) error {
	for _, team := range a.snapshot.Teams() {
		for after := int64(-1); ; {
			numbered, err := a.engine.queries.ListIssuesByNumber(ctx, a.tx, queries.ListIssuesByNumberParams{
				WorkspaceID: a.workspace, TeamID: team.ID, AfterNumber: after, Most: archivedAtOnce})
			if err != nil {
				return err
			}
			if len(numbered) == 0 {
				break
			}
			ids := make([]uuid.UUID, len(numbered))
			for i, row := range numbered {
				ids[i], after = row.ID, row.Number
			}
			if err := a.issuesOf(ctx, team, ids, write); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a *Archive) issuesOf(ctx context.Context, team TeamName, ids []uuid.UUID, write func([]ExportedIssue) error) error {
	rows, err := a.engine.queries.ListExportedIssues(ctx, a.tx, queries.ListExportedIssuesParams{WorkspaceID: a.workspace, TeamID: team.ID, IDs: ids, TeamIDs: a.teams})
	if err != nil {
		return err
	}
	slices.SortFunc(rows, func(a, b queries.ListExportedIssuesRow) int { return int(a.Number - b.Number) })
	issues := make([]ExportedIssue, len(rows))
	for i, row := range rows {
		issues[i] = a.snapshot.exported(team, row)
	}
	return write(issues)
}

// instantOf reads a time as a record of an archive has it.
func instantOf(raw any) (time.Time, bool) {
	s, _ := raw.(string)
	at, err := time.Parse(time.RFC3339Nano, s)
	return at.UTC(), err == nil
}
