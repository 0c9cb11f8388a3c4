package handlers

import (
	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// createMilestone makes a milestone of the project whose page the form stands on.
func (s *Server) createMilestone(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	project := sync.Ref(f.Get("project")).ID()
	_, result, err := s.create(c.Request().Context(), v, f, "milestone", "Create milestone", f.given("project", "name", "date", "position"))
	if err == nil {
		return s.wroteSetting(c, v.slug.Project(project.String(), views.Query{}), "Create milestone", result)
	}
	fields, mendable := wrongFields(err)
	if !mendable || project == uuid.Nil {
		return s.refused(c, v, f, "Create milestone", err)
	}
	draft := views.Draft{Text: f.text("name"), Error: firstOf(fields)}
	return s.projectAgain(c, v, project, func(d *views.ProjectData) templ.Component {
		d.MilestoneDraft = draft
		return views.MilestoneForm(s.place(v), *d)
	})
}

// setMilestone takes the form of one write to a milestone: its fields, or its way into the trash and back.
func (s *Server) setMilestone(noun string) memberHandler {
	return s.setNamed("milestone", noun, []string{"name", "date", "position"}, func(v visit, _ form) string { return v.slug.Projects("") })
}

func milestoneData(m sync.MilestoneName) views.Milestone {
	return views.Milestone{ID: idOf(m.ID), Project: idOf(m.Project), Name: m.Name}
}

// milestone leaves out what lies in the trash, or is of another project than the issue's.
func (n named) milestone(id, project uuid.UUID) views.Milestone {
	found, known := n.Milestone(id)
	if !known || found.Project != project {
		return views.Milestone{}
	}
	return milestoneData(found)
}

// milestones are those of a project; the zero id asks for those of all.
func (n named) milestones(project uuid.UUID) []views.Milestone {
	var milestones []views.Milestone
	for _, m := range n.Milestones(project) {
		milestones = append(milestones, milestoneData(m))
	}
	return milestones
}
