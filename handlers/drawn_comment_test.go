package handlers

import (
	"reflect"
	"strings"
	"testing"
	"time"

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
		"Created": time.Unix(1e6, 0), "Edited": time.Unix(2e6, 0), "Deleted": true, "ReadOnly": true, "TX": "tx2", "Me": views.Member{ID: "m3", Name: "Cleo"},
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
	from := "Hi"
	for _, text := range []string{"Hi", "Ho"} {
		from = text
		comment := first
		comment.Draft = views.Draft{Text: "Hm", Error: "Too long.", From: &from}
		same("from "+text, comment)
	}
}
