package nemesis

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"

	"tandem/internal/client"
)

// history is what one device sent and was told. What no client may ever be told is noticed when it is.
type history struct {
	who   string
	self  string // the member
	world *world
	log   *timeline

	mu       sync.Mutex
	client   *client.Client
	entries  []*entry
	byID     map[string]*entry
	known    int64            // the greatest version that this device was told of
	asked    int64            // what was known when the pull that is under way was asked for
	versions map[string]int64 // of each record, as last told
	gone     map[string]bool  // records that were told to be deleted
	fresh    []string         // comments told since the replica's last step
	unseen   []*entry         // applied, and not yet to be seen in the replica
	steps    int              // of the replica in this life
	lives    int
	failed   int // answers of 500 and more
}

// entry is a transaction and what became of it.
type entry struct {
	client.Transaction
	saw       int64 // the replica's version when it was made
	result    *client.Result
	ended     bool
	firsthand int              // answers that did not come from the store
	seen      map[string]int64 // record -> its version when the replica first reached the result's; 0: deleted or hidden
}

func newHistory(index int, w *world, log *timeline) *history {
	return &history{who: fmt.Sprintf("client %d", index), self: w.members[index], world: w, log: log,
		byID: map[string]*entry{}, versions: map[string]int64{}, gone: map[string]bool{}}
}

func (h *history) fail(keys []string, format string, args ...any) {
	h.log.fail(keys, h.who+": "+format, args...)
}

// use is called when a client begins its life.
func (h *history) use(c *client.Client) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.client, h.steps = c, 0
	h.lives++
}

// forget is called when a device has crashed.
func (h *history) forget() { h.log.note(h.who, "crashed") }

func (h *history) sent(transaction client.Transaction, saw int64) {
	h.log.note(h.who, "sends %s", described(transaction))
	h.mu.Lock()
	defer h.mu.Unlock()
	e := &entry{Transaction: transaction, saw: saw}
	h.entries = append(h.entries, e)
	h.byID[transaction.ID] = e
}

func described(t client.Transaction) string {
	raw, _ := json.Marshal(t)
	if len(raw) > 500 {
		return string(raw[:500]) + "…"
	}
	return string(raw)
}

// open tells whether a transaction has no result yet.
func (h *history) open(id string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return !h.byID[id].ended
}

// undoable is one of the last transactions that were applied.
func (h *history) undoable(random *rand.Rand) string {
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := len(h.entries) - 1 - random.IntN(10); i >= 0; i-- {
		if e := h.entries[i]; e.ended && e.result.Status == client.Applied {
			return e.ID
		}
	}
	return ""
}

// ended is the client's hook: a transaction has its result.
func (h *history) ended(transaction client.Transaction, result client.Result) {
	h.answered(result)
	h.mu.Lock()
	defer h.mu.Unlock()
	e := h.byID[transaction.ID]
	if e.ended {
		h.fail([]string{e.ID}, "transaction %s ended twice", e.ID)
	}
	e.ended = true
	h.known = max(h.known, result.Version)
	if result.Status == client.Applied {
		h.unseen = append(h.unseen, e)
	}
	h.judge(e, result)
}

// answered compares a result with what the same transaction was answered before.
func (h *history) answered(result client.Result) {
	h.log.note(h.who, "is answered %s %s at %d, replayed %t %s", result.ID, result.Status, result.Version, result.Replayed, reasons(result))
	h.mu.Lock()
	defer h.mu.Unlock()
	e := h.byID[result.ID]
	if !result.Replayed {
		e.firsthand++
	}
	switch {
	case e.firsthand > 1:
		h.fail([]string{e.ID}, "transaction %s was done twice", e.ID)
	case e.result == nil:
		e.result = &result
	case e.result.Status != result.Status || e.result.Version != result.Version:
		h.fail([]string{e.ID}, "transaction %s was answered %s at %d, and later %s at %d", e.ID, e.result.Status, e.result.Version, result.Status, result.Version)
	}
}

func reasons(result client.Result) string {
	raw, _ := json.Marshal(map[string]any{"error": result.Error, "conflicts": len(result.Conflicts), "notices": len(result.Notices)})
	return string(raw)
}

// judge holds a result against what this client may be told.
func (h *history) judge(e *entry, result client.Result) {
	op := e.Ops[0]
	trespass := strings.Contains(described(e.Transaction), h.world.secret)
	switch {
	case trespass && (result.Status != client.Rejected || result.Error.Code != "not_found"):
		h.fail([]string{e.ID}, "transaction %s reached what is hidden: %s", e.ID, result.Status)
	case op.Op == "undo" || trespass:
	case result.Status == client.Rejected && !slices.Contains([]string{"deleted", "depends"}, result.Error.Code):
		h.fail([]string{e.ID}, "transaction %s was rejected: %+v", e.ID, *result.Error)
	case slices.ContainsFunc(slices.Concat(result.Conflicts, result.Notices), func(c client.Clash) bool { return c.By == h.self && op.Op != "text" }):
		h.fail([]string{e.ID}, "transaction %s conflicts with its own author: %+v %+v", e.ID, result.Conflicts, result.Notices)
	}
}

// asks is called when a pull sets out.
func (h *history) asks() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = h.known
}

// page is the client's hook: an answer to a pull, before it is taken. (S16, S81, S82)
func (h *history) page(since int64, page client.Page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case page.Reset != "":
		h.fail(nil, "was told to start over: %s", page.Reset)
	case page.Version < since, !page.More && page.Version < h.asked:
		h.fail(nil, "read version %d since %d, when it knew of %d", page.Version, since, h.asked)
	}
	h.known = max(h.known, page.Version)
	last, group := since, map[string]any{}
	for _, change := range page.Changes {
		if change.Version <= since || change.Version < last || change.Version > page.Version && page.More {
			h.fail([]string{change.Record}, "page since %d to %d holds %s at %d after %d", since, page.Version, change.Record, change.Version, last)
		}
		last = change.Version
		h.learn(change)
		if slices.Contains(h.world.group, change.Record) {
			group[change.Record] = change.Fields["title"]
		}
	}
	if err := wholeGroup(group); err != nil && len(group) > 0 {
		h.fail(h.world.group[:1], "page since %d to %d: %v", since, page.Version, err)
	}
}

// learn takes what is told of one record.
func (h *history) learn(change client.Change) {
	if change.Version < h.versions[change.Record] {
		h.fail([]string{change.Record}, "%s fell from version %d to %d", change.Record, h.versions[change.Record], change.Version)
	}
	h.versions[change.Record] = change.Version
	h.gone[change.Record] = change.Op != "put"
	if h.world.hides(change.Record, change.Fields) {
		h.fail([]string{change.Record}, "was shown the hidden %s", change.Record)
	}
	if strings.HasPrefix(change.Record, "comment:") && change.Op == "put" {
		h.fresh = append(h.fresh, change.Record)
	}
}

// hides tells whether a record is none of the actors' business.
func (w *world) hides(ref string, fields map[string]any) bool {
	return ref == w.sec || ref == w.secret || fields["team"] == w.sec || fields["issue"] == w.secret
}

// wholeGroup says what is wrong with titles of the group that were seen together: they are all there and the same.
func wholeGroup(titles map[string]any) error {
	var first any
	for _, title := range titles {
		if first == nil {
			first = title
		}
		if title != first {
			return fmt.Errorf("an atomic transaction was seen in part: %v", titles)
		}
	}
	if len(titles) != groupSize {
		return fmt.Errorf("%d of %d records of an atomic transaction were seen", len(titles), groupSize)
	}
	return nil
}

// stepped is the client's hook: the replica shows another version. (S81)
func (h *history) stepped(reset bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.steps++
	if reset != (h.steps == 1) {
		h.fail(nil, "the replica began anew at its step %d", h.steps)
	}
	version := h.client.Version()
	for _, ref := range h.fresh {
		note, there := h.client.Record(ref)
		issue, _ := note.Fields["issue"].(string)
		if _, found := h.client.Record(issue); there && !found && !h.gone[issue] && h.lives == 1 {
			h.fail([]string{ref, issue}, "sees comment %s before its issue %s", ref, issue)
		}
	}
	h.fresh = nil
	h.unseen = slices.DeleteFunc(h.unseen, func(e *entry) bool {
		if e.result.Version > version {
			return false
		}
		h.see(e)
		return true
	})
}

// see keeps how the replica shows what an own transaction has touched.
func (h *history) see(e *entry) {
	e.seen = map[string]int64{}
	for _, op := range e.Ops {
		if op.Record != "" {
			record, _ := h.client.Record(op.Record)
			e.seen[op.Record] = record.Version
		}
	}
}

// problem is the client's hook: a request failed. Whatever is broken, nobody is told that their request is wrong.
func (h *history) problem(err error) {
	h.log.note(h.who, "meets %v", err)
	problem, answered := errors.AsType[*client.Problem](err)
	if !answered {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failed++
	known := problem.Code == "internal" || problem.Code == "restart" || problem.Code == ""
	if problem.Status < 500 || !known {
		h.fail(nil, "was answered %v", problem)
	}
}

// event is the client's hook: what a stream told. (S45)
func (h *history) event(name string, data []byte) {
	var told struct{ Version int64 }
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := json.Unmarshal(data, &told); err != nil {
		h.fail(nil, "event %s cannot be read: %s", name, data)
	}
	h.known = max(h.known, told.Version)
	for _, secret := range []string{h.world.sec, h.world.secret} {
		if strings.Contains(string(data), secret) {
			h.fail(nil, "event %s tells of what is hidden: %s", name, data)
		}
	}
}
