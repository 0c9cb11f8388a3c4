package views

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/a-h/templ"
)

// budget is for the HTML of a list of 100 rows, gzip -9: DESIGN's 14 KB, and one for the boxes and forms that select, change many
// and lay out the list without scripts. With styles, scripts and htmx it stays below DESIGN's 60 KB in all.
const budget = 15 << 10

func TestListPage_StaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	whole, source := render(t, realPage(100, false)), render(t, realPage(100, true))
	got := zipped(t, source)
	t.Logf("100 rows: %d bytes, %d with gzip -9; with the vocabulary %d, %d", len(source), got, len(whole), zipped(t, whole))
	if got > budget {
		t.Errorf("a list of 100 rows takes %d bytes with gzip -9, more than %d", got, budget)
	}
}

func BenchmarkIssueList(b *testing.B) {
	for _, rows := range []int{50, 100} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) { measure(b, IssueList(here, realList(rows))) })
	}
}

func BenchmarkListPage(b *testing.B) { measure(b, realPage(100, true)) }

func BenchmarkIssue(b *testing.B) {
	d := issue(func(d *IssueData) {
		d.Activity = nil
		for i := range 200 {
			d.Activity = append(d.Activity, entry(comment(i)))
		}
	})
	b.Run("200_comments", func(b *testing.B) { measure(b, Issue(here, d)) })
}

func measure(b *testing.B, c templ.Component) {
	var buffer bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		buffer.Reset()
		if err := c.Render(context.Background(), &buffer); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(zipped(b, buffer.String())), "gzip-bytes")
}

func zipped(t testing.TB, s string) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// realistic makes ids, people and titles that compress as badly as real ones.
type realistic struct{ *rand.Rand }

func (r realistic) id() string {
	ms := clock.Add(-time.Duration(r.IntN(90*24*3600)) * time.Second).UnixMilli()
	return fmt.Sprintf("%08x-%04x-7%03x-%04x-%012x", ms>>16, ms&0xffff, r.IntN(1<<12), 0x8000|r.IntN(1<<14), r.Int64N(1<<48))
}

var vocabularyOfTitles = []string{
	"login", "session", "fails", "when", "proxy", "export", "slow", "board", "drag", "comment", "lost", "after", "reload", "the", "upgrade",
	"PostgreSQL", "timeout", "on", "cold", "start", "CSV", "import", "drops", "labels", "with", "commas", "keyboard", "focus", "jumps", "in",
	"Safari", "dark", "mode", "contrast", "of", "muted", "text", "webhook", "retries", "never", "stop", "search", "misses", "accents", "add",
	"rate", "limit", "to", "invite", "links", "document", "backup", "restore", "offline", "queue", "stuck", "at", "one", "item",
}

func (r realistic) title() string {
	s := ""
	for range 4 + r.IntN(5) {
		s += " " + vocabularyOfTitles[r.IntN(len(vocabularyOfTitles))]
	}
	return s[1:]
}

func realVocabulary(r realistic) VocabularyData {
	v := VocabularyData{Region: region("vocabulary")}
	for i, key := range []string{"ENG", "WEB", "OPS", "SEC"} {
		team := Team{ID: r.id(), Key: key, Name: []string{"Engineering", "Website", "Operations", "Security"}[i]}
		v.Teams = append(v.Teams, team)
		for j, name := range []string{"Backlog", "Todo", "In Progress", "In Review", "Done", "Canceled"} {
			category := []string{"backlog", "unstarted", "started", "started", "completed", "canceled"}[j]
			v.Statuses = append(v.Statuses, Status{ID: r.id(), Name: name, Category: category, Sweep: 33 * (j - 1), Team: team.ID})
		}
	}
	for _, name := range []string{"Ann Lee", "Ben Okafor", "Cleo Dubois", "Dmitri Ivanov", "Emma Schmidt", "Farid Haddad", "Grace Kim", "Hugo Silva"} {
		v.Members = append(v.Members, Member{ID: r.id(), Name: name, Handle: name[:3]})
	}
	for i, name := range []string{"bug", "feature", "design", "performance", "security", "docs", "regression", "customer", "infra", "a11y"} {
		v.Labels = append(v.Labels, Label{ID: r.id(), Name: name, Color: fmt.Sprintf("#%06x", (i+1)*1234567%0xffffff)})
	}
	return v
}

func realPage(rows int, deferred bool) templ.Component {
	r := realistic{rand.New(rand.NewPCG(1, 2))}
	v := realVocabulary(r)
	p := page("Engineering")
	p.Place = Place{"acme", "3f9a1c0b77de"}
	p.Teams, p.Vocabulary = v.Teams, v
	p.Vocabulary.Deferred = deferred
	p.NewIssue.Teams, p.NewIssue.Labels, p.NewIssue.Statuses, p.NewIssue.Members = v.Teams, v.Labels, nil, nil
	for _, s := range v.Statuses {
		p.NewIssue.Statuses = append(p.NewIssue.Statuses, Option{Value: s.Value(), Text: s.Name, Group: s.Team, Team: s.Team})
	}
	for _, m := range v.Members {
		p.NewIssue.Members = append(p.NewIssue.Members, Option{Value: m.Value(), Text: m.Name})
	}
	team := v.Teams[0]
	return TeamPage(p, TeamPageData{Team: team, Filter: filterBar(Query{}), List: ListPart(p.Place, fill(r, v, rows))})
}

func realList(rows int) IssueListData {
	r := realistic{rand.New(rand.NewPCG(1, 2))}
	return fill(r, realVocabulary(r), rows)
}

// fill spreads rows over the statuses of the first team.
func fill(r realistic, v VocabularyData, rows int) IssueListData {
	d := list(Query{})
	d.Team = v.Teams[0]
	for i, s := range v.Statuses[:6] {
		g := IssueGroup{Of: Group{Status: s}}
		for n := rows * i / 6; n < rows*(i+1)/6; n++ {
			g.Rows = append(g.Rows, IssueRowData{
				ID: r.id(), Key: fmt.Sprintf("ENG-%d", 1+r.IntN(900)), Title: r.title(), Version: int64(r.IntN(5000)),
				Status: s, Priority: Priority(r.IntN(5)), Assignee: v.Members[r.IntN(8)],
				Labels: v.Labels[r.IntN(8):][:r.IntN(3)], Updated: clock.Add(-time.Duration(r.IntN(90*24*3600)) * time.Second),
			})
		}
		g.Count = len(g.Rows)
		d.Groups = append(d.Groups, g)
	}
	return d
}
