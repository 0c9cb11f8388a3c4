package views

import "testing"

func TestPaths(t *testing.T) {
	t.Parallel()
	at := here
	todo := Filter{Field: "status", Value: "todo"}
	q := Query{View: BoardView, Filters: []Filter{todo, {Field: "label", Value: "a b", Not: true}}, Text: "x&y", After: "p=="}
	for _, c := range []struct{ got, want string }{
		{at.Home("", ""), "/acme"},
		{at.Home("created", "p"), "/acme?view=created&after=p"},
		{at.Team("ENG", Query{View: ListView}), "/acme/team/ENG"},
		{at.Team("ENG", q), "/acme/team/ENG?view=board&f=status:todo&f=-label:a+b&text=x%26y&after=p%3D%3D"},
		{at.Team("ENG", q.Without(todo)), "/acme/team/ENG?view=board&f=-label:a+b&text=x%26y"},
		{at.Team("ENG", q.Flipped(todo).WithoutText()), "/acme/team/ENG?view=board&f=-status:todo&f=-label:a+b"},
		{at.Team("ENG", q.Clear()), "/acme/team/ENG?view=board"},
		{at.Team("ENG", q.In(ListView).Clear().From("n")), "/acme/team/ENG?after=n"},
		{at.Fragment().Team("ENG", Query{}), "/acme/f/team/ENG"},
		{at.Fragment().Issue("ENG-12"), "/acme/f/issue/ENG-12"},
		{at.Issue("a/b"), "/acme/issue/a%2Fb"},
		{at.CommentOn("ENG-12", "7"), "/acme/issue/ENG-12#comment-7"},
		{at.Vocabulary(), "/acme/f/vocabulary"},
		{at.SetIssue("ENG-12", "status"), "/acme/issue/ENG-12/status"},
		{at.SetLabel("7", ""), "/acme/settings/label/7"},
		{at.SetLabel("7", "trash"), "/acme/settings/label/7/trash"},
		{at.Search("a b", ""), "/acme/search?q=a+b"},
		{at.Search("a", "20", Filter{Field: "label", Value: "bug", Not: true}), "/acme/search?q=a&f=-label:bug&after=20"},
		{at.New(NewPreset{Team: "ENG"}), "/acme/new?team=ENG"},
		{SignInPath("/acme/team/ENG?view=board"), "/sign-in?next=/acme/team/ENG%3Fview%3Dboard"},
		{EmbedFragmentPath("tok", "row"), "/e/tok?fragment=row"},
		{EmbedAgainPath("tok", "card", "dark"), "/e/tok?size=card&theme=dark&again=1"},
		{OEmbedPath("https://t/e/x"), "/oembed?url=https://t/e/x"},
		{at.Icon("plus"), "/assets/b1/icons.svg#plus"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	if len(q.Filters) != 2 || q.Filters[0].Not {
		t.Error("a changed copy changed the query")
	}
}
