package demo

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

var now = time.Date(2026, 5, 13, 10, 30, 0, 0, time.UTC)

func TestSameAtEveryStart(t *testing.T) {
	if !reflect.DeepEqual(Content(now), Content(now)) {
		t.Fatal("two calls differ")
	}
	// Half a week later everything but the times, and what is given as a date, is the same.
	a, b := Content(now), Content(now.AddDate(0, 0, 4))
	number := numbers(b)
	for i, key := range numbers(a) {
		j := slices.Index(number, key)
		if a.Issues[i].Title != b.Issues[j].Title || a.Issues[i].Description != b.Issues[j].Description {
			t.Errorf("%s is another issue four days later", key)
		}
	}
}

func TestHowMuchThereIs(t *testing.T) {
	w := Content(now)
	if len(w.Issues) < 300 {
		t.Errorf("%d issues, want at least 300", len(w.Issues))
	}
	perTeam, perCategory, perPriority := map[string]int{}, map[string]int{}, map[int]int{}
	commented, empty, unassigned, due, subIssues, changed, longest := 0, 0, 0, 0, 0, 0, 0
	used := map[string]int{}
	for _, issue := range w.Issues {
		perTeam[issue.Team]++
		perCategory[statusOf(t, w, issue.Team, issue.Status).Category]++
		perPriority[issue.Priority]++
		count(&commented, len(issue.Comments) > 0)
		count(&empty, issue.Description == "")
		count(&unassigned, issue.Assignee == "")
		count(&due, issue.Due != "")
		count(&subIssues, issue.Parent >= 0)
		count(&changed, len(issue.History) > 0)
		longest = max(longest, len(issue.Comments))
		for _, label := range issue.Labels {
			used[label]++
		}
	}
	for team, least := range map[string]int{"ENG": 125, "WEB": 85, "OPS": 55, "SEC": 38} {
		if perTeam[team] < least {
			t.Errorf("%d issues in %s, want at least %d", perTeam[team], team, least)
		}
	}
	for _, category := range categories {
		if perCategory[category] < 5 {
			t.Errorf("%d issues are %s", perCategory[category], category)
		}
	}
	for priority := range 5 {
		if perPriority[priority] < 10 {
			t.Errorf("%d issues have priority %d", perPriority[priority], priority)
		}
	}
	for _, label := range w.Labels {
		if used[label.Name] == 0 {
			t.Errorf("no issue has the label %s", label.Name)
		}
	}
	third := len(w.Issues) / 3
	if commented < third-10 || commented > third+25 {
		t.Errorf("%d issues have comments, want about %d", commented, third)
	}
	if longest != 40 {
		t.Errorf("the longest thread has %d comments, want 40", longest)
	}
	for what, n := range map[string]int{"empty": empty, "unassigned": unassigned, "due": due, "sub-issue": subIssues, "changed": changed} {
		if n < 30 {
			t.Errorf("only %d issues are %s", n, what)
		}
	}
	t.Log(perTeam, perCategory, perPriority, commented, empty, unassigned, due, subIssues, changed)
}

func TestNamesAreUnique(t *testing.T) {
	w := Content(now)
	var titles, statuses, labels, handles []string
	for _, issue := range w.Issues {
		titles = append(titles, strings.ToLower(issue.Title))
	}
	for _, team := range w.Teams {
		for _, status := range team.Statuses {
			statuses = append(statuses, team.Key+" "+strings.ToLower(status.Name))
		}
	}
	for _, label := range w.Labels {
		labels = append(labels, strings.ToLower(label.Name))
	}
	for _, person := range w.People {
		handles = append(handles, person.Handle, person.Email)
	}
	for _, list := range [][]string{titles, statuses, labels, handles} {
		slices.Sort(list)
		for i := 1; i < len(list); i++ {
			if list[i] == list[i-1] {
				t.Errorf("%q is there twice", list[i])
			}
		}
	}
}

func TestValuesAreValid(t *testing.T) {
	w := Content(now)
	color := regexp.MustCompile(`^#[0-9a-f]{6}$`)
	for _, team := range w.Teams {
		if _, err := time.LoadLocation(team.Timezone); err != nil {
			t.Error(err)
		}
		last := 0
		for _, status := range team.Statuses {
			at := slices.Index(categories, status.Category)
			if at < last {
				t.Errorf("%s: %s is out of order or of no known category", team.Key, status.Name)
			}
			last = at
			if !color.MatchString(status.Color) {
				t.Errorf("%s: %s has the colour %q", team.Key, status.Name, status.Color)
			}
		}
	}
	for _, label := range w.Labels {
		if !color.MatchString(label.Color) {
			t.Errorf("%s has the colour %q", label.Name, label.Color)
		}
	}
	for i, issue := range append(w.Issues, Sample("ENG", now)...) {
		if n := utf8.RuneCountInString(issue.Title); n == 0 || n > 512 || strings.TrimSpace(issue.Title) != issue.Title {
			t.Errorf("%d: title %q", i, issue.Title)
		}
		if issue.Priority < 0 || issue.Priority > 4 || issue.Estimate < 0 {
			t.Errorf("%s: priority %d, estimate %d", issue.Title, issue.Priority, issue.Estimate)
		}
		if _, err := time.Parse(time.DateOnly, issue.Due); issue.Due != "" && err != nil {
			t.Error(err)
		}
		texts := []string{issue.Title, issue.Description}
		for _, comment := range issue.Comments {
			texts = append(texts, comment.Body)
			if comment.Body == "" {
				t.Errorf("%s: empty comment", issue.Title)
			}
		}
		for _, text := range texts {
			if len(text) > 256<<10 || !utf8.ValidString(text) || strings.Contains(text, "\x00") || strings.Contains(text, "[[") {
				t.Errorf("%s: text not valid: %.60q", issue.Title, text)
			}
		}
	}
}

func TestProjectsHaveIssues(t *testing.T) {
	t.Parallel()
	w := Content(time.Now())
	in := map[string]int{}
	for _, issue := range w.Issues {
		in[issue.Project]++
		in[issue.Milestone]++
	}
	for _, p := range w.Projects {
		if in[p.Name] < 3 || p.Start > p.Target && p.Target != "" {
			t.Errorf("%s: %d issues, from %s to %s", p.Name, in[p.Name], p.Start, p.Target)
		}
		for _, m := range p.Milestones {
			if in[m.Name] == 0 {
				t.Errorf("%s: nothing below %s", p.Name, m.Name)
			}
		}
	}
}

func TestPeopleOfTheDemo(t *testing.T) {
	w := Content(now)
	want := map[string]string{"ann": "admin ENG WEB OPS SEC", "ben": "member ENG WEB OPS", "cleo": "guest WEB"}
	for _, person := range w.People {
		if person.Email != person.Handle+"@example.com" {
			t.Errorf("%s has the address %s", person.Handle, person.Email)
		}
		have := person.Role
		for _, team := range w.Teams {
			if slices.Contains(team.Members, person.Handle) {
				have += " " + team.Key
			}
		}
		if want[person.Handle] != "" && have != want[person.Handle] {
			t.Errorf("%s: %s, want %s", person.Handle, have, want[person.Handle])
		}
	}
	for _, team := range w.Teams {
		if team.Private != (team.Key == "SEC") {
			t.Errorf("%s: private is %v", team.Key, team.Private)
		}
	}
}

var categories = []string{"triage", "backlog", "unstarted", "started", "completed", "canceled"}

func count(n *int, yes bool) {
	if yes {
		*n++
	}
}

// numbers gives each issue its key, as the engine will.
func numbers(w Workspace) []string {
	keys, next := make([]string, len(w.Issues)), map[string]int{}
	for i, issue := range w.Issues {
		next[issue.Team]++
		keys[i] = fmt.Sprint(issue.Team, "-", strconv.Itoa(next[issue.Team]))
	}
	return keys
}

func statusOf(t *testing.T, w Workspace, key, name string) Status {
	t.Helper()
	team := teamOf(t, w, key)
	i := slices.IndexFunc(team.Statuses, func(s Status) bool { return s.Name == name })
	if i < 0 {
		t.Fatalf("%s has no status %q", key, name)
	}
	return team.Statuses[i]
}

func teamOf(t *testing.T, w Workspace, key string) Team {
	t.Helper()
	i := slices.IndexFunc(w.Teams, func(team Team) bool { return team.Key == key })
	if i < 0 {
		t.Fatalf("no team %q", key)
	}
	return w.Teams[i]
}
