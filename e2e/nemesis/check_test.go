package nemesis

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"tandem/internal/client"
)

// check compares what everybody was told with what the database holds; the replicas too, if they have come together.
func (r *round) check(ctx context.Context, head int64, together bool) error {
	found, err := r.gather(ctx)
	if err != nil {
		return fmt.Errorf("read the log: %w", err)
	}
	if found.head != head {
		r.log.fail(nil, "the log ends at %d, the last write was answered %d", found.head, head)
	}
	sent := r.sent()
	r.checkResults(found, sent)
	state := r.checkLog(found, sent)
	for _, actor := range r.actors {
		actor.history.checkOrder(found)
		records, version := actor.client.Records()
		if !together {
			continue
		}
		if version != head {
			r.log.fail(nil, "%s: its replica is at %d, not %d", actor.history.who, version, head)
		}
		r.compare(actor.history.who, records, state)
	}
	return r.checkServer(ctx, state)
}

// key names a transaction of a device.
type key struct{ client, transaction string }

func (r *round) sent() map[key]*entry {
	sent := map[key]*entry{}
	for _, actor := range r.actors {
		for _, e := range actor.history.entries {
			sent[key{actor.id, e.ID}] = e
		}
	}
	return sent
}

// checkResults: what was told is what is stored, once for each transaction.
func (r *round) checkResults(found evidence, sent map[key]*entry) {
	kept := map[key]int{}
	for _, result := range found.results {
		id := key{result.Client.String(), result.Transaction.String()}
		e := sent[id]
		if e == nil {
			continue // the admin's, or the program's
		}
		kept[id]++
		if e.result.Status != result.Status || e.result.Version != result.Version {
			r.log.fail([]string{e.ID}, "transaction %s was answered %s at %d, stored is %s at %d", e.ID, e.result.Status, e.result.Version, result.Status, result.Version)
		}
	}
	for id, e := range sent {
		if !e.ended || kept[id] != 1 {
			r.log.fail([]string{e.ID}, "transaction %s: ended %t, %d results are stored", e.ID, e.ended, kept[id])
		}
	}
}

// checkLog folds the log, and looks on the way: no version is missing, nothing is there that was not applied, each
// effect is where its result says, and only once.
func (r *round) checkLog(found evidence, sent map[key]*entry) fold {
	state, at := fold{}, found.base
	places := map[key]int64{}
	due := map[int64][]*entry{}
	for _, e := range sent {
		if e.result != nil && e.result.Status == client.Applied {
			due[e.result.Version] = append(due[e.result.Version], e)
		}
	}
	for i, one := range found.log {
		if one.Version != at && one.Version != at+1 {
			r.log.fail(nil, "the log goes from version %d to %d", at, one.Version)
		}
		at = one.Version
		if err := state.apply(one); err != nil {
			r.log.fail([]string{one.ref()}, "the log: %v", err)
			return state
		}
		r.checkParent(state, one)
		r.checkPlace(places, one, sent)
		if i == len(found.log)-1 || found.log[i+1].Version != at {
			r.checkGroup(state, at)
			for _, e := range due[at] {
				r.checkEffect(state, e)
			}
			delete(due, at)
		}
	}
	for version, left := range due {
		r.log.fail([]string{left[0].ID}, "transaction %s was applied at %d, which the log does not have", left[0].ID, version)
	}
	r.checkChanged(found, sent, places)
	return state
}

// checkParent: no comment before its issue.
func (r *round) checkParent(state fold, one logged) {
	if issue, _ := one.After["issue"].(string); one.Kind == "comment" && one.Op == "create" && state[issue] == nil {
		r.log.fail([]string{one.ref()}, "the log has %s before its issue %s", one.ref(), issue)
	}
}

// checkPlace: each transaction of ours in the log was applied, at the version told, and nowhere else.
func (r *round) checkPlace(places map[key]int64, one logged, sent map[key]*entry) {
	if one.Client == nil {
		return
	}
	id := key{one.Client.String(), one.Transaction.String()}
	e := sent[id]
	if e == nil {
		return
	}
	if before, known := places[id]; known && before != one.Version {
		r.log.fail([]string{e.ID}, "transaction %s stands in the log twice, at %d and at %d", e.ID, before, one.Version)
	}
	places[id] = one.Version
	if e.result.Status != client.Applied || e.result.Version != one.Version {
		r.log.fail([]string{e.ID}, "transaction %s was answered %s at %d, and stands in the log at %d", e.ID, e.result.Status, e.result.Version, one.Version)
	}
}

// checkGroup: what is atomic is whole in every version. (S82)
func (r *round) checkGroup(state fold, version int64) {
	titles := map[string]any{}
	for _, ref := range r.world.group {
		if record := state[ref]; record != nil {
			titles[ref] = record.fields["title"]
		}
	}
	if err := wholeGroup(titles); err != nil && len(titles) > 0 {
		r.log.fail(nil, "the log at %d: %v", version, err)
	}
}

// checkEffect: what an applied transaction wanted is so at the version of its result.
func (r *round) checkEffect(state fold, e *entry) {
	for _, op := range e.Ops {
		record := state[op.Record]
		if op.Op != "undo" && record == nil {
			r.log.fail([]string{e.ID, op.Record}, "transaction %s was applied at %d, where %s is not", e.ID, e.result.Version, op.Record)
			continue
		}
		if wrong := missing(state, op); wrong != "" {
			r.log.fail([]string{e.ID, op.Record}, "transaction %s was applied at %d, where %s of %s is not what it wanted", e.ID, e.result.Version, wrong, op.Record)
		}
	}
}

// missing names what of an operation's effect is not in a state.
func missing(state fold, op client.Operation) string {
	for field, value := range op.Set {
		if !state.holds(op.Record, field, value) {
			return field
		}
	}
	switch op.Op {
	case "add", "remove":
		if state.contains(op.Record, op.Field, op.Value) != (op.Op == "add") {
			return op.Field
		}
	case "delete", "restore":
		if state[op.Record].deleted != (op.Op == "delete") {
			return "being deleted"
		}
	case "text":
		if text, _ := state[op.Record].fields[op.Field].(string); !strings.Contains(text, writtenLine(op)) {
			return op.Field
		}
	}
	return ""
}

// writtenLine is the line that a text operation of the workload wrote.
func writtenLine(op client.Operation) string {
	before := "\n" + *op.From + "\n"
	for line := range strings.SplitSeq(*op.Text, "\n") {
		if !strings.Contains(before, "\n"+line+"\n") {
			return line
		}
	}
	return ""
}

// checkChanged: what is stored to have changed something stands in the log, and the replica showed it when it had come
// that far. (S81, read your writes)
func (r *round) checkChanged(found evidence, sent map[key]*entry, places map[key]int64) {
	for _, result := range found.results {
		id := key{result.Client.String(), result.Transaction.String()}
		e := sent[id]
		if e == nil {
			continue
		}
		if _, logged := places[id]; logged != result.Changed {
			r.log.fail([]string{e.ID}, "transaction %s: it stands in the log %t, and is stored to have changed something %t", e.ID, logged, result.Changed)
		}
		for ref, seen := range e.seen {
			if result.Changed && seen != 0 && seen < result.Version && len(e.Ops) == 1 {
				r.log.fail([]string{e.ID, ref}, "transaction %s was applied at %d; its author then saw %s at %d", e.ID, result.Version, ref, seen)
			}
		}
	}
}

// checkOrder: a device's transactions stand in the log in the order in which it sent them, behind what it had read. (S81)
func (h *history) checkOrder(found evidence) {
	places := map[string]int64{}
	for _, one := range found.log {
		places[one.Transaction.String()] = one.Version
	}
	last, before := int64(0), ""
	for _, e := range h.entries {
		place, changed := places[e.ID]
		if !changed {
			continue
		}
		if place <= last {
			h.fail([]string{e.ID, before}, "transaction %s stands in the log at %d, behind %s at %d which was sent before", e.ID, place, before, last)
		}
		if place <= e.saw {
			h.fail([]string{e.ID}, "transaction %s stands in the log at %d, although its author had read %d", e.ID, place, e.saw)
		}
		last, before = place, e.ID
	}
}

// compare holds a client's records against the fold of the log.
func (r *round) compare(who string, records map[string]client.Record, state fold) {
	for ref, one := range state {
		visible := !one.deleted && !r.world.hides(ref, one.fields)
		record, there := records[ref]
		switch {
		case visible != there:
			r.log.fail([]string{ref}, "%s: %s is there %t, in the log it is there for them %t", who, ref, there, visible)
		case there && record.Version != one.version:
			r.log.fail([]string{ref}, "%s: %s has version %d, in the log %d", who, ref, record.Version, one.version)
		case there:
			r.compareFields(who, ref, record, one)
		}
	}
	for ref := range records {
		if state[ref] == nil && !strings.HasPrefix(ref, "workspace:") {
			r.log.fail([]string{ref}, "%s: %s is not in the log", who, ref)
		}
	}
}

// notCompared are shown beside the fields, or to some alone.
var notCompared = map[string]bool{"created_at": true, "updated_at": true, "email": true}

func (r *round) compareFields(who, ref string, record client.Record, one *folded) {
	for field, value := range record.Fields {
		if !notCompared[field] && !reflect.DeepEqual(value, one.fields[field]) {
			r.log.fail([]string{ref}, "%s: %s.%s is %v, in the log %v", who, ref, field, value, one.fields[field])
		}
	}
}

// checkServer reads everything from 0, from a node, as a new client would.
func (r *round) checkServer(ctx context.Context, state fold) error {
	records := map[string]client.Record{}
	page := client.Page{More: true}
	for page.More {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/%s/sync/pull?limit=5000&since=%d", r.straight()[r.seed%2], r.world.slug, page.Version), nil)
		if err != nil {
			return err
		}
		request.Header = r.people[0].header
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return fmt.Errorf("pull from 0: %w", err)
		}
		page = client.Page{}
		err = json.NewDecoder(response.Body).Decode(&page)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK {
			return fmt.Errorf("pull from 0: %s, %w", response.Status, err)
		}
		for _, change := range page.Changes {
			records[change.Record] = client.Record{Version: change.Version, Fields: change.Fields}
		}
	}
	r.compare("the server", records, state)
	return nil
}
