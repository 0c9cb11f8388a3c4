package handlers

import (
	"context"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showVocabularyFragment is every name and icon that a page may have to show before the server has drawn it.
func (s *Server) showVocabularyFragment(c echo.Context, v visit) error {
	fresh, err := s.freshness(c.Request().Context(), v, "vocabulary")
	if err != nil {
		return err
	}
	return s.fragment(c, fragment{fresh: fresh, name: "vocabulary " + v.Workspace.String(), draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		snapshot, err := s.engine.Look(ctx, v.Actor)
		if err != nil {
			return snapshot, nil, err
		}
		return snapshot, views.Vocabulary(s.place(v), named{snapshot}.vocabulary()), nil
	}})
}

func (n named) vocabulary() views.VocabularyData {
	d := views.VocabularyData{Region: views.Region{Topics: []string{"vocabulary"}, Version: n.Version}, Teams: n.teams(),
		Members: n.members(n.Members()), Labels: n.labelsOf(uuid.Nil),
		Projects: n.openProjects(uuid.Nil, uuid.Nil), Milestones: n.milestones(uuid.Nil)}
	for _, team := range n.Teams() {
		d.Statuses = append(d.Statuses, n.statuses(team.ID)...)
		d.Cycles = append(d.Cycles, n.openCycles(team.ID, uuid.Nil)...)
	}
	return d
}
