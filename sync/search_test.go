package sync

import (
	"fmt"
	"strings"
	"testing"
)

func TestSearch_SlipsOfTheHandAreForgiven(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue(t, "Wallet does not open")
	h.issue(t, "Receive addresses twice")
	h.issue(t, "Login fails", func(set map[string]any) { set["description"] = "The walet file is called so." })
	h.issueIn(t, h.private, "Zeppelin lands")

	for typed, want := range map[string]string{
		"wallet":          "wallet -> Wallet does not open",
		"walllet":         "wallet -> Wallet does not open",
		"recieve adreses": "receive addresses -> Receive addresses twice",
		"loign":           "login -> Login fails",
		"walet":           "walet -> Login fails", // that is how it is written there
		"zepelin":         "zepelin -> ",
		"cat":             "cat -> ", // of three letters anything is near
		"zepelin one two three four five six seven eight": "zepelin one two three four five six seven eight -> ",
	} {
		found, err := h.Search(t.Context(), h.ben, typed, "")
		must(t, err)
		meant := found.Meant
		if meant == "" {
			meant = found.Text
		}
		var titles []string
		for _, hit := range found.Issues {
			titles = append(titles, hit.Title)
		}
		if got := meant + " -> " + strings.Join(titles, ", "); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
	found, err := h.Search(t.Context(), h.ann, "zepelin", "")
	must(t, err)
	if found.Meant != "zeppelin" {
		t.Errorf("who sees the private team is offered %q", found.Meant)
	}
}

func TestSearch_OfACommonWordTheLatestAreRanked(t *testing.T) {
	t.Parallel()
	h := setup(t)
	var ops []Operation
	for n := range searchRanked + 30 {
		ops = append(ops, create(h, NewRef("issue", newID()), fmt.Sprintf("Common thing %d", n)))
	}
	h.applied(t, h.ann, h.annsTab, ops...)
	seen, after := 0, ""
	for {
		page, err := h.Search(t.Context(), h.ann, "common", after)
		must(t, err)
		seen += len(page.Issues)
		if after = page.More; after == "" {
			if !page.Cut {
				t.Error("nobody says that there are more")
			}
			break
		}
	}
	if seen != searchRanked {
		t.Errorf("%d of %d were shown", seen, searchRanked)
	}
}

func TestExcerpt_ShowsWhereTheWordsStandTogether(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("and so on it goes ", 40)
	for _, c := range []struct{ typed, text, want string }{
		{"login", "The login fails.", "The [login] fails"},
		{"failing logins", "A login  failed\n\ntoday", "A [login] [failed] today"},
		{"transac", "Transactions of a transaction", "[Transactions] of a [transaction]"},
		{"the login", "the login of the day", "the [login] of the day"},
		{"login page", "A login. " + filler + "one two three four five six the page of the login is blank",
			"three four five six the [page] of the [login] is blank"},
		{"жизнь", "Вся жизнь <b>здесь", "Вся [жизнь] <b>здесь"},
		{"absent", "Nothing of it here", "Nothing of it here"},
		{"login", "", ""},
		{"", "Some text", "Some text"},
	} {
		got := strings.NewReplacer(MarkStart, "[", MarkEnd, "]").Replace(newFinder(c.typed).excerpt(c.text))
		if !strings.HasSuffix(got, c.want) || len(strings.Fields(got)) > excerptWords+1 {
			t.Errorf("%q in %.40q: %q, want %q", c.typed, c.text, got, c.want)
		}
	}
}

func FuzzExcerpt(f *testing.F) {
	f.Add("login page", "The login\xff of the page \x02")
	f.Fuzz(func(t *testing.T, typed, text string) {
		newFinder(typed).excerpt(text)
	})
}
