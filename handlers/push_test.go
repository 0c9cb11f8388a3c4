package handlers

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tandem/sync"
)

// One beyond each limit is refused whole, the limit itself is taken whole: nothing is ever cut.
func TestS14_LimitsAreExact(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Limited")
	field := func(field string, value any) sync.Result {
		t.Helper()
		return h.ben.try(setField(issue.ref, issue.version, field, value))
	}
	write := func(text string) sync.Result {
		t.Helper()
		current, _ := h.ben.pull("").find(issue.ref).Fields["description"].(string)
		return h.ben.try(sync.Operation{Op: sync.Text, Record: issue.ref, Field: "description", From: &current, Text: &text})
	}
	title, text := strings.Repeat("ü", sync.MaxTitle), strings.Repeat("ü", sync.MaxText/2)
	for name, c := range map[string]struct {
		result sync.Result
		field  string // "" = it is taken
	}{
		"a title of 512 code points": {field("title", title), ""}, "a title of 513": {field("title", title+"x"), "title"},
		"a text of 256 KiB": {write(text), ""}, "a text of a byte more": {write(text + "x"), "description"},
		"a number too high": {field("priority", 5), "priority"}, "a fraction": {field("priority", 1.5), "priority"},
		"a field that is none": {field("colour", "red"), "colour"}, "a set by set": {field("labels", []string{}), "labels"},
		"a day that is none": {field("due", "2026-02-30"), "due"}, "a status of another kind": {field("status", string(h.bug)), "status"},
	} {
		switch {
		case c.field == "" && c.result.Status != sync.Applied:
			t.Errorf("%s: %+v", name, c.result)
		case c.field != "" && (c.result.Error == nil || c.result.Error.Code != sync.CodeInvalid || c.result.Error.Fields[c.field] == ""):
			t.Errorf("%s: %+v", name, c.result.Error)
		}
	}
	for name, result := range map[string]sync.Result{"title": field("title", "a\x00b"), "description": write("a\x00b"),
		"a name of a field": field("tit\x00le", "x"), "a value": h.ben.try(sync.Operation{Op: sync.Add, Record: issue.ref, Field: "labels", Value: "label:\x00"})} {
		if result.Error == nil || result.Error.Code != sync.CodeInvalid {
			t.Errorf("NUL in %s: %+v", name, result)
		}
	}
	fields := h.ben.pull("").find(issue.ref).Fields
	if fields["title"] != title || fields["description"] != text {
		t.Error("what was taken is not what was sent")
	}
}

func TestS14_LimitsOfARequest(t *testing.T) {
	t.Parallel()
	h := setup(t)
	ref, first := h.create("Renamed over and over")
	for len(first.Ops) < sync.MaxOperations {
		first.Ops = append(first.Ops, setField(ref, 1, "title", fmt.Sprint("Name ", len(first.Ops))))
	}
	if result := h.ben.push(first).Results[0]; result.Status != sync.Applied {
		t.Errorf("1,000 operations: %+v", result.Error)
	}
	beyond := first
	beyond.ID, beyond.Ops = newID(), append(beyond.Ops, beyond.Ops[1])
	h.ben.send(beyond).problem(http.StatusRequestEntityTooLarge, sync.CodeTooLarge)
	var many []sync.Transaction
	for range sync.MaxTransactions {
		_, one := h.create("One of many")
		many = append(many, one)
	}
	if n := len(h.ben.push(many...).Results); n != sync.MaxTransactions {
		t.Errorf("%d results", n)
	}
	head := h.head()
	_, one := h.create("One too many")
	h.ben.send(append(many, one)...).problem(http.StatusRequestEntityTooLarge, sync.CodeTooLarge)
	if h.head() != head {
		t.Error("some of it was done")
	}
	padding := sync.MaxPush - len(`{"client":"","transactions":[]}`)
	h.ben.pushRaw(`{"client":"`+strings.Repeat("x", padding)+`","transactions":[]}`).problem(http.StatusBadRequest, sync.CodeMalformed)
	h.ben.pushRaw(`{"client":"`+strings.Repeat("x", padding+1)+`","transactions":[]}`).problem(http.StatusRequestEntityTooLarge, sync.CodeTooLarge)
}

// A refused request costs its connection nothing: the next one goes over it.
func TestS14_TheConnectionStaysUsable(t *testing.T) {
	t.Parallel()
	h := setup(t)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	_, transaction := h.create("Afterwards")
	good, err := json.Marshal(sync.Push{Client: h.ben.client, Transactions: []sync.Transaction{transaction}})
	must(t, err)
	reused := false
	ask := func(body string) int {
		t.Helper()
		trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }}
		r, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodPost, server.URL+"/acme/sync/push", strings.NewReader(body))
		must(t, err)
		r.Header.Set("Content-Type", "application/json")
		h.ben.identify(r)
		response, err := server.Client().Do(r)
		must(t, err)
		defer response.Body.Close()
		_, err = io.Copy(io.Discard, response.Body)
		must(t, err)
		return response.StatusCode
	}
	ask("{}")
	for body, want := range map[string]int{"{": 400, `{"client":"` + strings.Repeat("x", sync.MaxPush): 413, `{"transactions":[{"ops":[{"op":"explode"}]}]}`: 400} {
		if status := ask(body); status != want || !reused {
			t.Errorf("%.40s: %d, on the same connection: %t", body, status, reused)
		}
	}
	if status := ask(string(good)); status != http.StatusOK || !reused {
		t.Errorf("%d, on the same connection: %t", status, reused)
	}
}

func TestPush_ARequestRefusedAsAWholeCountsNothing(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.Rate = 220 })
	_, one := h.create("Sent")
	var many []sync.Transaction
	for range sync.MaxTransactions + 1 {
		many = append(many, one)
	}
	h.ben.send(many...).problem(http.StatusRequestEntityTooLarge, sync.CodeTooLarge)
	h.ben.push(many[:1]...)
}

// A queue that keeps to Retry-After drains in its order, with nothing lost and nothing twice, and never is there a
// minute with more than the limit.
func TestS15_AQueueDrains(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.Rate = 10 })
	h.clock.advance(time.Minute) // what the fixture sent is over
	var queue, sent []sync.Transaction
	for i := range 47 {
		_, transaction := h.create(fmt.Sprint("Queued ", i))
		queue = append(queue, transaction)
	}
	var passed []time.Time
	for size := 1; len(queue) > 0; size = size%7 + 1 {
		batch := queue[:min(size, len(queue))]
		answer := h.ben.send(batch...)
		if answer.code == http.StatusTooManyRequests {
			wait, err := time.ParseDuration(answer.header.Get("Retry-After") + "s")
			must(t, err)
			h.clock.advance(wait)
			answer = h.ben.send(batch...).ok()
		}
		var result sync.PushResult
		answer.ok().decode(&result)
		for _, one := range result.Results {
			if one.Status != sync.Applied || one.Replayed {
				t.Errorf("%+v", one)
			}
			passed = append(passed, h.clock.now())
		}
		queue, sent = queue[len(batch):], append(sent, batch...)
		h.clock.advance(time.Duration(size) * 1234 * time.Millisecond)
	}
	for i := range len(passed) - 10 {
		if passed[i+10].Sub(passed[i]) < time.Minute {
			t.Errorf("eleven within %s", passed[i+10].Sub(passed[i]))
		}
	}
	if rows := h.ann.pull("?limit=5000"); len(sent) != 47 || rows.find(sent[46].Ops[0].Record) == nil {
		t.Error("something was lost")
	}
}

// What failed keeps back only what builds on it.
func TestPush_Depends(t *testing.T) {
	t.Parallel()
	h := setup(t)
	refused, create := h.create("")
	comment := func(on sync.Ref) sync.Transaction {
		return sync.Transaction{ID: newID(), Ops: []sync.Operation{{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(on), "body": "Mine"}}}}
	}
	rename := sync.Transaction{ID: newID(), Ops: []sync.Operation{setField(refused, 0, "title", "Named")}}
	_, apart := h.create("Apart")
	var got []string
	for _, result := range h.ben.push(create, comment(refused), rename, apart).Results {
		code := result.Status
		if result.Error != nil {
			code = result.Error.Code
		}
		got = append(got, code)
	}
	if diff := cmp.Diff([]string{sync.CodeInvalid, sync.CodeDepends, sync.CodeDepends, sync.Applied}, got); diff != "" {
		t.Error(diff)
	}
	if later := h.ben.push(comment(refused)).Results[0]; later.Error == nil || later.Error.Code != sync.CodeDepends {
		t.Errorf("a later push: %+v", later.Error)
	}
	if others := h.cleo.push(comment(refused)).Results[0]; others.Error == nil || others.Error.Code != sync.CodeNotFound {
		t.Errorf("another client: %+v", others.Error)
	}
}
