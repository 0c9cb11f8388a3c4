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
		if comment.TX != "" && !comment.Deleted && !comment.ReadOnly && !strings.Contains(string(fresh), comment.TX) {
			t.Errorf("%s: no transaction id", name)
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

// What one may do with a comment stands on its page without any script: its author edits and deletes it, an admin deletes it, others neither.
func TestComment_OffersWhatItsReaderMayDo(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Talked about")
	h.ben.apply(sync.Operation{Op: sync.Create, Record: sync.NewRef("comment", newID()), Set: map[string]any{"issue": string(issue.ref), "body": "Ben's words."}})
	for name, reader := range map[string]struct {
		*browser
		edits, deletes bool
	}{"its author": {h.ben, true, true}, "an admin": {h.ann, false, true}, "another": {h.cleo, false, false}} {
		page := reader.get("/acme/issue/" + issue.key).ok()
		if edits, deletes := page.find(".comment form[action$='/body']").Length() == 1, page.find(".comment form[action$='/trash']").Length() == 1; edits != reader.edits || deletes != reader.deletes {
			t.Errorf("%s: edits %t, deletes %t", name, edits, deletes)
		}
	}
}
