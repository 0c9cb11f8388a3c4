package demo

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

func TestKeysInTextsResolve(t *testing.T) {
	w := Content(now)
	keys := numbers(w)
	key := regexp.MustCompile(`\b(ENG|WEB|OPS|SEC)-\d+\b`)
	found := 0
	for i, issue := range w.Issues {
		texts := []string{issue.Description}
		for _, comment := range issue.Comments {
			texts = append(texts, comment.Body)
		}
		for _, name := range key.FindAllString(strings.Join(texts, "\n"), -1) {
			found++
			if !slices.Contains(keys, name) || name == keys[i] {
				t.Errorf("%s refers to %s", keys[i], name)
			}
			if strings.HasPrefix(name, "SEC") && issue.Team != "SEC" {
				t.Errorf("%s tells of the private %s", keys[i], name)
			}
		}
	}
	if found < 30 {
		t.Errorf("%d references", found)
	}
}

func TestRecordsResolve(t *testing.T) {
	w := Content(now)
	labels := map[string]Label{}
	for _, label := range w.Labels {
		labels[label.Name] = label
		if label.Team != "" {
			teamOf(t, w, label.Team)
		}
	}
	for i, issue := range w.Issues {
		statusOf(t, w, issue.Team, issue.Status)
		if issue.Parent >= i || issue.Parent >= 0 && w.Issues[issue.Parent].Team != issue.Team {
			t.Errorf("%s: parent %d of %d", issue.Title, issue.Parent, i)
		}
		groups := map[string]bool{}
		for j, name := range issue.Labels {
			label, ok := labels[name]
			if !ok || label.Team != "" && label.Team != issue.Team || slices.Contains(issue.Labels[:j], name) {
				t.Errorf("%s: label %q", issue.Title, name)
			}
			if label.Group != "" && groups[label.Group] {
				t.Errorf("%s: two labels of the group %s", issue.Title, label.Group)
			}
			groups[label.Group] = true
		}
		actors := []string{issue.Author}
		if issue.Assignee != "" {
			actors = append(actors, issue.Assignee)
		}
		for _, comment := range issue.Comments {
			actors = append(actors, comment.Author)
		}
		for _, change := range issue.History {
			actors = append(actors, change.By)
		}
		for _, handle := range actors {
			if !slices.Contains(teamOf(t, w, issue.Team).Members, handle) {
				t.Errorf("%s: %q is not in %s", issue.Title, handle, issue.Team)
			}
		}
	}
}

// Undone from its end, each history must fit the issue as it is and itself.
func TestHistoryLeadsToThePresent(t *testing.T) {
	w := Content(now)
	for _, issue := range w.Issues {
		state := map[string]string{
			"status": issue.Status, "priority": strconv.Itoa(issue.Priority), "assignee": issue.Assignee, "title": issue.Title,
		}
		for _, change := range slices.Backward(issue.History) {
			if to, ok := state[change.Field]; !ok || to != change.To || change.From == change.To {
				t.Errorf("%s: %s became %q, then %q", issue.Title, change.Field, change.To, to)
			}
			state[change.Field] = change.From
		}
		statusOf(t, w, issue.Team, state["status"])
		if assignee := state["assignee"]; assignee != "" && !slices.Contains(teamOf(t, w, issue.Team).Members, assignee) {
			t.Errorf("%s: was assigned to %s", issue.Title, assignee)
		}
	}
}

func TestTimesAreInOrderAndPast(t *testing.T) {
	for hour := range 24 * 7 / 5 {
		now := now.Add(time.Duration(hour)*5*time.Hour + 17*time.Second)
		var last time.Time
		for _, issue := range Content(now).Issues {
			if issue.CreatedAt.Before(last) {
				t.Errorf("%v: %s comes before its time", now, issue.Title)
			}
			last = issue.CreatedAt
			latest := issue.CreatedAt
			for _, comment := range issue.Comments {
				if comment.At.Before(issue.CreatedAt) || comment.At.After(now) {
					t.Errorf("%v: %s: comment at %v", now, issue.Title, comment.At)
				}
				latest = later(latest, comment.At)
			}
			for _, change := range issue.History {
				if change.At.Before(issue.CreatedAt) || change.At.After(now) {
					t.Errorf("%v: %s: change at %v", now, issue.Title, change.At)
				}
				latest = later(latest, change.At)
			}
			if !issue.UpdatedAt.Equal(latest) {
				t.Errorf("%v: %s: updated at %v, want %v", now, issue.Title, issue.UpdatedAt, latest)
			}
			if !slices.IsSortedFunc(issue.Comments, func(a, b Comment) int { return a.At.Compare(b.At) }) ||
				!slices.IsSortedFunc(issue.History, func(a, b Change) int { return a.At.Compare(b.At) }) {
				t.Errorf("%v: %s: not in order", now, issue.Title)
			}
		}
	}
}

func TestSample(t *testing.T) {
	want := []string{"Welcome to Tandem: open me", "Move me to Done", "Write your own issue"}
	samples := Sample("ENG", now)
	if len(samples) != len(want) {
		t.Fatalf("%d samples", len(samples))
	}
	for i, issue := range samples {
		known := slices.ContainsFunc(DefaultStatuses(), func(s Status) bool { return s.Name == issue.Status })
		if issue.Title != want[i] || issue.Team != "ENG" || issue.Parent != -1 || issue.Description == "" || !known {
			t.Errorf("sample %d is %+v", i, issue)
		}
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

func TestParseSaysWhatIsWrong(t *testing.T) {
	team := teams()[0]
	for text, want := range map[string]string{
		"=== A\ndone low":                "status, priority, assignee",
		"=== A\nnearly low - -":          "no status",
		"=== A\ndone sometime - -":       "no priority",
		"=== A\ndone low - - due=sunday": "sunday",
		"=== A\ndone low - - colour=red": "unknown word",
	} {
		if _, err := parse(team, text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for _, text := range []string{"=== A\ndone low - -\nsee [[b]]", "=== A\ndone low - - parent=b", "=== A\ndone low - - #b\n=== C\ndone low - - #b"} {
		drafts, err := parse(team, text)
		if err != nil {
			t.Fatal(err)
		}
		if err := link(map[string][]draft{"ENG": drafts}); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}
