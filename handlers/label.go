package handlers

import (
	"context"
	"net/http"

	"github.com/a-h/templ"
	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

func (s *Server) listLabels(c echo.Context, v visit) error {
	return s.labelPage(c, v, http.StatusOK, nil)
}

func (s *Server) labelPage(c echo.Context, v visit, status int, with func(*views.LabelSettingsData)) error {
	page, snapshot, err := s.look(c, v, "Labels", "settings")
	if err != nil {
		return err
	}
	data := views.LabelSettingsData{List: named{snapshot}.labelList(page.TX), Draft: views.Label{Color: "#6b7280"}, TX: page.TX}
	if with != nil {
		with(&data)
	}
	return s.page(c, status, snapshot, views.LabelSettingsPage(page, data))
}

func (s *Server) listLabelsFragment(c echo.Context, v visit) error {
	fresh, err := s.freshness(c.Request().Context(), v, "vocabulary")
	if err != nil {
		return err
	}
	return s.fragment(c, fragment{fresh: fresh, name: "labels " + v.Workspace.String(), draw: func(ctx context.Context) (sync.Snapshot, templ.Component, error) {
		snapshot, err := s.engine.Look(ctx, v.Actor)
		if err != nil {
			return snapshot, nil, err
		}
		return snapshot, views.LabelList(s.place(v), named{snapshot}.labelList("")), nil
	}})
}

func (s *Server) createLabel(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	_, result, err := s.create(c.Request().Context(), v, f, "label", "Create label", f.given("name", "color", "team", "group"))
	if err == nil {
		return s.wroteSetting(c, v.slug.LabelSettings(), "Create label", result)
	}
	fields, mendable := wrongFields(err)
	if !mendable {
		return s.refused(c, v, f, "Create label", err)
	}
	draft := views.Label{Name: f.text("name"), Color: f.Get("color"), Team: idOf(sync.Ref(f.Get("team")).ID())}
	if !fromHTMX(c) {
		return s.labelPage(c, v, http.StatusUnprocessableEntity, func(d *views.LabelSettingsData) { d.Draft, d.Error = draft, firstOf(fields) })
	}
	snapshot, err := s.engine.Look(c.Request().Context(), v.Actor)
	if err != nil {
		return err
	}
	return s.html(c, http.StatusUnprocessableEntity, views.LabelForm(s.place(v),
		views.LabelSettingsData{List: named{snapshot}.labelList(""), Draft: draft, Error: firstOf(fields)}))
}

// setLabel takes the form of one write to a label: its fields, or its way into the trash and back.
func (s *Server) setLabel(noun string) memberHandler {
	return s.setNamed("label", noun, []string{"name", "color", "group"}, func(v visit, _ form) string { return v.slug.LabelSettings() })
}

// setNamed takes the form of a write to a label or status.
func (s *Server) setNamed(kind, noun string, fields []string, page func(visit, form) string) memberHandler {
	label := map[string]string{"": "Edit " + kind, "trash": "Delete " + kind, "restore": "Restore " + kind}[noun]
	return func(c echo.Context, v visit) error {
		f, err := readForm(c)
		if err != nil {
			return err
		}
		id, err := uuid.Parse(c.Param("id"))
		if err != nil {
			return s.refused(c, v, f, label, errNotThere)
		}
		result, err := s.apply(c.Request().Context(), v, f, label, f.namedOps(noun, sync.NewRef(kind, id), fields))
		if err != nil {
			return s.refused(c, v, f, label, err)
		}
		return s.wroteSetting(c, page(v, f), label, result)
	}
}

func (f form) namedOps(noun string, record sync.Ref, fields []string) []sync.Operation {
	switch noun {
	case "trash":
		return []sync.Operation{{Op: sync.Delete, Record: record}}
	case "restore":
		return []sync.Operation{{Op: sync.Restore, Record: record}}
	}
	return f.set(record, fields...)
}

func (n named) labelList(tx string) views.LabelListData {
	d := views.LabelListData{Region: views.Region{Topics: []string{"vocabulary"}, Version: n.Version}, Teams: n.teams(), ReadOnly: n.Guest(), TX: tx}
	for _, label := range n.Labels(uuid.Nil) {
		d.Labels = append(d.Labels, views.LabelItem{Label: labelOf(label), Version: label.Version})
	}
	return d
}
