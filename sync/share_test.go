package sync

import (
	"slices"
	"testing"

	"github.com/google/uuid"
)

func TestShare(t *testing.T) {
	t.Parallel()

	t.Run("shows an issue to whoever has the link, until it is revoked", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		token, err := h.Share(t.Context(), h.ann, h.annsTab, issue, "", nil)
		must(t, err)
		page, err := h.Shared(t.Context(), token)
		must(t, err)
		if page.Issue == nil || page.Issue.Title != "Fix login" || len(page.Origins) != 0 {
			t.Errorf("%+v", page)
		}
		shares := h.page(t, issue).Shares
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: NewRef("share", shares[0].ID)})
		_, err = h.Shared(t.Context(), token)
		wantCode(t, err, CodeNotFound)
	})

	t.Run("shows a list as it is filtered, and its V never falls", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		urgent, _ := h.issue(t, "Urgent", func(set map[string]any) { set["priority"] = 1 })
		h.issue(t, "Calm")
		token, err := h.Share(t.Context(), h.ann, h.annsTab, NewRef("team", h.team), "f=priority:urgent", []string{"https://example.com"})
		must(t, err)
		before, err := h.Shared(t.Context(), token)
		must(t, err)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: urgent})
		after, err := h.Shared(t.Context(), token)
		must(t, err)
		if got := titles(before.Groups); !slices.Equal(got, []string{"Urgent"}) || len(titles(after.Groups)) != 0 || after.Version <= before.Version {
			t.Errorf("before %v at %d, after %v at %d", got, before.Version, titles(after.Groups), after.Version)
		}
	})

	t.Run("shows no more of a list than its maker saw there", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch, gone := h.project(t, "Launch", uuid.Nil), h.project(t, "Gone", uuid.Nil)
		h.issue(t, "In it", having("project", string(launch)))
		h.issue(t, "In the trash", having("project", string(gone)))
		h.issue(t, "In none")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: gone})
		triage, _ := h.opened(t)
		h.issue(t, "Not looked at", having("status", string(triage)))
		for filter, want := range map[string][]string{
			"":                  {"In it", "In none", "In the trash"},
			"f=status:triage":   {"Not looked at"},
			"f=project:launch":  {"In it"},
			"f=-project:launch": {"In none", "In the trash"},
			"f=project:none":    {"In none", "In the trash"},
			"f=-project:none":   {"In it"},
		} {
			token, err := h.Share(t.Context(), h.ann, h.annsTab, NewRef("team", h.team), filter, nil)
			must(t, err)
			page, err := h.Shared(t.Context(), token)
			must(t, err)
			got := titles(page.Groups)
			slices.Sort(got)
			wantSame(t, filter, want, got)
			if !page.Guest() {
				t.Errorf("%q: a stranger has more rights than a guest", filter)
			}
		}
	})

	t.Run("shows how far a project of a team has come, with its open issues, until it is in the trash", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		launch, other := h.project(t, "Launch", h.team), h.project(t, "Other", h.team)
		done, base := h.issue(t, "Done", having("project", string(launch)))
		open, _ := h.issue(t, "Open", having("project", string(launch)))
		h.issue(t, "Elsewhere", having("project", string(other)))
		token, err := h.Share(t.Context(), h.ann, h.annsTab, launch, "f=status:todo", nil)
		must(t, err)
		watch, _, err := h.WatchShare(t.Context(), token)
		must(t, err)
		defer watch.Close()
		watch.Take() // what may have changed before
		h.applied(t, h.ann, h.annsTab, setField(done, base, "status", string(h.status("Done"))))
		<-watch.Ready()
		page, err := h.Shared(t.Context(), token)
		must(t, err)
		want := Extent{Scope: 2, Done: 1}
		if page.Project == nil || page.Project.Name != "Launch" || page.Project.Reached.Issues != want || len(page.Project.Issues) != 1 || page.Project.Issues[0].ID != open.ID() {
			t.Errorf("%+v", page.Project)
		}
		watch.Take()
		h.applied(t, h.ann, h.annsTab, setField(launch, page.Project.ProjectName.Version, "name", "Lift-off"))
		<-watch.Ready()
		if page, err = h.Shared(t.Context(), token); err != nil || page.Project.Name != "Lift-off" {
			t.Errorf("%+v %v", page.Project, err)
		}
		for of, want := range map[Ref]int{launch: 1, other: 0} {
			id := of.ID()
			shares, err := h.ListShares(t.Context(), h.ann, h.team, &id)
			if err != nil || len(shares) != want {
				t.Errorf("%d shares of %s, %v", len(shares), of, err)
			}
		}
		if shares, err := h.ListShares(t.Context(), h.ann, h.team, nil); err != nil || len(shares) != 0 {
			t.Errorf("%d of lists, %v", len(shares), err)
		}
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: launch})
		_, err = h.Shared(t.Context(), token)
		wantCode(t, err, CodeNotFound)
	})

	t.Run("is not of the whole workspace's projects, nor of those that one does not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		_, err := h.Share(t.Context(), h.ann, h.annsTab, h.project(t, "All hands", uuid.Nil), "", nil)
		wantCode(t, err, CodeForbidden)
		_, err = h.Share(t.Context(), h.ben, h.bensTab, h.project(t, "Secret", h.private), "", nil)
		wantCode(t, err, CodeNotFound)
		_, err = h.Share(t.Context(), h.cleo, newID(), h.project(t, "Launch", h.team), "", nil)
		wantCode(t, err, CodeForbidden)
	})

	t.Run("nobody is 'me' to a stranger", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		h.issue(t, "Unassigned")
		token, err := h.Share(t.Context(), h.ann, h.annsTab, NewRef("team", h.team), "f=assignee:me", nil)
		must(t, err)
		page, err := h.Shared(t.Context(), token)
		must(t, err)
		if got := titles(page.Groups); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})

	t.Run("is not for guests, nor for what one does not see", func(t *testing.T) {
		t.Parallel()
		h := setup(t)
		issue, _ := h.issue(t, "Fix login")
		_, err := h.Share(t.Context(), h.cleo, newID(), issue, "", nil)
		wantCode(t, err, CodeForbidden)
		_, err = h.Share(t.Context(), h.ben, h.bensTab, NewRef("team", h.private), "", nil)
		wantCode(t, err, CodeNotFound)
	})
}

func titles(groups []IssueGroup) []string {
	var all []string
	for _, group := range groups {
		for _, row := range group.Issues {
			all = append(all, row.Title)
		}
	}
	return all
}
