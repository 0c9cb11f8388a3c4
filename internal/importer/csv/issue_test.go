package csv

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTake_WithoutKeysAnIssueIsTheSameAfterOthersWent(t *testing.T) {
	t.Parallel()
	const head = "Title,Created\n"
	ids := func(lines ...string) map[string]bool {
		issues, problems := parsed(t, head+strings.Join(lines, "\n")+"\n", Options{Source: "ENG"})
		if len(issues) != len(lines) || len(problems) > 0 {
			t.Fatalf("%d issues, %q", len(issues), problems)
		}
		found := map[string]bool{}
		for _, issue := range issues {
			found[issue.SourceID] = true
		}
		return found
	}
	whole := ids("First,2024-01-01", "Wash,2024-01-02", "Wash,2024-01-03", "Wash,2024-01-02", "Last,")
	if len(whole) != 5 {
		t.Errorf("five issues have %d ids", len(whole))
	}
	for id := range ids("Last,", "Wash,2024-01-02", "Wash,2024-01-02", "Wash,2024-01-03") {
		if !whole[id] {
			t.Errorf("%q is new", id)
		}
	}
}

func TestTake_LeavesOutTimesThatCannotBeKept(t *testing.T) {
	t.Parallel()
	issues, problems := parsed(t, "Key,Title,Created,Due\nA-1,One,1899-12-30,9999-12-31\nA-2,Two,1900-01-01,9998-12-31\n", Options{})
	want := []string{`a.csv:2 (A-1): created is no time from 1900 to 9998: "1899-12-30"`, `a.csv:2 (A-1): due is no time from 1900 to 9998: "9999-12-31"`}
	if diff := cmp.Diff(want, problems); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if !issues[0].CreatedAt.IsZero() || issues[0].Planned.Due != "" || issues[1].CreatedAt.Year() != 1900 || issues[1].Planned.Due != "9998-12-31" {
		t.Errorf("%+v", issues)
	}
}

func TestTake_PutsATitleOfSeveralLinesIntoOne(t *testing.T) {
	t.Parallel()
	issues, problems := parsed(t, "Title\n\"Fix\r\nthe login \"\n\"\n\"\n", Options{})
	if len(issues) != 1 || issues[0].Title != "Fix the login" || len(problems) != 1 {
		t.Errorf("%+v, %q", issues, problems)
	}
}
