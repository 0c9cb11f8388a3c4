package handlers

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// showTransactionFragment is the card of one's own transaction that was refused, from its stored result.
func (s *Server) showTransactionFragment(c echo.Context, v visit) error {
	ctx := c.Request().Context()
	id, err := uuid.Parse(c.Param("id"))
	if err != nil {
		return errNotThere
	}
	refusal, err := s.engine.Refusal(ctx, v.Actor, id)
	if err != nil {
		return err
	}
	snapshot, err := s.engine.Look(ctx, v.Actor)
	if err != nil {
		return err
	}
	if refusal.Status != sync.InConflict {
		return s.page(c, http.StatusOK, snapshot, views.RefusalCard(refusalData(refusal)))
	}
	data, err := s.conflictData(ctx, v, snapshot, refusal.Conflicts, refusal.Request)
	if err != nil {
		return err
	}
	data.Transaction = id.String()
	for i := range data.Ways {
		data.Ways[i].Resolves = data.Transaction
	}
	return s.page(c, http.StatusOK, snapshot, views.ConflictCard(s.place(v), data))
}

// undo takes back one of the author's own transactions.
func (s *Server) undo(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	of, err := uuid.Parse(f.Get("transaction"))
	if err != nil {
		return errNotThere
	}
	result, err := s.apply(c.Request().Context(), v, f, "Undo", []sync.Operation{{Op: sync.Undo, Transaction: of, Partial: f.Get("partial") != ""}})
	if err != nil {
		return s.refused(c, v, f, "Undo", err)
	}
	if fromHTMX(c) {
		return seeOther(c, pageBehind(c))
	}
	text, err := s.undone(c.Request().Context(), v, result)
	if err != nil {
		return err
	}
	setFlash(c, text, result.ID)
	return c.Redirect(http.StatusSeeOther, back(c, v.slug.Home("", "")))
}

// undone says what an undo did, and names the issues that a partial one has left as others made them.
func (s *Server) undone(ctx context.Context, v visit, result sync.Result) (string, error) {
	var kept []sync.Ref
	for _, notice := range result.Notices {
		if notice.Code == "not_undone" {
			kept = append(kept, notice.Record)
		}
	}
	if len(kept) == 0 {
		return said("Undo", result), nil
	}
	snapshot, err := s.engine.Look(ctx, v.Actor)
	if err != nil {
		return "", err
	}
	keys, err := s.issueKeys(ctx, v, named{snapshot}, kept)
	if err != nil || len(keys) == 0 {
		return "Undo: done but for what others have changed since.", err
	}
	return "Undo: done. As others have made them since stay: " + strings.Join(slices.Sorted(maps.Values(keys)), ", ") + ".", nil
}

// refusalData keeps what its author typed, with what is wrong with each.
func refusalData(r sync.Refusal) views.RefusalData {
	d := views.RefusalData{Transaction: r.ID.String(), Label: or(r.Label, "Change")}
	var fields map[string]string
	if r.Error != nil {
		d.Code, d.Text, fields = r.Error.Code, r.Error.Text, r.Error.Fields
	}
	for _, op := range r.Request {
		if op.Text != nil {
			d.Typed = append(d.Typed, views.TypedText{Field: fieldName(op.Field), Text: *op.Text, Error: fields[op.Field]})
		}
		for _, name := range typedControls {
			if text, isText := op.Set[name].(string); isText && text != "" {
				d.Typed = append(d.Typed, views.TypedText{Field: fieldName(name), Text: text, Error: fields[name]})
			}
		}
	}
	return d
}
