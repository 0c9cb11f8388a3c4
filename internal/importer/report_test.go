package importer

import "testing"

func TestSummary_CountsIssuesAndPullsApart(t *testing.T) {
	t.Parallel()
	var s Summary
	s.Count(Issue{Comments: make([]Comment, 2), History: make([]Event, 3)})
	s.Count(Issue{Pull: true, Comments: make([]Comment, 1), Reviews: 4})
	if want := (Summary{Issues: 1, Pulls: 1, Comments: 3, Events: 3, Reviews: 4}); s != want {
		t.Errorf("%+v, want %+v", s, want)
	}
}

func TestProblem_SaysWhereItIs(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]Problem{
		"a.json:3 (issue 12): no title": {File: "a.json", Line: 3, Item: 2, What: "issue 12", Text: "no title"},
		"a.json item 2: not an object":  {File: "a.json", Item: 2, Text: "not an object"},
		"a.json: breaks off":            {File: "a.json", Text: "breaks off"},
	} {
		if got := p.String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
