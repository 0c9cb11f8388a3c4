package handlers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/sync"
)

func (h *house) create(title string) (sync.Ref, sync.Transaction) {
	ref := sync.NewRef("issue", newID())
	return ref, sync.Transaction{ID: newID(), Label: "Create issue", Ops: []sync.Operation{
		{Op: sync.Create, Record: ref, Set: map[string]any{"team": string(sync.NewRef("team", h.eng)), "title": title}}}}
}

func TestS3_AnIdenticalPushIsDoneOnce(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ref, transaction := h.create("Only once")
	first := h.ben.push(transaction)
	answers := make([]sync.PushResult, 5)
	var sending stdsync.WaitGroup
	for i := range answers {
		sending.Go(func() { answers[i] = h.ben.push(transaction) })
	}
	sending.Wait()
	want := first.Results[0]
	want.Replayed = true
	for _, answer := range answers {
		if diff := cmp.Diff(want, answer.Results[0], cmp.AllowUnexported(sync.Result{})); diff != "" {
			t.Errorf("a replay differs (-want +got):\n%s", diff)
		}
	}
	if head := h.head(); head != want.Version {
		t.Errorf("the log went on to %d", head)
	}
	h.ben.get("/acme/f/issue/" + ref.ID().String()).one(".change")
	if n := h.ben.get("/acme/f/team/ENG").find(".issue-row").Length(); n != 1 {
		t.Errorf("%d issues", n)
	}
}

func TestS4_ARefusalIsStored(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, bad := h.create("")
	first := h.ben.push(bad).Results[0]
	again := h.ben.push(bad).Results[0]
	if first.Status != sync.Rejected || first.Error.Code != sync.CodeInvalid || first.Error.Fields["title"] == "" {
		t.Fatalf("%+v", first)
	}
	if !again.Replayed || cmp.Diff(first.Error, again.Error) != "" {
		t.Errorf("%+v", again)
	}
	_, good := h.create("Next")
	if next := h.ben.push(good).Results[0]; next.Status != sync.Applied {
		t.Errorf("%+v", next)
	}
}

func TestS5_OneFailureDoesNotStopTheNext(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, one := h.create("One")
	_, two := h.create("")
	_, three := h.create("Three")
	results := h.ben.push(one, two, three).Results
	var got []string
	for _, result := range results {
		got = append(got, result.Status)
	}
	if diff := cmp.Diff([]string{sync.Applied, sync.Rejected, sync.Applied}, got); diff != "" {
		t.Error(diff)
	}
}

func TestS6_WhatIsDoneIsReplayedAndTheRestApplied(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var all []sync.Transaction
	for i := range 4 {
		_, transaction := h.create(fmt.Sprint("Issue ", i))
		all = append(all, transaction)
	}
	before := h.ben.push(all[:3]...).Results
	after := h.ben.push(all...).Results
	for i := range 3 {
		if !after[i].Replayed || after[i].Version != before[i].Version {
			t.Errorf("%d: %+v", i, after[i])
		}
	}
	if after[3].Replayed || after[3].Status != sync.Applied {
		t.Errorf("%+v", after[3])
	}
}

func TestS7_AReplayDoesNotRunAgain(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Soon gone")
	edit := sync.Transaction{ID: newID(), Ops: []sync.Operation{setField(issue.ref, issue.version, "title", "Edited")}}
	first := h.ben.push(edit).Results[0]
	h.ann.apply(sync.Operation{Op: sync.Delete, Record: issue.ref})
	again := h.ben.push(edit).Results[0]
	if again.Status != sync.Applied || !again.Replayed || again.Version != first.Version {
		t.Errorf("%+v", again)
	}
}

func TestS8_AUsedIDWithOtherOperations(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, first := h.create("First")
	result := h.ben.push(first).Results[0]
	_, other := h.create("Other")
	other.ID = first.ID
	if refused := h.ben.push(other).Results[0]; refused.Status != sync.Rejected || refused.Error.Code != sync.CodeReused {
		t.Errorf("%+v", refused)
	}
	if again := h.ben.push(first).Results[0]; !again.Replayed || again.Version != result.Version {
		t.Errorf("%+v", again)
	}
}

// A page from the Back button holds the _tx that it was sent with.
func TestS8_AFormWithAUsedTxIsANewTransaction(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Discussed")
	page := h.ben.get("/acme/issue/" + issue.key)
	first := h.ben.submit(page, ".composer form", "body", "First").is(http.StatusSeeOther)
	if again := h.ben.submit(page, ".composer form", "body", "First").is(http.StatusSeeOther); again.header.Get("Location") != first.header.Get("Location") {
		t.Error("a double submit made another comment")
	}
	second := h.ben.submit(page, ".composer form", "body", "Second").is(http.StatusSeeOther)
	if again := h.ben.submit(page, ".composer form", "body", "Second").is(http.StatusSeeOther); again.header.Get("Location") != second.header.Get("Location") {
		t.Error("a double submit after Back made another comment")
	}
	if n := h.ben.get("/acme/f/issue/" + issue.key).find(".comment").Length(); n != 2 {
		t.Errorf("%d comments", n)
	}
}

func TestS9_AClientIDBelongsToWhoUsedItFirst(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ref, transaction := h.create("Ann's")
	first := h.ann.push(transaction).Results[0]
	thief := *h.ben
	thief.client = h.ann.client
	stolen, theft := h.create("Ben's")
	thief.send(theft).problem(http.StatusForbidden, sync.CodeClientTaken)
	thief.send(transaction).problem(http.StatusForbidden, sync.CodeClientTaken)
	if again := h.ann.push(transaction).Results[0]; !again.Replayed || again.Version != first.Version {
		t.Errorf("%+v", again)
	}
	pulled := h.ann.pull("?since=0")
	if pulled.find(ref) == nil || pulled.find(stolen) != nil {
		t.Errorf("the log holds ann's %v, ben's %v", pulled.find(ref), pulled.find(stolen))
	}
}

func TestS10_TheSameTransactionOnTwoConnections(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, transaction := h.create("Raced")
	results := make([]sync.Result, 8)
	var sending stdsync.WaitGroup
	for i := range results {
		sending.Go(func() { results[i] = h.ben.push(transaction).Results[0] })
	}
	sending.Wait()
	ran := 0
	for _, result := range results {
		if !result.Replayed {
			ran++
		}
		if result.Status != sync.Applied || result.Version != results[0].Version {
			t.Errorf("%+v", result)
		}
	}
	if ran != 1 {
		t.Errorf("%d ran", ran)
	}
}

func TestS14_WhatCannotBeReadChangesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	before := h.head()
	one := fmt.Sprintf(`{"client":%q,"transactions":[{"id":%q,"ops":[%%s]}]}`, newID(), newID())
	for name, c := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"no JSON":         {"{", 400, sync.CodeMalformed},
		"an array":        {"[]", 400, sync.CodeMalformed},
		"nothing":         {"", 400, sync.CodeMalformed},
		"no transactions": {fmt.Sprintf(`{"client":%q,"transactions":[]}`, newID()), 400, sync.CodeMalformed},
		"no client":       {fmt.Sprintf(`{"transactions":[{"id":%q,"ops":[{"op":"undo"}]}]}`, newID()), 400, sync.CodeMalformed},
		"no UTF-8":        {fmt.Sprintf(one, "{\"op\":\"set\",\"field\":\"\xff\"}"), 400, sync.CodeMalformed},
		"an id of words":  {`{"client":"me","transactions":[]}`, 400, sync.CodeMalformed},
		"an unknown op":   {fmt.Sprintf(one, `{"op":"explode"}`), 400, sync.CodeUnknownOp},
		"too much":        {`{"client":"` + strings.Repeat("x", sync.MaxPush), 413, sync.CodeTooLarge},
		"too many":        {fmt.Sprintf(`{"client":%q,"transactions":[%s]}`, newID(), strings.Repeat(",{}", 201)[1:]), 413, sync.CodeTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/acme/sync/push", strings.NewReader(c.body))
			must(t, err)
			r.Header.Set("Content-Type", "application/json")
			r.AddCookie(&http.Cookie{Name: "tandem", Value: string(h.ben.token)})
			response, err := server.Client().Do(r)
			must(t, err)
			defer response.Body.Close()
			answer{t, response.StatusCode, response.Header, readAll(t, response.Body)}.problem(c.status, c.code)
		})
	}
	if head := h.head(); head != before {
		t.Errorf("the head went from %d to %d", before, head)
	}
	if result := h.ben.try(setField(sync.NewRef("issue", newID()), 1, "title", "x")); result.Error == nil || result.Error.Code != sync.CodeNotFound {
		t.Errorf("an unknown record: %+v", result)
	}
	h.ben.pushRaw("{}", "Content-Type", "text/plain").problem(http.StatusUnsupportedMediaType, sync.CodeMalformed)
}

// Unknown members are of later versions, and of two with one name one counts.
func TestPush_IgnoresUnknownMembers(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ref := sync.NewRef("issue", newID())
	body := fmt.Sprintf(`{"client":%q,"mood":"good","transactions":[{"id":%q,"weather":1,"ops":[
		{"op":"create","op":"create","record":%q,"tint":"red","set":{"team":"team:%s","title":"Later"}}]}]}`, newID(), newID(), ref, h.eng)
	var result sync.PushResult
	h.ben.pushRaw(body).ok().decode(&result)
	if result.Results[0].Status != sync.Applied {
		t.Errorf("%+v", result.Results[0])
	}
}

func TestS15_TheLimitHoldsInAnyMinute(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.Rate = 10 })
	h.clock.advance(time.Minute) // what the fixture sent is over
	var waiting []sync.Transaction
	for i := range 12 {
		_, transaction := h.create(fmt.Sprint("Issue ", i))
		waiting = append(waiting, transaction)
	}
	h.ben.push(waiting[:6]...)
	h.clock.advance(40 * time.Second)
	h.ben.push(waiting[6:10]...)
	refused := h.ben.send(waiting[10:]...).problem(http.StatusTooManyRequests, sync.CodeRateLimited)
	if after := refused.header.Get("Retry-After"); after != "20" {
		t.Fatalf("Retry-After %s", after)
	}
	h.clock.advance(19999 * time.Millisecond)
	h.ben.send(waiting[10:]...).is(http.StatusTooManyRequests)
	h.clock.advance(time.Millisecond)
	for _, result := range h.ben.push(waiting[10:]...).Results {
		if result.Status != sync.Applied || result.Replayed {
			t.Errorf("%+v", result)
		}
	}
	if n := h.ben.get("/acme/f/team/ENG").find(".issue-row").Length(); n != 12 {
		t.Errorf("%d issues", n)
	}
	h.ben.send(append(waiting, waiting...)...).problem(http.StatusRequestEntityTooLarge, sync.CodeTooLarge)
	h.ann.push(waiting[0]) // another person's minute
}
