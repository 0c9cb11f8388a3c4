package sync

import (
	"slices"
	"testing"

	"github.com/google/uuid"
)

// project makes one as ann; the zero team is the whole workspace.
func (h *house) project(t testing.TB, name string, team uuid.UUID, change ...func(map[string]any)) Ref {
	t.Helper()
	ref := NewRef("project", newID())
	set := map[string]any{"name": name}
	if team != uuid.Nil {
		set["team"] = string(NewRef("team", team))
	}
	for _, f := range change {
		f(set)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: ref, Set: set})
	return ref
}

func (h *house) milestone(t testing.TB, project Ref, name string) Ref {
	t.Helper()
	ref := NewRef("milestone", newID())
	h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: ref, Set: map[string]any{"project": string(project), "name": name}})
	return ref
}

// belongs are an issue's project and milestone as a reader pulls them.
func (h *house) belongs(t testing.TB, actor Actor, issue Ref) [2]any {
	t.Helper()
	var fresh replica
	fresh.pull(t, h, actor, PullMost)
	fields := fresh.records[issue].Fields
	return [2]any{fields["project"], fields["milestone"]}
}

// wantBelongs checks what ann pulls; "" is none.
func (h *house) wantBelongs(t testing.TB, issue, project, milestone Ref) {
	t.Helper()
	want := [2]any{}
	for i, ref := range []Ref{project, milestone} {
		if ref != "" {
			want[i] = string(ref)
		}
	}
	wantSame(t, "project and milestone", want, h.belongs(t, h.ann, issue))
}

// wantRefused checks that a transaction is refused with a code, because of a field where one is named.
func (h *house) wantRefused(t testing.TB, actor Actor, tab uuid.UUID, code, field string, ops ...Operation) {
	t.Helper()
	result := h.push(t, actor, tab, ops...)
	if result.Status != Rejected || result.Error.Code != code || field != "" && result.Error.Fields[field] == "" {
		t.Errorf("%s %+v, not %s of %q", result.Status, result.Error, code, field)
	}
}

func TestProject(t *testing.T) {
	t.Parallel()

	t.Run("an issue goes into one, below one of its milestones, and another project leaves the milestone behind", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch, rework := h.project(t, "Launch", uuid.Nil), h.project(t, "Rework", h.team)
		beta, draft := h.milestone(t, launch, "Beta"), h.milestone(t, rework, "Draft")
		issue, at := h.issue(t, "Fix login", having("project", string(launch)), having("milestone", string(beta)))
		h.wantBelongs(t, issue, launch, beta)
		h.wantRefused(t, h.ann, h.annsTab, CodeInvalid, "milestone", setField(issue, at, "milestone", string(draft)))
		moved := h.applied(t, h.ann, h.annsTab, setField(issue, at, "project", string(rework)))
		h.wantBelongs(t, issue, rework, "")
		h.applied(t, h.ann, h.annsTab, setField(issue, moved.Version, "milestone", string(draft)))
		h.wantBelongs(t, issue, rework, draft)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Set, Record: issue, Base: &moved.Version, Set: map[string]any{"project": string(launch), "milestone": string(beta)}})
		h.wantBelongs(t, issue, launch, beta)
	})

	t.Run("undone, the change of project brings the milestone back", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch, rework := h.project(t, "Launch", uuid.Nil), h.project(t, "Rework", h.team)
		beta := h.milestone(t, launch, "Beta")
		issue, at := h.issue(t, "Fix login", having("project", string(launch)), having("milestone", string(beta)))
		id := newID()
		h.send(t, h.ann, h.annsTab, Transaction{ID: id, Ops: []Operation{setField(issue, at, "project", string(rework))}})
		h.wantBelongs(t, issue, rework, "")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: id})
		h.wantBelongs(t, issue, launch, beta)
	})

	t.Run("in the trash it reads as absent, and comes back with its issues", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch := h.project(t, "Launch", uuid.Nil)
		beta := h.milestone(t, launch, "Beta")
		issue, at := h.issue(t, "Fix login", having("project", string(launch)), having("milestone", string(beta)))
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: launch})
		if got := h.belongs(t, h.ann, issue)[0]; got != nil {
			t.Errorf("the issue is in %v", got)
		}
		look, err := h.Look(t.Context(), h.ann)
		must(t, err)
		_, live := look.Milestone(beta.ID())
		if live || len(look.Milestones(launch.ID())) > 0 || len(look.TrashedProjects()) != 1 {
			t.Error("its milestones live on, or it is not in the trash")
		}
		other, _ := h.issue(t, "Another")
		h.wantRefused(t, h.ann, h.annsTab, CodeDeleted, "", setField(other, at, "project", string(launch)))
		h.wantRefused(t, h.ann, h.annsTab, CodeDeleted, "", Operation{Op: Create, Record: NewRef("milestone", newID()), Set: map[string]any{"project": string(launch), "name": "Late"}})
		h.applied(t, h.ann, h.annsTab, Operation{Op: Restore, Record: launch})
		h.wantBelongs(t, issue, launch, beta)
	})

	t.Run("of another team it takes no issue, and is left by one that changes team", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		web := h.openTeam(t, "WEB")
		ours, all := h.project(t, "Rework", h.team), h.project(t, "Launch", uuid.Nil)
		draft, beta := h.milestone(t, ours, "Draft"), h.milestone(t, all, "Beta")
		theirs, at := h.issueIn(t, web, "Elsewhere")
		h.wantRefused(t, h.ann, h.annsTab, CodeInvalid, "project", setField(theirs, at, "project", string(ours)))
		one, _ := h.issue(t, "Of the team", having("project", string(ours)), having("milestone", string(draft)))
		two, at := h.issue(t, "Of all", having("project", string(all)), having("milestone", string(beta)))
		id := newID()
		h.send(t, h.ann, h.annsTab, Transaction{ID: id, Ops: []Operation{toTeam(one, at, web), toTeam(two, at, web)}})
		h.wantBelongs(t, one, "", "")
		h.wantBelongs(t, two, all, beta)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: id})
		h.wantBelongs(t, one, ours, draft)
	})

	t.Run("a sub-issue begins in its parent's, unless it says otherwise", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch := h.project(t, "Launch", uuid.Nil)
		parent, _ := h.issue(t, "Parent", having("project", string(launch)))
		heir, _ := h.issue(t, "Heir", having("parent", string(parent)))
		h.wantBelongs(t, heir, launch, "")
		free, _ := h.issue(t, "Free", having("parent", string(parent)), having("project", nil))
		h.wantBelongs(t, free, "", "")
	})

	t.Run("its description merges, and its dates and people must make sense", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch := h.project(t, "Launch", h.private, having("description", "one\ntwo\nthree\n"), having("start", "2026-03-01"))
		from, at := "one\ntwo\nthree\n", h.at(t)
		first, second := "ONE\ntwo\nthree\n", "one\ntwo\nTHREE\n"
		h.applied(t, h.ann, h.annsTab, Operation{Op: Text, Record: launch, Base: &at, Field: "description", From: &from, Text: &first})
		h.applied(t, h.ann, newID(), Operation{Op: Text, Record: launch, Base: &at, Field: "description", From: &from, Text: &second})
		page, err := h.Project(t.Context(), h.ann, launch.ID(), ProjectOptions{})
		must(t, err)
		wantSame(t, "description", "ONE\ntwo\nTHREE\n", page.Description)
		h.wantRefused(t, h.ann, h.annsTab, CodeInvalid, "target", setField(launch, h.at(t), "target", "2026-02-01"))
		h.wantRefused(t, h.ann, h.annsTab, CodeInvalid, "lead", setField(launch, h.at(t), "lead", string(h.ref(h.ben))))
		h.wantRefused(t, h.ann, h.annsTab, CodeInvalid, "members", member(Add, launch, "members", h.ref(h.ben)))
		h.wantRefused(t, h.ann, h.annsTab, CodeInvalid, "name", Operation{Op: Create, Record: NewRef("project", newID()), Set: map[string]any{}})
		h.applied(t, h.ann, h.annsTab, setField(launch, h.at(t), "lead", string(h.ref(h.ann))), member(Add, launch, "members", h.ref(h.ann)))
	})
}

// at is the head of the log.
func (h *house) at(t testing.TB) int64 {
	t.Helper()
	look, err := h.Look(t.Context(), h.ann)
	must(t, err)
	return look.Version
}

func TestS44_WhoSeesAProject(t *testing.T) {
	t.Parallel()
	h := setup(t)
	secret, all, ours := h.project(t, "Vault", h.private), h.project(t, "Launch", uuid.Nil), h.project(t, "Rework", h.team)
	beta := h.milestone(t, all, "Beta")
	h.issueIn(t, h.private, "Hidden", having("project", string(all)))
	issue, at := h.issue(t, "Fix login", having("project", string(all)), having("milestone", string(beta)))

	for name, reader := range map[string]struct {
		actor Actor
		tab   uuid.UUID
		sees  []Ref
	}{
		"an admin of all teams": {h.ann, h.annsTab, []Ref{all, ours, secret}},
		"a member":              {h.ben, h.bensTab, []Ref{all, ours}},
		"a guest":               {h.cleo, newID(), []Ref{ours}},
	} {
		var fresh replica
		fresh.pull(t, h, reader.actor, PullMost)
		list, err := h.Projects(t.Context(), reader.actor, false)
		must(t, err)
		for _, project := range []Ref{secret, all, ours} {
			seen := slices.Contains(reader.sees, project)
			_, pulled := fresh.records[project]
			listed := slices.ContainsFunc(list.Projects, func(p ProjectName) bool { return p.ID == project.ID() })
			_, err := h.Project(t.Context(), reader.actor, project.ID(), ProjectOptions{})
			if pulled != seen || listed != seen || (err == nil) != seen {
				t.Errorf("%s and %s: pulled %v, listed %v, opened %v", name, project, pulled, listed, err)
			}
			if !seen {
				h.wantRefused(t, reader.actor, reader.tab, CodeNotFound, "", setField(issue, at, "project", string(project)))
				h.wantRefused(t, reader.actor, reader.tab, CodeNotFound, "", Operation{Op: Delete, Record: project})
			}
		}
	}
	wantSame(t, "to a guest the issue", [2]any{}, h.belongs(t, h.cleo, issue))
	h.wantRefused(t, h.cleo, newID(), CodeForbidden, "", setField(ours, h.at(t), "name", "Mine"))

	page, err := h.Project(t.Context(), h.ben, all.ID(), ProjectOptions{})
	must(t, err)
	if page.Reached.Issues.Scope != 1 || len(page.Teams) != 1 {
		t.Errorf("a member is told of an issue that is hidden from them: %+v %v", page.Reached, page.Teams)
	}
}

func TestS44_AStreamNamesNoProject(t *testing.T) {
	t.Parallel()
	h := setup(t)
	s := h.watch(t, h.Engine, h.cleo, nil)
	h.project(t, "Launch", uuid.Nil)
	if event := next(t, s); len(event.Records) > 0 || !slices.Contains(event.Topics, topicVocabulary) {
		t.Errorf("a guest is told of %v", event)
	}
}

func TestProject_HowFarItHasCome(t *testing.T) {
	t.Parallel()
	h := setup(t)
	launch := h.project(t, "Launch", uuid.Nil)
	beta := h.milestone(t, launch, "Beta")
	in := having("project", string(launch))
	h.issue(t, "One", in, having("status", string(h.done)), having("estimate", 3), having("milestone", string(beta)))
	h.issue(t, "Two", in, having("status", string(h.doing)), having("estimate", 2), having("milestone", string(beta)))
	three, _ := h.issue(t, "Three", in)
	page, err := h.Project(t.Context(), h.ann, launch.ID(), ProjectOptions{})
	must(t, err)
	wantSame(t, "the whole", Reached{Extent{3, 1, 1}, Extent{5, 2, 3}}, page.Reached)
	wantSame(t, "its milestones", map[uuid.UUID]Reached{beta.ID(): {Extent{2, 1, 1}, Extent{5, 2, 3}}, uuid.Nil: {Extent{1, 0, 0}, Extent{}}}, page.Milestones)
	if len(page.Issues) != 2 || page.Issues[0].ID != three.ID() {
		t.Errorf("open issues: %v", page.Issues)
	}
	head, err := h.Project(t.Context(), h.ann, launch.ID(), ProjectOptions{Only: ProjectHead})
	must(t, err)
	list, err := h.Project(t.Context(), h.ann, launch.ID(), ProjectOptions{Only: ProjectIssues})
	must(t, err)
	wantSame(t, "the head alone", page.Reached, head.Reached)
	wantSame(t, "the issues alone", len(page.Issues), len(list.Issues))
	if len(head.Issues) > 0 || list.Reached != (Reached{}) {
		t.Error("a part was read that nobody asked for")
	}
	below := beta.ID()
	closed, err := h.Project(t.Context(), h.ann, launch.ID(), ProjectOptions{Closed: true, Milestone: &below})
	must(t, err)
	if len(closed.Issues) != 1 || closed.Issues[0].Title != "One" {
		t.Errorf("closed issues of the milestone: %v", closed.Issues)
	}
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: beta})
	page, err = h.Project(t.Context(), h.ann, launch.ID(), ProjectOptions{Milestone: &uuid.Nil})
	must(t, err)
	if len(page.Issues) != 2 || page.Milestones[uuid.Nil].Issues.Scope != 3 {
		t.Errorf("without the milestone: %v %v", page.Issues, page.Milestones)
	}
}

func TestProject_FilterAndGroups(t *testing.T) {
	t.Parallel()
	h := setup(t)
	launch, gone := h.project(t, "Big launch", uuid.Nil), h.project(t, "Gone", h.team)
	h.issue(t, "In it", having("project", string(launch)))
	h.issue(t, "In the trash", having("project", string(gone)))
	h.issue(t, "In none")
	h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
	titles := func(actor Actor, options ListOptions) map[uuid.UUID][]string {
		found, err := h.TeamIssues(t.Context(), actor, "ENG", options)
		must(t, err)
		groups := map[uuid.UUID][]string{}
		for _, g := range found.Groups {
			for _, issue := range g.Issues {
				groups[g.ID] = append(groups[g.ID], issue.Title)
			}
			slices.Sort(groups[g.ID])
		}
		return groups
	}
	flat := Layout{Group: "none"}
	for term, want := range map[string][]string{
		"project:big-launch":          {"In it"},
		"project:" + launch.uuid():    {"In it"},
		"project:none":                {"In none", "In the trash"},
		"-project:none":               {"In it"},
		"-project:big-launch":         {"In none", "In the trash"},
		"project:" + gone.uuid():      nil,
		"project:" + newID().String(): nil,
	} {
		wantSame(t, term, want, titles(h.ann, ListOptions{Terms: []string{term}, Layout: flat})[uuid.Nil])
	}
	wantSame(t, "a guest by its id", []string(nil), titles(h.cleo, ListOptions{Terms: []string{"project:" + launch.uuid()}, Layout: flat})[uuid.Nil])
	wantSame(t, "groups", map[uuid.UUID][]string{launch.ID(): {"In it"}, uuid.Nil: {"In none", "In the trash"}}, titles(h.ann, ListOptions{Layout: Layout{Group: "project"}}))
	wantSame(t, "a guest's groups", map[uuid.UUID][]string{uuid.Nil: {"In it", "In none", "In the trash"}}, titles(h.cleo, ListOptions{Layout: Layout{Group: "project"}}))
}

func (r Ref) uuid() string { return r.ID().String() }
