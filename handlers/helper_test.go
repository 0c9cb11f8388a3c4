package handlers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"

	"tandem/sync"
)

// browser is somebody at the server: with a session, without scripts, and with the client id of a tab.
type browser struct {
	house  *house
	actor  sync.Actor
	person sync.Person
	token  sync.Token
	bearer sync.Token // an access token, which goes before the session
	client uuid.UUID
}

// stranger has no session.
func (h *house) stranger() *browser { return &browser{house: h, client: newID()} }

// tab is the same person with another client id.
func (b *browser) tab() *browser {
	other := *b
	other.client = newID()
	return &other
}

// answer is what came back.
type answer struct {
	t      testing.TB
	code   int
	header http.Header
	body   string
}

// do sends a request. headers are pairs of name and value.
func (b *browser) do(r *http.Request, headers ...string) answer {
	b.house.t.Helper()
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	b.identify(r)
	recorder := httptest.NewRecorder()
	b.house.ServeHTTP(recorder, r)
	return answer{b.house.t, recorder.Code, recorder.Result().Header, recorder.Body.String()}
}

func (b *browser) identify(r *http.Request) {
	if b.token != "" {
		r.AddCookie(&http.Cookie{Name: "tandem", Value: string(b.token)})
	}
	if b.bearer != "" {
		r.Header.Set("Authorization", "Bearer "+string(b.bearer))
	}
}

func (b *browser) get(path string, headers ...string) answer {
	b.house.t.Helper()
	return b.do(httptest.NewRequest(http.MethodGet, path, nil), headers...)
}

// post sends a form; values are pairs of name and value, and names repeat.
func (b *browser) post(path string, values []string, headers ...string) answer {
	b.house.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(values); i += 2 {
		form.Add(values[i], values[i+1])
	}
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return b.do(r, headers...)
}

// submit sends a form of a page as a browser without scripts would: what it holds, changed by pairs of name and value.
func (b *browser) submit(page answer, selector string, changes ...string) answer {
	b.house.t.Helper()
	form := page.one(selector)
	changed := map[string]bool{}
	for i := 0; i+1 < len(changes); i += 2 {
		changed[changes[i]] = true
	}
	var values []string
	form.Find("input, textarea, select").Each(func(_ int, control *goquery.Selection) {
		name, _ := control.Attr("name")
		_, unchecked := control.Attr("type")
		unchecked = unchecked && control.Is("[type=checkbox]:not([checked]), [type=radio]:not([checked])")
		if name != "" && !changed[name] && !unchecked {
			values = append(values, name, valueOf(control))
		}
	})
	action, _ := form.Attr("action")
	return b.post(action, append(values, changes...))
}

func valueOf(control *goquery.Selection) string {
	switch goquery.NodeName(control) {
	case "textarea":
		return strings.ReplaceAll(control.Text(), "\n", "\r\n")
	case "select":
		if chosen := control.Find("option[selected]"); chosen.Length() > 0 {
			return chosen.First().AttrOr("value", "")
		}
		return control.Find("option").First().AttrOr("value", "")
	}
	return control.AttrOr("value", "")
}

// pushRaw sends a body as a push.
func (b *browser) pushRaw(body string, headers ...string) answer {
	b.house.t.Helper()
	r := httptest.NewRequest(http.MethodPost, "/acme/sync/push", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return b.do(r, headers...)
}

func (b *browser) send(transactions ...sync.Transaction) answer {
	b.house.t.Helper()
	body, err := json.Marshal(sync.Push{Client: b.client, Transactions: transactions})
	must(b.house.t, err)
	return b.pushRaw(string(body))
}

// push sends transactions and returns what they were answered.
func (b *browser) push(transactions ...sync.Transaction) sync.PushResult {
	b.house.t.Helper()
	var result sync.PushResult
	b.send(transactions...).ok().decode(&result)
	return result
}

// try sends operations as one new transaction.
func (b *browser) try(ops ...sync.Operation) sync.Result {
	b.house.t.Helper()
	return b.push(sync.Transaction{ID: newID(), Ops: ops}).Results[0]
}

// apply is try for what must go through.
func (b *browser) apply(ops ...sync.Operation) sync.Result {
	b.house.t.Helper()
	result := b.try(ops...)
	if result.Status != sync.Applied {
		b.house.t.Fatalf("%s: %+v %+v", result.Status, result.Error, result.Conflicts)
	}
	return result
}

// pulled is an answer of pull.
type pulledAnswer struct {
	sync.PullResult
	Changes []sync.RecordChange `json:"changes"`
}

func (b *browser) pull(query string) pulledAnswer {
	b.house.t.Helper()
	var result pulledAnswer
	b.get("/acme/sync/pull" + query).ok().decode(&result)
	return result
}

func (p pulledAnswer) find(ref sync.Ref) *sync.RecordChange {
	for i, change := range p.Changes {
		if change.Record == ref {
			return &p.Changes[i]
		}
	}
	return nil
}

func (a answer) is(code int) answer {
	a.t.Helper()
	if a.code != code {
		a.t.Fatalf("status %d instead of %d: %.600s", a.code, code, a.body)
	}
	return a
}

func (a answer) ok() answer { a.t.Helper(); return a.is(http.StatusOK) }

// to checks a redirect's target.
func (a answer) to(path string) answer {
	a.t.Helper()
	a.is(http.StatusSeeOther)
	if got := a.header.Get("Location"); got != path {
		a.t.Fatalf("leads to %q instead of %q", got, path)
	}
	return a
}

func (a answer) decode(into any) {
	a.t.Helper()
	if err := json.NewDecoder(strings.NewReader(a.body)).Decode(into); err != nil {
		a.t.Fatalf("%v in %.300s", err, a.body)
	}
}

func (a answer) problem(code int, name string) answer {
	a.t.Helper()
	a.is(code)
	var p problem
	a.decode(&p)
	if p.Code != name || p.Status != code || a.header.Get("Content-Type") != "application/problem+json" {
		a.t.Fatalf("problem %q %d as %s instead of %q", p.Code, p.Status, a.header.Get("Content-Type"), name)
	}
	return a
}

func (a answer) find(selector string) *goquery.Selection {
	a.t.Helper()
	document, err := goquery.NewDocumentFromReader(strings.NewReader(a.body))
	must(a.t, err)
	return document.Find(selector)
}

// one finds the only element that a selector names.
func (a answer) one(selector string) *goquery.Selection {
	a.t.Helper()
	found := a.find(selector)
	if found.Length() != 1 {
		a.t.Fatalf("%d of %q in %.2000s", found.Length(), selector, a.body)
	}
	return found
}

func (a answer) has(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.body, text) {
			a.t.Fatalf("%q is not in %.3000s", text, a.body)
		}
	}
	return a
}

func (a answer) lacks(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.body, text) {
			a.t.Fatalf("%q is in %.3000s", text, a.body)
		}
	}
	return a
}

// cookie is the value that an answer set, "" for none.
func (a answer) cookie(name string) *http.Cookie {
	for _, cookie := range (&http.Response{Header: a.header}).Cookies() {
		if cookie.Name == name {
			return cookie
		}
	}
	return nil
}

func readAll(t testing.TB, r io.Reader) string {
	t.Helper()
	var b bytes.Buffer
	_, err := b.ReadFrom(r)
	must(t, err)
	return b.String()
}
