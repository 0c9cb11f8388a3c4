package handlers

import (
	"fmt"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/sync"
)

// span is how long a timed scenario runs.
func span() time.Duration {
	if *long {
		return time.Minute
	}
	return 5 * time.Second
}

func TestS16_AReaderMissesNothingOfManyWriters(t *testing.T) {
	t.Parallel()
	h := setup(t)
	end := time.Now().Add(span())
	cursor := h.head() // before the first write
	var writing stdsync.WaitGroup
	made := make(chan sync.Ref, 100_000)
	for range 16 {
		writer := h.ann.tab()
		writing.Go(func() {
			for time.Now().Before(end) {
				ref, transaction := h.create("Written")
				if writer.push(transaction).Results[0].Status == sync.Applied {
					made <- ref
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { writing.Wait(); close(done) }()
	seen := map[sync.Ref]int{}
	for finished := false; ; {
		select {
		case <-done:
			finished = true
		default:
		}
		answer := h.ben.pull(fmt.Sprintf("?since=%d&limit=200", cursor))
		last := cursor
		for _, change := range answer.Changes {
			if change.Version < last || change.Version <= cursor {
				t.Fatalf("version %d after %d, since %d", change.Version, last, cursor)
			}
			last = change.Version
			seen[change.Record]++
		}
		cursor = answer.Version
		if finished && !answer.More {
			break
		}
	}
	close(made)
	for ref := range made {
		if seen[ref] != 1 {
			t.Errorf("%s was seen %d times", ref, seen[ref])
		}
	}
	if len(seen) == 0 {
		t.Error("nothing was written")
	}
}

func TestS18_APullHoldsAWriteIffItReachesItsVersion(t *testing.T) {
	t.Parallel()
	h := setup(t)
	end := time.Now().Add(span() * 3 / 5)
	rounds := 0
	for ; time.Now().Before(end) && rounds < 10_000; rounds++ {
		since := h.head()
		ref, transaction := h.create("Raced")
		var result sync.Result
		var pushing stdsync.WaitGroup
		pushing.Go(func() { result = h.ann.push(transaction).Results[0] })
		answer := h.ben.pull(fmt.Sprintf("?since=%d", since))
		pushing.Wait()
		if reached, there := answer.Version >= result.Version, answer.find(ref) != nil; reached != there {
			t.Fatalf("round %d: version %d of %d, there: %t", rounds, answer.Version, result.Version, there)
		}
	}
	t.Logf("%d rounds", rounds)
}

func TestS19_AtTheHeadThereIsNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	head := h.head()
	answer := h.ben.get(fmt.Sprintf("/acme/sync/pull?since=%d", head)).ok().has(`"changes":[]`)
	if got := answer.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control %q", got)
	}
	if result := h.ben.pull(fmt.Sprintf("?since=%d", head)); result.Version != head || result.More || result.Reset != "" {
		t.Errorf("%+v", result)
	}
	stream := h.open(h.ben, "")
	if e := stream.next(); e.name != "hello" || e.data["version"] != float64(head) || e.id != head || e.data["build"] == "" {
		t.Errorf("%+v", e)
	}
}

func TestPull_FromTheBeginningHasTheWorkspaceToo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	workspace := sync.NewRef("workspace", h.ws)
	if change := h.cleo.pull("?since=0").find(workspace); change == nil || change.Fields["name"] != "Acme" {
		t.Fatalf("%+v", change)
	}
	if change := h.cleo.pull("?since=1&limit=1").find(workspace); change != nil {
		t.Errorf("%+v", change)
	}
	cursor, found := int64(0), 0
	for more := true; more; {
		page := h.ann.pull(fmt.Sprintf("?since=%d&limit=1", cursor))
		if page.find(workspace) != nil {
			found++
		}
		if page.Version <= cursor {
			t.Fatalf("the cursor stays at %d", cursor)
		}
		cursor, more = page.Version, page.More
	}
	if found != 1 {
		t.Errorf("it came %d times", found)
	}
}

func TestS20_AFutureCursorIsReset(t *testing.T) {
	t.Parallel()
	h := setup(t)
	if answer := h.ben.pull(fmt.Sprintf("?since=%d", h.head()+1)); answer.Reset != "future" || answer.Version != h.head() {
		t.Errorf("%+v", answer)
	}
	if answer := h.ben.pull("?since=1&epoch=" + newID().String()); answer.Reset != "epoch" {
		t.Errorf("%+v", answer)
	}
	for _, query := range []string{"?since=x", "?since=-1", "?limit=0", "?limit=5001", "?epoch=1"} {
		h.ben.get("/acme/sync/pull"+query).problem(400, sync.CodeMalformed)
	}
}

func TestPush_OfAnotherEpochDoesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	head := h.head()
	_, transaction := h.create("Of an earlier life")
	body := fmt.Sprintf(`{"client":%q,"epoch":%q,"transactions":[{"id":%q,"ops":[{"op":"delete","record":"issue:%s"}]}]}`, newID(), newID(), transaction.ID, newID())
	var p problem
	h.ben.pushRaw(body).problem(409, sync.CodeEpoch).decode(&p)
	if p.Epoch != h.ben.pull("").Epoch {
		t.Errorf("the epoch is told as %s", p.Epoch)
	}
	if h.head() != head {
		t.Error("something was done")
	}
}

func TestS23_WhatWasMadeAndDeletedBetweenTwoPulls(t *testing.T) {
	t.Parallel()
	h := setup(t)
	since := h.head()
	issue := h.issue("Short-lived")
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: issue.ref})
	for _, query := range []string{fmt.Sprintf("?since=%d", since), "?since=0"} {
		if change := h.ben.pull(query).find(issue.ref); change != nil && change.Op != "delete" {
			t.Errorf("%s: %+v", query, change)
		}
	}
}

func TestS24_PagesAddUpBesideAWriter(t *testing.T) {
	t.Parallel()
	h := setup(t)
	since := h.head()
	for range 125 { // twenty records at each version
		var ops []sync.Operation
		for range 20 {
			_, transaction := h.create("Of many")
			ops = append(ops, transaction.Ops...)
		}
		h.ann.apply(ops...)
	}
	head := h.head()
	written := make(chan error, 1)
	go func() {
		written <- h.writeOn(100)
	}()
	versions, replica, cursor, pages := map[sync.Ref]int64{}, map[sync.Ref]any{}, since, 0
	for more := true; more || cursor < head+100; pages++ {
		answer := h.ben.pull(fmt.Sprintf("?since=%d&limit=500", cursor))
		last := cursor
		for _, change := range answer.Changes {
			if change.Version < last || change.Version <= cursor || versions[change.Record] >= change.Version {
				t.Fatalf("%s at %d after %d, since %d", change.Record, change.Version, last, cursor)
			}
			last, versions[change.Record], replica[change.Record] = change.Version, change.Version, change.Fields
		}
		if answer.Version < last || answer.More && (len(answer.Changes) < 500 || answer.Version != last) {
			t.Fatalf("version %d, the last change %d, %d changes, more: %t", answer.Version, last, len(answer.Changes), answer.More)
		}
		cursor, more = answer.Version, answer.More
	}
	must(t, <-written)
	whole := map[sync.Ref]any{}
	for _, change := range h.ben.pull(fmt.Sprintf("?since=%d&limit=5000", since)).Changes {
		whole[change.Record] = change.Fields
	}
	if diff := cmp.Diff(whole, replica); diff != "" || len(whole) != 2600 || pages < 6 {
		t.Errorf("%d records in %d pages, one big pull has %d\n%.2000s", len(replica), pages, len(whole), diff)
	}
}

// writeOn makes so many issues, each in a push of its own. Unlike the browser's methods it may run beside the test.
func (h *house) writeOn(count int) error {
	for range count {
		_, transaction := h.create("Meanwhile")
		if _, err := h.engine.Apply(h.t.Context(), h.ann.actor, h.ann.client, transaction); err != nil {
			return err
		}
	}
	return nil
}

func TestS26_AWriteThatChangesNothingIsReached(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Labelled", func(set map[string]any) { set["labels"] = []string{string(h.bug)} })
	fragment := "/acme/f/issue/" + issue.key
	etag := h.ben.get(fragment).ok().header.Get("ETag")
	h.issue("Something else") // so that the head is beyond the fragment
	result := h.ben.apply(sync.Operation{Op: sync.Add, Record: issue.ref, Field: "labels", Value: string(h.bug)})
	if pulled := h.ben.pull("?since=1"); pulled.Version < result.Version {
		t.Errorf("pull reaches %d of %d", pulled.Version, result.Version)
	}
	for name, answer := range map[string]answer{"whole": h.ben.get(fragment).ok(), "conditional": h.ben.get(fragment, "If-None-Match", etag).is(304)} {
		if version := answer.header.Get("Tandem-Version"); version != fmt.Sprint(result.Version) {
			t.Errorf("%s reaches %s of %d", name, version, result.Version)
		}
	}
	if version, _ := h.ben.get(fragment).one("#issue-" + issue.ref.ID().String()).Attr("data-version"); version != fmt.Sprint(result.Version) {
		t.Errorf("the region says %s of %d", version, result.Version)
	}
}

func TestS27_ARefusedWriteLeavesNoTrace(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Untouched")
	stream := h.open(h.ben, "")
	hello := stream.next()
	head := h.head()
	result := h.ben.try(
		setField(issue.ref, issue.version, "title", "Zanzibar"),
		sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "Zanzibar"}},
		sync.Operation{Op: sync.Create, Record: sync.NewRef("label", newID()), Set: map[string]any{"name": "BUG"}})
	if result.Status != sync.Rejected {
		t.Fatalf("%+v", result)
	}
	if got := h.head(); got != head {
		t.Errorf("the head went from %d to %d", head, got)
	}
	if pulled := h.ben.pull(fmt.Sprintf("?since=%d", head)); len(pulled.Changes) != 0 {
		t.Errorf("%+v", pulled.Changes)
	}
	h.ben.get("/acme/f/search?q=zanzibar").ok().has("Nothing matches")
	h.ben.get("/acme/f/issue/" + issue.key).lacks("Zanzibar").one(".change")
	good := h.ann.apply(setField(issue.ref, issue.version, "title", "Touched"))
	if e := stream.next(); e.name != "bump" || e.data["from"] != hello.data["version"] || e.data["version"] != float64(good.Version) || good.Version != head+1 {
		t.Errorf("%+v", e)
	}
}
