package handlers

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"tandem/sync"
)

// arena is a furnished house that a fuzz target sends to, over one connection of a real server. What is sent stays there
// until the process ends, so an input is found again by what it says, not by what came before.
type arena struct {
	*house
	url    string
	client *http.Client
	names  *strings.Replacer // from $words in inputs to what they stand for
	hidden hiddenThing
	posts  []string // routes that take forms
}

// enter makes an arena in which ben acts.
func enter(f *testing.F) *arena {
	f.Helper()
	h := setup(f)
	a := &arena{house: h, hidden: h.hide()}
	server := httptest.NewServer(h)
	f.Cleanup(func() {
		h.Server.Close()
		server.Close()
	})
	a.url, a.client = server.URL, server.Client()
	a.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	issue, other := h.issue("Fuzzed", func(set map[string]any) { set["description"] = "one\ntwo\nthree\n" }), h.issue("Its neighbour")
	comment := sync.NewRef("comment", newID())
	h.ben.apply(sync.Operation{Op: sync.Create, Record: comment, Set: map[string]any{"issue": string(issue.ref), "body": "Said"}})
	done := h.ben.apply(setField(issue.ref, issue.version, "priority", 1))
	a.names = strings.NewReplacer("$issue", string(issue.ref), "$other", string(other.ref), "$comment", string(comment), "$team", "team:"+h.eng.String(),
		"$todo", string(h.todo), "$doing", string(h.doing), "$label", string(h.bug), "$ben", "member:"+h.ben.actor.Member.String(),
		"$ann", "member:"+h.ann.actor.Member.String(), "$workspace", "workspace:"+h.ws.String(), "$hidden", "issue:"+a.hidden.issue, "$sec", "team:"+h.sec.String(),
		"$done", done.ID.String(), "$client", h.ben.client.String(), "$key", issue.key, "$base", issue.base(), "$uuid", issue.ref.ID().String())
	for _, route := range h.echo.Routes() {
		if route.Method == http.MethodPost && strings.HasPrefix(route.Path, "/:ws/") && route.Path != "/:ws/sync/push" {
			a.posts = append(a.posts, strings.NewReplacer(":ws", "acme", ":key", issue.key, ":id", comment.ID().String()).Replace(route.Path))
		}
	}
	slices.Sort(a.posts)
	return a
}

// say puts the house's names into an input, and a new id for each $new.
func (a *arena) say(input string) string {
	said := a.names.Replace(input)
	for strings.Contains(said, "$new") && len(said) < sync.MaxPush {
		said = strings.Replace(said, "$new", newID().String(), 1)
	}
	return said
}

// ask sends a request as ben. Whatever it is, the server has an answer of its own and the connection lives on.
func (a *arena) ask(t *testing.T, r *http.Request) answer {
	t.Helper()
	a.ben.identify(r)
	got := a.over(t, r)
	if got.code >= 500 || got.code < 200 {
		t.Fatalf("status %d: %.500s", got.code, got.body)
	}
	if strings.Contains(got.body, "Sesame") && !strings.Contains(r.URL.String(), "Sesame") {
		t.Fatalf("a hidden text is told: %.500s", got.body)
	}
	reused := false
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) { reused = info.Reused }}
	next, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), trace), http.MethodGet, a.url+"/healthz", nil)
	must(t, err)
	if a.over(t, next).code != http.StatusOK || !reused {
		t.Fatalf("after %d the connection is of no use", got.code)
	}
	return got
}

func (a *arena) over(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := a.client.Do(r)
	must(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	must(t, err)
	return answer{t, response.StatusCode, response.Header, string(body)}
}

func (a *arena) request(t *testing.T, method, target, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, a.url, strings.NewReader(body))
	must(t, err)
	if r.URL, err = url.Parse(a.url + target); err != nil {
		r.URL, err = url.Parse(a.url + "/" + url.PathEscape(target)) // as a client would have to write it
		must(t, err)
	}
	r.URL.RawQuery = sendableQuery(r.URL.RawQuery)
	return r
}

// sendableQuery writes what cannot stand in a request's first line as a client would.
func sendableQuery(raw string) string {
	var query strings.Builder
	for _, b := range []byte(raw) {
		if b <= ' ' || b >= 0x7f {
			fmt.Fprintf(&query, "%%%02X", b)
		} else {
			query.WriteByte(b)
		}
	}
	return query.String()
}

// FuzzPush sends bodies to the real road, down to PostgreSQL: every one has its answer, whole and in order.
func FuzzPush(f *testing.F) {
	a := enter(f)
	for _, ops := range []string{
		`{"op":"create","record":"issue:$new","set":{"team":"$team","title":"Made","labels":["$label"],"due":"2026-11-30","estimate":3}}`,
		`{"op":"create","record":"comment:$new","set":{"issue":"$issue","body":"Said","parent":"$comment"}}`,
		`{"op":"create","record":"label:$new","set":{"name":"$new","color":"#aabbcc","group":"size"}}`,
		`{"op":"create","record":"team:$new","set":{"key":"ABC","name":"New","private":true,"timezone":"Europe/Berlin"}}`,
		`{"op":"create","record":"share:$new","set":{"team":"$team"}}`, `{"op":"create","record":"member:$new","set":{"name":"x","person":null}}`,
		`{"op":"create","record":"workspace:$new","set":{}}`, `{"op":"create","record":"status:$new","set":{"team":"$sec","name":"Mine"}}`,
		`{"op":"set","record":"$issue","base":$base,"set":{"status":"$doing","priority":1e0,"assignee":"$ben","parent":"$other"}}`,
		`{"op":"set","record":"$issue","base":-9223372036854775808,"set":{"title":"a\u0000b"}}`, `{"op":"set","record":"$hidden","base":1,"set":{"title":null}}`,
		`{"op":"set","record":"$ben","base":1,"set":{"handle":"be","role":"admin"}}`, `{"op":"set","record":"$workspace","base":99,"set":{"name":"x"}}`,
		`{"op":"text","record":"$issue","field":"description","from":"one\ntwo\nthree\n","text":"one\n2\nthree\n"}`,
		`{"op":"text","record":"$comment","base":$base,"field":"body","text":"\ud800\udfff"}`, `{"op":"text","record":"$issue","field":"rank","text":""}`,
		`{"op":"add","record":"$issue","field":"labels","value":"$label"},{"op":"remove","record":"$issue","field":"labels","value":"$label"}`,
		`{"op":"add","record":"$team","field":"members","value":"$ann"}`, `{"op":"add","record":"$issue","field":"subscribers","value":"$sec"}`,
		`{"op":"move","record":"$issue","after":"$other","set":{"status":"$todo"}}`, `{"op":"move","record":"$other","before":"$hidden"}`,
		`{"op":"delete","record":"$other"},{"op":"restore","record":"$other"}`, `{"op":"delete","record":"$todo"}`, `{"op":"undo","transaction":"$done"}`,
		`{"op":"undo","transaction":"$done","partial":true}`, `{"op":"explode"}`, ``,
	} {
		f.Add(`{"client":"$client","transactions":[{"id":"$new","label":"l","queued":true,"ops":[` + ops + `]},{"id":"$new","ops":[{"op":"delete","record":"$comment"}]}]}`)
	}
	for _, body := range []string{`{`, `null`, `[]`, `{"client":"$new","epoch":"$new","transactions":[]}`, "{\"client\":\"\xff\"}", `{"client":"$client","transactions":[{"id":"$done","ops":[{"op":"undo"}]}]}`} {
		f.Add(body)
	}
	f.Fuzz(func(t *testing.T, input string) {
		body := a.say(input)
		r := a.request(t, http.MethodPost, "/acme/sync/push", body)
		r.Header.Set("Content-Type", "application/json")
		got := a.ask(t, r)
		if got.code != http.StatusOK {
			checkProblem(t, got, http.StatusBadRequest, http.StatusForbidden, http.StatusConflict, http.StatusRequestEntityTooLarge)
			return
		}
		var sent sync.Push
		var answer sync.PushResult
		must(t, json.Unmarshal([]byte(body), &sent))
		must(t, json.Unmarshal([]byte(got.body), &answer))
		checkResults(t, sent, answer)
	})
}

func checkProblem(t *testing.T, got answer, statuses ...int) {
	t.Helper()
	var p problem
	if err := json.Unmarshal([]byte(got.body), &p); err != nil || p.Status != got.code || p.Code == "" || p.Detail == "" || !slices.Contains(statuses, got.code) ||
		got.header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("%d as %s: %.500s", got.code, got.header.Get("Content-Type"), got.body)
	}
}

// checkResults holds what a client relies on.
func checkResults(t *testing.T, sent sync.Push, answer sync.PushResult) {
	t.Helper()
	if len(answer.Results) != len(sent.Transactions) {
		t.Fatalf("%d results of %d transactions", len(answer.Results), len(sent.Transactions))
	}
	for i, result := range answer.Results {
		told := map[string]bool{sync.Applied: result.Error == nil && len(result.Conflicts) == 0,
			sync.Rejected: result.Error != nil && result.Error.Code != "" && result.Error.Text != "", sync.InConflict: result.Error == nil && len(result.Conflicts) > 0}
		if result.ID != sent.Transactions[i].ID || result.Version > answer.Version || result.Version < 1 || !told[result.Status] {
			t.Errorf("transaction %d: %+v at %d", i, result, answer.Version)
		}
	}
}

// FuzzPull asks with any query.
func FuzzPull(f *testing.F) {
	a := enter(f)
	for _, query := range []string{"", "since=0", "since=1&limit=1", "since=9223372036854775807", "since=-1", "since=01&since=2", "limit=5001", "epoch=$uuid", "epoch={$uuid}", "since=%00", "since=1;limit=2"} {
		f.Add(query)
	}
	f.Fuzz(func(t *testing.T, input string) {
		got := a.ask(t, a.request(t, http.MethodGet, "/acme/sync/pull?"+a.say(input), ""))
		if got.code != http.StatusOK {
			checkProblem(t, got, http.StatusBadRequest)
			return
		}
		var pulled pulledAnswer
		must(t, json.Unmarshal([]byte(got.body), &pulled))
		last := int64(0)
		for _, change := range pulled.Changes {
			if change.Version < last || change.Version > pulled.Version {
				t.Errorf("%d after %d, up to %d", change.Version, last, pulled.Version)
			}
			last = change.Version
		}
	})
}

// FuzzEvents resumes a stream from anything: it opens, and says first where it is.
func FuzzEvents(f *testing.F) {
	a := enter(f)
	for _, pair := range [][2]string{{"", ""}, {"5", "since=3"}, {"w1:7", "since=x"}, {"-1", "since=-1"}, {"9223372036854775807", ""}, {"99999999999999999999", "stream=x"}} {
		f.Add(pair[0], pair[1])
	}
	f.Fuzz(func(t *testing.T, last, query string) {
		if strings.ContainsFunc(last, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			return // no header: a client could not send it
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		r := a.request(t, http.MethodGet, "/acme/sync/events?"+a.say(query), "").WithContext(ctx)
		r.Header.Set("Last-Event-ID", last)
		a.ben.identify(r)
		response, err := a.client.Do(r)
		must(t, err)
		defer response.Body.Close()
		stream := &streamReader{t, response.Header, bufio.NewScanner(response.Body), cancel}
		if e := stream.next(); response.StatusCode != http.StatusOK || e.name != "hello" || e.data["epoch"] == nil {
			t.Errorf("%d: %+v", response.StatusCode, e)
		}
	})
}

// FuzzForm posts any body to any form's URL.
func FuzzForm(f *testing.F) {
	a := enter(f)
	bodies := []string{"", "title=x&_base=$base", "status=$doing&_base=$base&_tx=$new", "description=a%0D%0Ab&_from=one&_base=1", "add=$label&remove=$label", "before=$other&status=$todo",
		"body=Hi&_next=//evil.example", "transaction=$done&partial=1", "team=$team&title=New&labels=$label&labels=", "name=x&color=%23aabbcc&group=%00", "position=9999999999999999999999",
		"role=admin&_base=-1", "theme=dark", "allowed_origins=*&allowed_origins=javascript:1", "due=0000-00-00", "a=%zz", "_tx=00000000-0000-0000-0000-000000000000", "body=\xff"}
	for i := range max(len(a.posts), len(bodies)) { // every form and every body once; the fuzzer crosses them
		f.Add(uint8(i), bodies[i%len(bodies)], i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, route uint8, input string, fragment bool) {
		r := a.request(t, http.MethodPost, a.posts[int(route)%len(a.posts)], a.say(input))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if fragment {
			r.Header.Set("HX-Request", "true")
		}
		got := a.ask(t, r)
		if to := got.header.Get("Location"); got.code == http.StatusSeeOther && localPath(to, "") == "" {
			t.Errorf("it leads to %q", to)
		}
	})
}

// FuzzPage asks for any path below the workspace, in any representation.
func FuzzPage(f *testing.F) {
	a := enter(f)
	for _, path := range []string{"", "/team/ENG", "/f/team/eng?view=board", "/team/ENG?f=status:todo&f=-label:bug&f=assignee:me&f=creator:none&f=text:a'b&text=c:*", "/f/team/ENG?f=:&f=-&f=priority:-1&f=label:$uuid",
		"/f/team/ENG?after=YQ", "/f/team/ENG?after=" + strings.Repeat("A", 300), "/issue/$key", "/issue/$uuid", "/f/issue/ENG-99999999999", "/issue/%00", "/issue/eng-1", "/f/member/$uuid",
		"/search?q=" + strings.Repeat("x", 3000), "/f/search?q='%20%26%20!(", "/f/search?q=ENG-1&after=10001", "/f/search?q=%00%ff", "/f/transaction/$done", "/settings/team/ENG", "/new?team=ENG&title=%3Cb%3E&parent=$key",
		"/f?after=MjAyNiAw", "/../../e/x", "//evil", "/sync/nothing", "/team/ENG/trash", "/settings/label?edit=$uuid", "/f/vocabulary"} {
		f.Add(path, "text/html", "")
		f.Add(path, "application/json", `W/"x"`)
	}
	f.Fuzz(func(t *testing.T, path, accept, etag string) {
		r := a.request(t, http.MethodGet, "/acme"+a.say(path), "")
		if r.Header = sendable(accept, etag); r.Header == nil || strings.HasSuffix(r.URL.Path, "/events") {
			return // no header, or a stream
		}
		got := a.ask(t, r)
		if kind := got.header.Get("Content-Type"); got.code >= 400 && strings.Contains(accept, "json") && !strings.Contains(accept, "text/html") && kind != "application/problem+json" {
			t.Errorf("%d as %s", got.code, kind)
		}
		if to := got.header.Get("Location"); got.code == http.StatusSeeOther && localPath(to, "") == "" {
			t.Errorf("it leads to %q", to)
		}
	})
}

// sendable is nil for what no client could send.
func sendable(accept, etag string) http.Header {
	if strings.ContainsFunc(accept+etag, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil
	}
	return http.Header{"Accept": {accept}, "If-None-Match": {etag}}
}

// FuzzBearer sends any credentials. Only those that were handed out open anything.
func FuzzBearer(f *testing.F) {
	a := enter(f)
	good := "Bearer " + string(a.program(a.ben, sync.ScopeRead).bearer)
	for _, header := range []string{"", "Bearer", "bearer tandem_", "Bearer tandem_\xff", "Basic Zm9vOmJhcg==", "Bearer  " + good, "tandem_x", "Bearer " + string(a.ben.token)} {
		f.Add(header)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if sendable(header, "") == nil {
			return // no header: a client could not send it
		}
		r := a.request(t, http.MethodGet, "/acme/sync/pull?since=1&limit=1", "")
		r.Header.Set("Authorization", header)
		if got := a.over(t, r); got.code != http.StatusOK || strings.EqualFold(strings.Join(strings.Fields(header), " "), good) {
			checkProblem(t, got, http.StatusUnauthorized)
		} else {
			t.Errorf("%q opens the workspace", header)
		}
	})
}

// FuzzLocalPath: where a form leads to is a path of this site, in a browser's eyes too.
func FuzzLocalPath(f *testing.F) {
	for _, wish := range []string{"/acme?x=1#y", "//evil.example", "/\\evil", "/%2f/evil", "https://evil.example", "/a\nb", "/./../x", "/%5c", "/%09/evil"} {
		f.Add(wish)
	}
	home, err := url.Parse("https://tandem.example/acme")
	must(f, err)
	f.Fuzz(func(t *testing.T, wish string) {
		to := localPath(wish, "/")
		target, err := home.Parse(to)
		if err != nil || target.Host != home.Host || target.Scheme != "https" || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, "\\") {
			t.Errorf("%q leads to %q: %v %v", wish, to, target, fmt.Sprint(err))
		}
	})
}
