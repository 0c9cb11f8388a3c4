package handlers

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"tandem/sync"
	"tandem/views"
)

// A comment is kept by what it looks like: whatever of it is another, it is drawn anew, and each page has its own transaction id in it.
func TestDrawnComments_LookAsIfDrawnAnew(t *testing.T) {
	t.Parallel()
	kept, at := newDrawnComments(), views.Place{Workspace: "acme", Build: "b1"}
	first := views.CommentData{ID: "c1", Version: 7, Author: views.Member{ID: "m1", Name: "Ann"}, Body: views.Text{Source: "Hi", HTML: "<p>Hi</p>"},
		Created: time.Unix(0, 0), TX: "tx1", Me: views.Member{ID: "m1", Name: "Ann"}}
	others := map[string]any{
		"ID": "c2", "Version": int64(8), "Author": views.Member{ID: "m2", Name: "Ben"}, "Body": views.Text{Source: "Ho", HTML: "<p>Ho</p>"},
		"Created": time.Unix(1e6, 0), "Edited": time.Unix(2e6, 0), "Deleted": true, "ReadOnly": true, "Moderates": true, "TX": "tx2", "Me": views.Member{ID: "m3", Name: "Cleo"},
		"Reactions": []views.Reaction{{Emoji: "🎉", Members: []views.Member{{ID: "m1", Name: "Ann"}}}},
		"Draft":     views.Draft{Text: "Hm", Error: "Too long."},
		"Issue":     "ENG-7", "Open": views.ReactComment,
	}
	same := func(name string, comment views.CommentData) {
		t.Helper()
		fresh, err := render(t.Context(), views.Comment(at, comment))
		must(t, err)
		for range 2 {
			shown, err := render(t.Context(), kept.component(at, comment))
			must(t, err)
			if string(shown) != string(fresh) {
				t.Errorf("%s: kept\n%s\nanew\n%s", name, shown, fresh)
			}
		}
		if forms, ids := strings.Count(string(fresh), "<form"), strings.Count(string(fresh), `value="`+comment.TX+`"`); forms != ids {
			t.Errorf("%s: %d forms, %d transaction ids", name, forms, ids)
		}
	}
	same("the first", first)
	for field := range reflect.TypeFor[views.CommentData]().Fields() {
		other, known := others[field.Name]
		if !known {
			t.Errorf("nobody said what else %s may be", field.Name)
			continue
		}
		comment := first
		reflect.ValueOf(&comment).Elem().FieldByName(field.Name).Set(reflect.ValueOf(other))
		same(field.Name, comment)
	}
	nobodys := first
	nobodys.Author = views.Member{}
	same("of nobody who is known", nobodys)
	moderated := first
	moderated.Me, moderated.Moderates = views.Member{ID: "m3", Name: "Cleo"}, true
	same("of another, to an admin", moderated)

	from := "Hi"
	for _, text := range []string{"Hi", "Ho"} {
		from = text
		comment := first
		comment.Draft = views.Draft{Text: "Hm", Error: "Too long.", From: &from}
		same("from "+text, comment)
	}
}

// What one may do with a comment stands on its page without any script: its author edits and deletes it, an admin deletes it, others neither. Its
// forms are one link away, for two hundred comments have many.
func TestComment_OffersWhatItsReaderMayDo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Talked about")
	comment := sync.NewRef("comment", newID())
	h.ben.apply(sync.Operation{Op: sync.Create, Record: comment, Set: map[string]any{"issue": string(issue.ref), "body": "Ben's words."}})
	type reader struct {
		*browser
		tools string
	}
	for name, reader := range map[string]reader{"its author": {h.ben, "reactions body trash"}, "an admin": {h.ann, "reactions trash"}, "another": {h.cleo, "reactions"}} {
		page := reader.get("/acme/issue/" + issue.key).ok()
		if n := page.find(".comment form, .comment details").Length(); n != 0 {
			t.Errorf("%s: %d forms before any is asked for", name, n)
		}
		var tools []string
		for _, link := range page.find(".comment a[data-action]").EachIter() {
			asked := reader.get(page.tool(link.AttrOr("data-action", ""))).ok()
			path := asked.one(".comment details[open]").Find("form").First().AttrOr("action", "")
			tools = append(tools, strings.TrimPrefix(path, "/acme/comment/"+comment.ID().String()+"/"))
		}
		if got := strings.Join(tools, " "); got != reader.tools {
			t.Errorf("%s: %s", name, got)
		}
		asked := reader.get("/acme/issue/" + issue.key + "?edit=" + comment.ID().String()).ok()
		if raw := asked.find(".comment textarea").Text() + page.find(".comment [data-source]").AttrOr("data-source", ""); strings.Contains(raw, "Ben's words.") != (name == "its author") {
			t.Errorf("%s: the source is %q", name, raw)
		}
	}
}

// tool is the path of the page that has one form of a comment; the link leads to the comment on it.
func (a answer) tool(action string) string {
	a.t.Helper()
	path, anchor, _ := strings.Cut(a.one(".comment a[data-action="+action+"]").AttrOr("href", ""), "#")
	a.one("#" + anchor)
	return path
}
