package e2e

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/cdproto/network"
)

// client is somebody without a browser: it arranges what a story begins with, by the protocol, and looks at what came of it.
type client struct {
	t    *testing.T
	at   *program
	http *http.Client
	id   string // as the protocol's client
	seen int64  // V of the last push
	refs map[string]string
}

// fields are a record's, as the protocol writes them.
type fields map[string]any

// signedIn is somebody of the demo workspace.
func signedIn(t *testing.T, at *program, handle string) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, at: at, http: &http.Client{Jar: jar, Timeout: patience}, id: newID()}
	if handle != "" {
		c.page("/demo/sign-in?as=" + handle + "&next=/acme")
	}
	return c
}

// takes has the client go on in a person's session.
func (c *client) takes(p *person) {
	c.t.Helper()
	at, err := url.Parse(c.at.url("/"))
	if err != nil {
		c.t.Fatal(err)
	}
	for _, one := range must(p.window, network.GetCookies, network.GetCookiesParams{URLs: []string{p.line.url("/")}}).Cookies {
		c.http.Jar.SetCookies(at, []*http.Cookie{{Name: one.Name, Value: one.Value, Path: "/"}})
	}
}

// newID mints a UUIDv7.
func newID() string {
	var b [16]byte
	rand.Read(b[6:])
	ms := time.Now().UnixMilli()
	for i := range 6 {
		b[i] = byte(ms >> (40 - 8*i))
	}
	b[6], b[8] = 0x70|b[6]&0x0f, 0x80|b[8]&0x3f
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// record is a record as a pull gives it.
type record struct {
	Version int64  `json:"version"`
	Record  string `json:"record"`
	Op      string `json:"op"`
	Fields  fields `json:"fields"`
}

func (r record) text(field string) string {
	text, _ := r.Fields[field].(string)
	return text
}

// pull reads every live record that the reader may see.
func (c *client) pull() (list []record) {
	c.t.Helper()
	for since, more := int64(0), true; more; {
		var answer struct {
			Version int64    `json:"version"`
			More    bool     `json:"more"`
			Changes []record `json:"changes"`
		}
		body, _ := c.send("GET", fmt.Sprintf("/acme/sync/pull?limit=5000&since=%d", since), nil)
		if err := json.Unmarshal(body, &answer); err != nil {
			c.t.Fatalf("pull: %v in %.300s", err, body)
		}
		for _, r := range answer.Changes {
			if r.Op == "put" {
				list = append(list, r)
			}
		}
		since, more = answer.Version, answer.More
	}
	return list
}

// find answers the live records that match.
func (c *client) find(is func(record) bool) (found []record) {
	c.t.Helper()
	for _, r := range c.pull() {
		if is(r) {
			found = append(found, r)
		}
	}
	return found
}

// titled is the one issue with that title.
func (c *client) titled(title string) record {
	c.t.Helper()
	found := c.find(func(r record) bool { return strings.HasPrefix(r.Record, "issue:") && r.text("title") == title })
	if len(found) != 1 {
		c.t.Fatalf("there are %d issues titled %q", len(found), title)
	}
	return found[0]
}

// comments are the bodies of an issue's comments, in the order in which they were written.
func (c *client) comments(issue string) (bodies []string) {
	c.t.Helper()
	for _, r := range c.find(func(r record) bool { return strings.HasPrefix(r.Record, "comment:") && r.text("issue") == issue }) {
		bodies = append(bodies, r.text("body"))
	}
	return bodies
}

// ref is a reference by its name: "team ENG", "status ENG/Done", "member ben", "label bug".
func (c *client) ref(name string) string {
	c.t.Helper()
	if c.refs == nil {
		c.refs = c.vocabulary()
	}
	if c.refs[name] == "" {
		c.t.Fatalf("there is no %s", name)
	}
	return c.refs[name]
}

func (c *client) vocabulary() map[string]string {
	refs, keys := map[string]string{}, map[string]string{}
	list := c.pull()
	for _, r := range list {
		if strings.HasPrefix(r.Record, "team:") {
			keys[r.Record] = r.text("key")
		}
	}
	for _, r := range list {
		switch kind, _, _ := strings.Cut(r.Record, ":"); kind {
		case "team":
			refs["team "+r.text("key")] = r.Record
		case "status":
			refs["status "+keys[r.text("team")]+"/"+r.text("name")] = r.Record
		case "member":
			refs["member "+r.text("handle")] = r.Record
		case "label":
			refs["label "+r.text("name")] = r.Record
		}
	}
	return refs
}

// makes creates an issue and answers its record and key.
func (c *client) makes(team, title string, more fields) (issue, key string) {
	c.t.Helper()
	issue = "issue:" + newID()
	set := fields{"team": c.ref("team " + team), "title": title}
	for name, value := range more {
		set[name] = value
	}
	c.push(fields{"op": "create", "record": issue, "set": set})
	return issue, fmt.Sprintf("%s-%v", team, c.titled(title).Fields["number"])
}

// sets writes fields of a record, knowing all that was pushed before.
func (c *client) sets(record string, set fields) {
	c.t.Helper()
	c.push(fields{"op": "set", "record": record, "base": c.seen, "set": set})
}

// push sends one transaction, which must be applied.
func (c *client) push(ops ...fields) {
	c.t.Helper()
	message := fields{"client": c.id, "transactions": []fields{{"id": newID(), "label": "test", "ops": ops}}}
	body, err := json.Marshal(message)
	if err != nil {
		c.t.Fatal(err)
	}
	answer, status := c.send("POST", "/acme/sync/push", body)
	var told struct{ Version int64 }
	if err := json.Unmarshal(answer, &told); err != nil || status != 200 || !bytes.Contains(answer, []byte(`"applied"`)) {
		c.t.Fatalf("push %s: %d %s", body, status, answer)
	}
	c.seen = told.Version
}

// send asks for an answer in JSON. kind is the type of the body; that is JSON too where none is given.
func (c *client) send(method, path string, body []byte, kind ...string) ([]byte, int) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), method, c.at.url(path), bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", append(kind, "application/json")[0])
	response, err := c.http.Do(request)
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer, response.StatusCode
}

// sheet is a page as a browser without scripts has it.
type sheet struct {
	*goquery.Document
	c      *client
	status int
	url    *url.URL
}

// page loads a page.
func (c *client) page(path string) sheet {
	c.t.Helper()
	at, err := url.Parse(c.at.url(path))
	if err != nil {
		c.t.Fatal(err)
	}
	response, err := c.http.Get(at.String())
	return c.sheet(response, err)
}

func (c *client) sheet(response *http.Response, err error) sheet {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
	defer response.Body.Close()
	document, err := goquery.NewDocumentFromReader(response.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return sheet{document, c, response.StatusCode, response.Request.URL}
}

// submits fills in a form of the page and sends it by the button that matches, as a browser does.
func (s sheet) submits(button string, values map[string]string) sheet {
	s.c.t.Helper()
	b := s.Find(button).First()
	form := b.Closest("form")
	if form.Length() == 0 {
		s.c.t.Fatalf("no button %s in a form on %s:\n%.3000s", button, s.url, s.Text())
	}
	data := url.Values{}
	form.Find("input[name], textarea[name], select[name]").Each(func(_ int, control *goquery.Selection) {
		name, value := control.AttrOr("name", ""), control.AttrOr("value", "")
		kind := control.AttrOr("type", "")
		_, checked := control.Attr("checked")
		switch {
		case (kind == "checkbox" || kind == "radio") && !checked:
			return
		case goquery.NodeName(control) == "textarea":
			value = strings.TrimPrefix(control.Text(), "\n")
		case goquery.NodeName(control) == "select":
			option := control.Find("option[selected]")
			if option.Length() == 0 {
				option = control.Find("option")
			}
			value = option.First().AttrOr("value", "")
		}
		data.Add(name, value)
	})
	for name, value := range values {
		data.Set(name, value)
	}
	if name, ok := b.Attr("name"); ok {
		data.Set(name, b.AttrOr("value", ""))
	}
	action, err := s.url.Parse(form.AttrOr("action", ""))
	if err != nil {
		s.c.t.Fatal(err)
	}
	if strings.EqualFold(form.AttrOr("method", "get"), "post") {
		return s.c.sheet(s.c.http.PostForm(action.String(), data))
	}
	action.RawQuery = data.Encode()
	return s.c.sheet(s.c.http.Get(action.String()))
}

type selection = goquery.Selection
