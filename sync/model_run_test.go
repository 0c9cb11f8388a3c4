package sync

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"
	"pgregory.net/rapid"
)

// TestModel lets random clients loose on the engine and holds each answer, and what each client sees afterwards,
// against the model.
func TestModel(t *testing.T) {
	t.Parallel()
	shared := setup(t)
	count, outcomes := 0, map[string]int{}
	for range rounds(1, 20) {
		rapid.Check(t, func(r *rapid.T) {
			count++
			run := newModelRun(t, r, shared, fmt.Sprint("model", count))
			run.outcomes = outcomes
			run.run()
		})
	}
	t.Logf("%d programs: %v", count, outcomes)
}

// modelRun is one random program on a workspace of its own.
type modelRun struct {
	testing.TB
	r        *rapid.T
	h        *house
	m        *model
	tabs     []modelTab
	refs     map[string][]Ref // of each kind, refused ones too
	sent     []modelSent
	replicas map[uuid.UUID]*replica
	outcomes map[string]int // how often each was met
	// moved is set once a group may have emptied a place: to the rest of it the place counts as taken, so that a card
	// which stands right already may get a new rank, which the model does not say.
	moved bool
}

// rapidTB lets what is written for the tests' own T fail a random program.
type rapidTB struct {
	testing.TB
	r *rapid.T
}

func (t rapidTB) Helper()                           {}
func (t rapidTB) Fatal(args ...any)                 { t.r.Fatal(args...) }
func (t rapidTB) Fatalf(format string, args ...any) { t.r.Fatalf(format, args...) }
func (t rapidTB) Error(args ...any)                 { t.r.Error(args...) }
func (t rapidTB) Errorf(format string, args ...any) { t.r.Errorf(format, args...) }

type modelTab struct {
	actor  Actor
	client uuid.UUID
}

type modelSent struct {
	tab         modelTab
	transaction Transaction
}

func newModelRun(t *testing.T, r *rapid.T, shared *house, slug string) *modelRun {
	h := &house{Engine: shared.Engine, clock: shared.clock, annsTab: newID(), bensTab: newID()}
	h.furnishAs(t, slug)
	run := &modelRun{TB: rapidTB{t, r}, r: r, h: h, refs: map[string][]Ref{}, replicas: map[uuid.UUID]*replica{}}
	run.m = &model{records: map[Ref]*modelRecord{}, lines: map[Ref][]Ref{}, loose: map[Ref]bool{}, answers: map[[2]uuid.UUID]modelAnswer{},
		refused: map[modelRefused]bool{}, changes: map[uuid.UUID][]modelChange{}, status: map[Ref]Ref{}}
	for _, actor := range []Actor{h.ann, h.ben, h.cleo} {
		run.tabs = append(run.tabs, modelTab{actor, newID()}, modelTab{actor, newID()})
		run.replicas[actor.Member] = &replica{}
	}
	run.learnFurniture()
	return run
}

// learnFurniture takes over teams, statuses and members as they were set up.
func (run *modelRun) learnFurniture() {
	var fresh replica
	fresh.pull(run, run.h, run.h.ann, PullMost)
	run.m.head = fresh.cursor
	for ref, change := range fresh.records {
		kind, _, _ := ref.Parse()
		fields := map[string]any{}
		for _, field := range modelFields(ref) {
			fields[field] = change.Fields[field]
		}
		switch kind {
		case "status":
			run.m.status[ref] = Ref(change.Fields["team"].(string))
			continue
		case "workspace":
			continue
		}
		run.refs[kind] = append(run.refs[kind], ref)
		run.m.records[ref] = &modelRecord{fields: fields, stamps: run.stamps(ref), version: change.Version, past: []modelPast{{change.Version, fields}}}
	}
	for _, refs := range run.refs {
		slices.Sort(refs)
	}
}

// stamps are those that setting up has left: the program's.
func (run *modelRun) stamps(ref Ref) map[string]stamp {
	e, ctx := run.h.Engine, run.Context()
	_, words, err := e.wordsOf(ctx, run.h.ws)
	must(run, err)
	found, all := words.records[ref], map[string]stamp{}
	for _, field := range nounOf(found.kind).fields() {
		if by, stamped := found.stamps.of(field.name); stamped {
			all[field.name] = by
		}
	}
	return all
}

func (run *modelRun) run() {
	for range rapid.IntRange(5, 25).Draw(run.r, "steps") {
		if rapid.IntRange(0, 5).Draw(run.r, "waits") == 0 {
			run.h.clock.advance(rapid.SampledFrom([]time.Duration{9999 * time.Millisecond, 10 * time.Second, time.Minute, 13 * time.Hour}).Draw(run.r, "for"))
		}
		run.m.now = run.h.clock.now(time.Time{})
		run.push()
		run.compare()
	}
	run.h.checkLog(run)
}

// push sends a group of transactions of any clients, which the engine may commit at once.
func (run *modelRun) push() {
	var group []modelSent
	run.moved = false
	for range rapid.IntRange(1, 4).Draw(run.r, "transactions") {
		group = append(group, run.transaction())
	}
	jobs := make([]*job, len(group))
	for i, sent := range group {
		jobs[i] = &job{actor: sent.tab.actor, client: sent.tab.client, transaction: sent.transaction}
	}
	_, err := run.h.do(run.Context(), jobs, false)
	must(run, err)
	for i, sent := range group {
		want := run.m.apply(sent.tab.actor, sent.tab.client, sent.transaction)
		got := modelResultOf(jobs[i].result)
		run.note(got, sent.transaction.Ops)
		if diff := gocmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			run.Fatalf("%+v\nof %s: the model (-) and the engine (+): %s\n%+v", sent.transaction, sent.tab.actor.Member, diff, jobs[i].result.Error)
		}
	}
	run.sent = append(run.sent, group...)
}

func (run *modelRun) note(result modelResult, ops []Operation) {
	outcome := result.Status
	if ops[0].Op == Undo {
		outcome = "undo " + outcome
	}
	run.outcomes[outcome+" "+result.Code]++
	for _, notice := range result.Notices {
		run.outcomes[notice.Code]++
	}
}

func modelResultOf(r Result) modelResult {
	result := modelResult{Status: r.Status, Version: r.Version, Replayed: r.Replayed}
	if r.Error != nil {
		result.Code = r.Error.Code
		return result
	}
	for _, n := range r.Notices {
		result.Notices = append(result.Notices, modelNotice{n.Code, n.Record, n.Field, plain(n.Mine), plain(n.Theirs), n.By, n.Version})
	}
	for _, c := range r.Conflicts {
		if c.Text != "" {
			c.Version = 0
		}
		result.Conflicts = append(result.Conflicts, modelConflict{c.Record, c.Field, plain(c.Base), plain(c.Mine), plain(c.Theirs), c.By, c.Version, c.Text != ""})
	}
	return result
}

// plain undoes what JSON does to the values of a stored result.
func plain(v any) any { return canonical(v) }

// compare holds what every member sees, in a fresh replica and in one that is kept up to date, against the model.
func (run *modelRun) compare() {
	for _, actor := range []Actor{run.h.ann, run.h.ben, run.h.cleo} {
		kept, fresh := run.replicas[actor.Member], &replica{}
		if !kept.follows(run, run.h, actor) {
			*kept = replica{}
			kept.pull(run, run.h, actor, 3)
		}
		fresh.pull(run, run.h, actor, PullMost)
		if kept.cursor != run.m.head || fresh.cursor != run.m.head {
			run.Fatalf("the replicas are at %d and %d, the head at %d", kept.cursor, fresh.cursor, run.m.head)
		}
		want := run.seenBy(actor)
		for name, r := range map[string]*replica{"fresh": fresh, "kept": kept} {
			if diff := gocmp.Diff(want, run.shownBy(r)); diff != "" {
				run.Fatalf("%s replica of %s: the model (-) and the engine (+): %s", name, actor.Member, diff)
			}
		}
		if actor == run.h.ann {
			run.learnRanks(fresh)
		}
	}
}

// follows brings a replica up to date; false when it must start over.
func (r *replica) follows(t testing.TB, h *house, actor Actor) bool {
	answer, err := h.Pull(t.Context(), actor, Pull{Since: r.cursor})
	must(t, err)
	if answer.Reset != "" || r.cursor == 0 {
		return false
	}
	r.pull(t, h, actor, 3)
	return true
}

// seenBy are the live records that the model shows a member, with their fields but ranks.
func (run *modelRun) seenBy(actor Actor) map[Ref]map[string]any {
	w, seen := &modelWork{model: run.m, member: actor.Member}, map[Ref]map[string]any{}
	for ref, record := range run.m.records {
		if w.visible(ref) != "" || record.deleted {
			continue
		}
		fields := map[string]any{"version": record.version}
		for _, field := range modelFields(ref) {
			if field != "rank" {
				fields[field] = run.livingReferences(w, record.fields[field])
			}
		}
		seen[ref] = fields
	}
	return seen
}

func (run *modelRun) livingReferences(w *modelWork, v any) any {
	set, isSet := v.([]string)
	if !isSet {
		return v
	}
	return slices.DeleteFunc(slices.Clone(set), func(s string) bool {
		named := w.get(Ref(s)) // nil for what names no record: a reaction
		return named != nil && named.deleted
	})
}

// shownBy is a replica in the model's terms: references to what it does not hold read as absent.
func (run *modelRun) shownBy(r *replica) map[Ref]map[string]any {
	shown := map[Ref]map[string]any{}
	for ref, change := range r.records {
		if run.m.records[ref] == nil {
			continue // statuses and the workspace
		}
		fields := map[string]any{"version": change.Version}
		for _, field := range modelFields(ref) {
			if _, isSet := change.Fields[field].([]string); isSet {
				fields[field] = append([]string{}, r.shown(ref, field)...)
			} else if field != "rank" {
				fields[field] = change.Fields[field]
			}
		}
		shown[ref] = fields
	}
	return shown
}

// learnRanks holds the engine's order against the model's lines and gives the model's places their text.
func (run *modelRun) learnRanks(fresh *replica) {
	ranks := run.ranks()
	for team, line := range run.m.lines {
		sorted := slices.SortedFunc(slices.Values(line), func(a, b Ref) int { return cmp.Compare(ranks[a], ranks[b]) })
		firm := func(refs []Ref) []Ref {
			return slices.DeleteFunc(slices.Clone(refs), func(ref Ref) bool { return run.m.loose[ref] })
		}
		if diff := gocmp.Diff(firm(line), firm(sorted)); diff != "" {
			run.Fatalf("the order of %s: the model (-) and the engine (+): %s", team, diff)
		}
		run.m.lines[team] = sorted
	}
	for ref, rank := range ranks {
		place := run.m.records[ref].rank
		// An undo goes beside a place that another took in the same group, of which the model learns only here.
		beside := run.m.loose[ref] && slices.ContainsFunc(run.m.lines[Ref(run.m.records[ref].fields["team"].(string))], func(other Ref) bool { return ranks[other] == place.text })
		if place.text != "" && place.text != rank && !beside {
			run.Fatalf("%s lies at %s, the model has it at %s", ref, rank, place.text)
		}
		place.text = rank
	}
	clear(run.m.loose)
}

func (run *modelRun) ranks() map[Ref]string {
	rows, err := run.h.pool.Query(run.Context(), "select id, rank from issue where workspace_id = $1", run.h.ws)
	must(run, err)
	defer rows.Close()
	ranks := map[Ref]string{}
	for rows.Next() {
		var id uuid.UUID
		var rank string
		must(run, rows.Scan(&id, &rank))
		ranks[NewRef("issue", id)] = rank
	}
	must(run, rows.Err())
	return ranks
}
