package sync

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

// all is the list over all teams as somebody sees it, group by group: "started 1: Two".
func (h *house) all(t testing.TB, actor Actor, options ListOptions) []string {
	t.Helper()
	page, err := h.AllIssues(t.Context(), actor, options)
	must(t, err)
	shown := []string{}
	for _, g := range page.Groups {
		var titles []string
		for _, row := range g.Issues {
			titles = append(titles, row.Title)
		}
		name := g.Category
		switch g.By {
		case "team":
			team, _ := page.Snapshot.Team(g.ID)
			name = team.Key
		case "assignee":
			member, _ := page.Member(g.ID)
			name = member.Name
		case "priority":
			name = fmt.Sprint("P", g.Priority)
		case "label":
			label, _ := page.Label(g.ID)
			name = label.Name
		case "project":
			project, _ := page.Snapshot.Project(g.ID)
			name = project.Name
		}
		shown = append(shown, fmt.Sprintf("%s %d: %s", name, g.Count, strings.Join(titles, ", ")))
	}
	return shown
}

// webTeam makes another team that everybody but guests sees, with a workflow of its own.
func (h *house) webTeam(t testing.TB) (team uuid.UUID, building Ref) {
	t.Helper()
	team = newID()
	starter := Starter{Statuses: []StarterStatus{{"Later", "backlog", "#888888"}, {"Building", "started", "#ddaa00"}, {"Shipped", "completed", "#5555ff"}}}
	h.applied(t, h.ann, h.annsTab, append([]Operation{{Op: Create, Record: NewRef("team", team), Set: map[string]any{"key": "WEB", "name": "Website"}}}, StarterOps(h.ws, team, starter)...)...)
	return team, NewRef("status", StatusID(team, "Building"))
}

func TestAllIssues_AreGroupedByWhatTeamsHaveInCommon(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web, building := h.webTeam(t)
	ann, mine := string(NewRef("member", h.ann.Member)), h.project(t, "Walls", h.team)
	bug := NewRef("label", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: bug, Set: map[string]any{"name": "Bug", "team": string(NewRef("team", web))}})
	h.issue(t, "One", func(set map[string]any) { set["assignee"], set["priority"] = ann, 1 })
	h.issue(t, "Two", func(set map[string]any) { set["status"], set["project"] = string(h.doing), string(mine) })
	h.issueIn(t, web, "Three", func(set map[string]any) {
		set["status"], set["labels"], set["priority"] = string(building), []string{string(bug)}, 1
	})
	h.issueIn(t, h.private, "Secret", func(set map[string]any) { set["assignee"] = ann })
	h.issueIn(t, web, "Four", func(set map[string]any) { set["status"] = string(NewRef("status", StatusID(web, "Later"))) })

	by := func(group string, terms ...string) ListOptions {
		return ListOptions{Terms: terms, Layout: Layout{Group: group, Empty: new(bool)}}
	}
	for name, c := range map[string]struct {
		options ListOptions
		want    []string
	}{
		"category": {by(""), []string{"backlog 1: Four", "unstarted 1: One", "started 2: Three, Two"}},
		"team":     {by("team"), []string{"ENG 2: Two, One", "WEB 2: Four, Three"}},
		"assignee": {by("assignee"), []string{" 3: Four, Three, Two", "ann 1: One"}},
		"priority": {by("priority"), []string{"P1 2: Three, One", "P0 2: Four, Two"}},
		"label":    {by("label"), []string{" 3: Four, Two, One", "Bug 1: Three"}},
		"project":  {by("project"), []string{" 3: Four, Three, One", "Walls 1: Two"}},
		"none":     {by("none"), []string{" 4: Four, Three, Two, One"}},

		"a team alone":            {by("", "team:web"), []string{"backlog 1: Four", "started 1: Three"}},
		"all but a team":          {by("team", "-team:web"), []string{"ENG 2: Two, One"}},
		"a status of one team":    {by("", "status:building"), []string{"started 1: Three"}},
		"a hidden team":           {by("", "team:sec"), []string{}},
		"a label of one team":     {by("", "label:bug"), []string{"started 1: Three"}},
		"somebody's":              {by("team", "assignee:ann"), []string{"ENG 1: One"}},
		"words":                   {ListOptions{Text: "thre", Layout: Layout{Empty: new(bool)}}, []string{"started 1: Three"}},
		"in another order":        {ListOptions{Layout: Layout{Group: "none", Order: "priority"}}, []string{" 4: Three, One, Four, Two"}},
		"and the other way round": {ListOptions{Layout: Layout{Group: "none", Order: "updated", Backwards: true}}, []string{" 4: One, Two, Three, Four"}},
	} {
		wantSame(t, name, c.want, h.all(t, h.ben, c.options))
	}
	wantSame(t, "what ann sees", []string{"backlog 1: Four", "unstarted 2: Secret, One", "started 2: Three, Two"}, h.all(t, h.ann, by("")))
	wantSame(t, "what a guest sees", []string{"unstarted 1: One", "started 1: Two"}, h.all(t, h.cleo, by("")))
	wantSame(t, "empty groups too", []string{"backlog 1: Four", "unstarted 1: One", "started 2: Three, Two", "completed 0: "}, h.all(t, h.ben, ListOptions{}))
}

// The counts of all groups are remembered, and follow what changes: for each reader as far as they see.
func TestAllIssues_CountsFollowTheLog(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web, building := h.webTeam(t)
	one, made := h.issue(t, "One")
	hide := ListOptions{Layout: Layout{Empty: new(bool)}}
	wantSame(t, "at first", []string{"unstarted 1: One"}, h.all(t, h.ben, hide))
	h.applied(t, h.ann, h.annsTab, setField(one, made, "status", string(h.doing)))
	wantSame(t, "started", []string{"started 1: One"}, h.all(t, h.ben, hide))
	two, _ := h.issueIn(t, web, "Two", func(set map[string]any) { set["status"] = string(building) })
	h.issueIn(t, h.private, "Secret")
	wantSame(t, "another", []string{"started 2: Two, One"}, h.all(t, h.ben, hide))
	wantSame(t, "by team", []string{"ENG 1: One", "WEB 1: Two"}, h.all(t, h.ben, ListOptions{Layout: Layout{Group: "team", Empty: new(bool)}}))
	wantSame(t, "without groups", []string{" 2: Two, One"}, h.all(t, h.ben, ListOptions{Layout: Layout{Group: "none"}}))
	wantSame(t, "for ann", []string{"unstarted 1: Secret", "started 2: Two, One"}, h.all(t, h.ann, hide))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: two})
	wantSame(t, "in the trash", []string{"started 1: One"}, h.all(t, h.ben, hide))
	h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: two}, Operation{Op: Delete, Record: NewRef("team", web)})
	wantSame(t, "its team in the trash", []string{"started 1: One"}, h.all(t, h.ben, hide))
}

func TestAllIssues_PagesGoOnWhereTheLastEnded(t *testing.T) {
	t.Parallel()
	h := setup(t)
	web, building := h.webTeam(t)
	var ops []Operation
	for n := range PageSize + 20 { // of one version, so that the place alone does not tell them apart
		team, status := h.team, h.doing
		if n%2 == 0 {
			team, status = web, building
		}
		ops = append(ops, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{"team": string(NewRef("team", team)), "status": string(status), "title": fmt.Sprint("Issue ", n)}})
	}
	h.applied(t, h.ann, h.annsTab, ops...)
	for _, layout := range []Layout{{}, {Order: "priority"}, {Order: "created", Backwards: true}, {Group: "none"}, {Group: "priority"}, {Group: "label", Order: "created"}, {Group: "assignee", Order: "updated", Backwards: true}} {
		layout.Empty = new(bool)
		seen, after := map[uuid.UUID]bool{}, ""
		for pages := 0; pages == 0 || after != ""; pages++ {
			page, err := h.AllIssues(t.Context(), h.ben, ListOptions{Layout: layout, After: after})
			must(t, err)
			if len(page.Groups) != 1 || page.Groups[0].Count != PageSize+20 {
				t.Fatalf("%+v: %d groups, %d issues", layout, len(page.Groups), page.Groups[0].Count)
			}
			for _, row := range page.Groups[0].Issues {
				if seen[row.ID] {
					t.Errorf("%+v: %s comes twice", layout, row.Title)
				}
				seen[row.ID] = true
			}
			after = page.Groups[0].More
		}
		if len(seen) != PageSize+20 {
			t.Errorf("%+v: %d issues in all pages", layout, len(seen))
		}
	}
	team, err := h.TeamIssues(t.Context(), h.ben, "ENG", ListOptions{Layout: Layout{Group: "none"}})
	must(t, err)
	for _, wrong := range []string{"x", "bm9uc2Vuc2U", team.Groups[0].More} {
		if _, err := h.AllIssues(t.Context(), h.ben, ListOptions{After: wrong}); wrong != "" && err == nil {
			t.Errorf("a page behind %q", wrong)
		}
	}
}

// How many there are is remembered of all issues of a status; of those that a window shows it is counted.
func TestAllIssues_OfAWindowAreCountedAsTheyAreShown(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.issue(t, "Open")
	h.issue(t, "Closed", func(set map[string]any) { set["status"] = string(h.status("Done")) })
	none := -1
	for name, want := range map[string]struct {
		closed *int
		shown  string
	}{"all": {nil, "completed 1: Closed"}, "none": {&none, ""}} {
		groups := strings.Join(h.all(t, h.ann, ListOptions{Layout: Layout{Closed: want.closed}}), "; ")
		if !strings.Contains(groups, "unstarted 1: Open") || want.shown != "" && !strings.Contains(groups, want.shown) || want.shown == "" && strings.Contains(groups, "completed 1") {
			t.Errorf("%s: %s", name, groups)
		}
	}
}

// A list by what no index has is filled from the latest issues, and where those lack some, such as what nobody has touched for long, by
// what its groups are of. Either way it is the list that reading all issues gives.
func TestAllIssues_AreTheSameWhereverTheyAreFound(t *testing.T) {
	t.Parallel()
	h := setup(t)
	random := rand.New(rand.NewPCG(11, 0))
	web := h.openTeam(t, "WEB")
	teams := []uuid.UUID{h.team, h.private, web}
	var issues, relations []Ref
	var done []Result
	pick := func() Ref { return issues[random.IntN(len(issues))] }
	label, project := NewRef("label", newID()), NewRef("project", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: label, Set: map[string]any{"name": "old", "color": "#112233"}})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: project, Set: map[string]any{"name": "Moon"}})
	for range 80 {
		h.shift(t, random, teams, &issues, &relations, &done, pick)
	}
	for range 6 {
		h.push(t, h.ann, h.annsTab, Operation{Op: Add, Record: pick(), Field: "labels", Value: string(label)})
		h.push(t, h.ann, h.annsTab, setField(pick(), h.head(t), "project", string(project)))
		h.push(t, h.ann, h.annsTab, setField(pick(), h.head(t), "priority", 1))
		h.push(t, h.ann, h.annsTab, setField(pick(), h.head(t), "assignee", string(NewRef("member", h.ben.Member))))
	}
	for range 15 {
		h.push(t, h.ann, h.annsTab, setField(pick(), h.head(t), "title", fmt.Sprint("Touched ", random.Int())))
		for _, group := range []string{"assignee", "priority", "label", "project"} {
			for _, actor := range []Actor{h.ann, h.ben} {
				for _, terms := range [][]string{nil, {"-status:doing"}, {"team:WEB"}} {
					options := ListOptions{Layout: Layout{Group: group}, Terms: terms}
					whole := options // a filter that lets all through, under which nothing is remembered
					whole.Terms = append([]string{"-creator:none"}, terms...)
					want, err := h.AllIssues(t.Context(), actor, whole)
					must(t, err)
					for _, h.latest = range []int32{1, 4, 4, 12, 1000} {
						got, err := h.AllIssues(t.Context(), actor, options)
						must(t, err)
						if diff := cmp.Diff(want.Groups, got.Groups, cmp.AllowUnexported(IssueRow{})); diff != "" {
							t.Fatal(group, terms, h.latest, diff)
						}
					}
				}
			}
		}
	}
}
