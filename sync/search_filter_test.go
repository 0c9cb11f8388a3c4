package sync

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"
)

// found is what a search shows somebody: issues, comments and projects, by title, text and name.
func (h *house) found(t testing.TB, actor Actor, text string, terms ...string) []string {
	t.Helper()
	page, err := h.Search(t.Context(), actor, text, "", terms...)
	must(t, err)
	titles := []string{}
	for _, hit := range page.Issues {
		titles = append(titles, hit.Title)
	}
	for _, hit := range page.Comments {
		titles = append(titles, "on "+hit.Issue.Title)
	}
	for _, hit := range page.Projects {
		titles = append(titles, "project "+hit.Name)
	}
	slices.Sort(titles)
	return titles
}

func TestSearch_FiltersNarrowIssuesAndWhatWasSaidOnThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	bug := NewRef("label", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: bug, Set: map[string]any{"name": "Bug", "color": "#dd3333"}})
	project := h.project(t, "Harbour walls", h.team)
	h.project(t, "Harbour of all", uuid.Nil)
	mine, _ := h.issue(t, "Harbour one", func(set map[string]any) {
		set["assignee"], set["labels"], set["priority"] = string(NewRef("member", h.ann.Member)), []string{string(bug)}, 1
	})
	plain, _ := h.issue(t, "Lantern", func(set map[string]any) { set["status"], set["project"] = string(h.doing), string(project) })
	h.issueIn(t, h.private, "Harbour hidden", func(set map[string]any) { set["assignee"] = string(NewRef("member", h.ann.Member)) })
	h.applied(t, h.ann, h.annsTab, comment(mine, NewRef("comment", newID()), "The harbour is shut"), comment(plain, NewRef("comment", newID()), "Harbour too"))

	all := []string{"Harbour one", "on Harbour one", "on Lantern", "project Harbour of all", "project Harbour walls"}
	for _, c := range []struct {
		terms []string
		want  []string
	}{
		{nil, all},
		{[]string{"assignee:ann"}, []string{"Harbour one", "on Harbour one"}},
		{[]string{"assignee:none"}, []string{"on Lantern"}},
		{[]string{"-label:bug"}, []string{"on Lantern"}},
		{[]string{"status:todo", "priority:urgent"}, []string{"Harbour one", "on Harbour one"}},
		{[]string{"status:doing"}, []string{"on Lantern"}},
		{[]string{"project:harbour-walls"}, []string{"on Lantern"}},
		{[]string{"project:none"}, []string{"Harbour one", "on Harbour one"}},
		{[]string{"creator:ben"}, []string{}},
		{[]string{"team:eng"}, []string{"Harbour one", "on Harbour one", "on Lantern", "project Harbour walls"}},
		{[]string{"-team:eng"}, []string{"project Harbour of all"}},
		{[]string{"team:sec"}, []string{}},
		{[]string{"label:nonsense"}, []string{}},
	} {
		wantSame(t, fmt.Sprintf("found by %q", c.terms), c.want, h.found(t, h.ben, "harbour", c.terms...))
	}
	wantSame(t, "what ann finds", []string{"Harbour hidden", "Harbour one", "on Harbour one"}, h.found(t, h.ann, "harbour", "assignee:me"))
}

func TestSearch_FindsProjectsByNameAndTextWhereTheReaderSeesThem(t *testing.T) {
	t.Parallel()
	h := setup(t)
	h.project(t, "Kayak club", h.team)
	h.project(t, "Boats", uuid.Nil, func(set map[string]any) { set["description"] = "All about the kayaks of the north" })
	h.project(t, "Kayak spies", h.private)
	h.project(t, "Old kayaks", h.team, func(set map[string]any) { set["state"] = "completed" })
	gone := h.project(t, "Kayak wreck", h.team)
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})

	for who, want := range map[Actor][]string{
		h.ann:  {"project Boats", "project Kayak club", "project Kayak spies", "project Old kayaks"},
		h.ben:  {"project Boats", "project Kayak club", "project Old kayaks"},
		h.cleo: {"project Kayak club", "project Old kayaks"}, // those of the workspace are no guest's
	} {
		wantSame(t, "what is found", want, h.found(t, who, "kayak"))
	}
	page, err := h.Search(t.Context(), h.ben, "kayak", "")
	must(t, err)
	order := []string{}
	for _, hit := range page.Projects {
		order = append(order, hit.Name)
	}
	wantSame(t, "the order: those whose name it is, going on before ended", []string{"Kayak club", "Old kayaks", "Boats"}, order)
	if want := "All about the " + MarkStart + "kayaks" + MarkEnd + " of the north"; page.Projects[2].Snippet != want {
		t.Errorf("the snippet is %q", page.Projects[2].Snippet)
	}
}
