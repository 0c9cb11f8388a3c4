package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
)

// form is what a form sent. Its controls are named as the protocol's fields and hold the protocol's values, so that
// one mapping serves them all.
type form struct {
	url.Values
	tx      uuid.UUID // the transaction's id: the page's, or a new one
	counted bool      // the limit has counted what it does
}

func readForm(c echo.Context) (form, error) {
	if err := c.Request().ParseForm(); err != nil {
		if told, ok := errors.AsType[*sync.Error](err); ok {
			return form{}, told
		}
		if errors.Is(err, errTooSlow) {
			return form{}, err
		}
		return form{}, refuse(http.StatusBadRequest, sync.CodeMalformed, "This form cannot be read.")
	}
	return newForm(c.Request().PostForm), nil
}

func newForm(values url.Values) form {
	tx, err := uuid.Parse(values.Get("_tx"))
	if err != nil || tx == uuid.Nil {
		tx = uuid.Must(uuid.NewV7())
	}
	return form{Values: values, tx: tx}
}

// text is a control's text with the line breaks that were typed: browsers send each as CR LF.
func (f form) text(name string) string {
	return strings.ReplaceAll(f.Get(name), "\r\n", "\n")
}

// base is the version that the author saw, nil when the form does not say.
func (f form) base() *int64 {
	base, err := strconv.ParseInt(f.Get("_base"), 10, 64)
	if err != nil {
		return nil
	}
	return &base
}

// from is the text that the author started from, nil when the form does not say.
func (f form) from() *string {
	if !f.Has("_from") {
		return nil
	}
	from := f.text("_from")
	return &from
}

// value is what a control says for a field: an empty one is null, but for texts, and numbers are numbers. What is no
// number stays as typed, for the engine to refuse by name.
func (f form) value(name string) any {
	typed := f.text(name)
	switch name {
	case "title", "description", "body", "name", "group":
		return typed
	case "priority", "estimate", "position", "cycle_weeks", "cycle_day", "cycle_cooldown":
		if n, err := strconv.ParseInt(typed, 10, 64); err == nil {
			return n
		}
	case "labels", "allowed_origins":
		return present(f.Values[name])
	}
	if typed == "" {
		return nil
	}
	return typed
}

// present are the values that are not empty; never nil, which would be null.
func present(values []string) []string {
	left := []string{}
	for _, value := range values {
		if value != "" {
			left = append(left, value)
		}
	}
	return left
}

// fields are the values of those controls that the form has.
func (f form) fields(names ...string) map[string]any {
	set := map[string]any{}
	for _, name := range names {
		if f.Has(name) {
			set[name] = f.value(name)
		}
	}
	return set
}

// given are the fields that were filled in: for a new record the rest is the server's choice.
func (f form) given(names ...string) map[string]any {
	set := f.fields(names...)
	for name, value := range set {
		many, isSet := value.([]string)
		if value == nil || value == "" || isSet && len(many) == 0 {
			delete(set, name)
		}
	}
	return set
}

// The operations that forms make.

func (f form) set(record sync.Ref, fields ...string) []sync.Operation {
	return []sync.Operation{{Op: sync.Set, Record: record, Base: f.base(), Set: f.fields(fields...)}}
}

func (f form) edit(record sync.Ref, field string) []sync.Operation {
	text := f.text(field)
	return []sync.Operation{{Op: sync.Text, Record: record, Base: f.base(), From: f.from(), Field: field, Text: &text}}
}

func (f form) membership(record sync.Ref, field string) []sync.Operation {
	var ops []sync.Operation
	for _, value := range present(f.Values["remove"]) {
		ops = append(ops, sync.Operation{Op: sync.Remove, Record: record, Field: field, Value: value})
	}
	for _, value := range present(f.Values["add"]) {
		ops = append(ops, sync.Operation{Op: sync.Add, Record: record, Field: field, Value: value})
	}
	return ops
}

func (f form) move(record sync.Ref) []sync.Operation {
	set := f.given("status")
	for name, value := range f.fields("assignee", "priority", "project", "cycle") { // as the columns of a board name them
		kind, rest, _ := strings.Cut(fmt.Sprint(value), ":")
		switch {
		case kind == "priority":
			set[name] = form{Values: url.Values{name: {rest}}}.value(name)
		case rest == "" && kind != "":
			set[name] = nil
		case value != nil:
			set[name] = value
		}
	}
	return []sync.Operation{{Op: sync.Move, Record: record, Set: set, Before: sync.Ref(f.Get("before")), After: sync.Ref(f.Get("after"))}}
}

// apply does operations as one transaction of the form's page: sent twice it is done once.
func (s *Server) apply(ctx context.Context, v visit, f form, label string, ops []sync.Operation) (sync.Result, error) {
	if len(ops) == 0 {
		return sync.Result{}, refuse(http.StatusUnprocessableEntity, sync.CodeInvalid, "Nothing was chosen.")
	}
	if !f.counted {
		if err := s.limit.take(v.person.ID, 1); err != nil {
			return sync.Result{}, err
		}
	}
	return s.engine.Apply(ctx, v.Actor, v.client(), sync.Transaction{ID: f.tx, Label: label, Ops: ops})
}

// create makes a record whose id is the page's transaction id, so that a form sent twice makes it once. A page that was
// used already (Back, then something else) makes another one, whose id comes from what the form holds.
func (s *Server) create(ctx context.Context, v visit, f form, kind, label string, set map[string]any) (uuid.UUID, sync.Result, error) {
	create := func(id uuid.UUID) []sync.Operation {
		return []sync.Operation{{Op: sync.Create, Record: sync.NewRef(kind, id), Set: set}}
	}
	id := f.tx
	result, err := s.apply(ctx, v, f, label, create(id))
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Fields["record"] != "" {
		id = sync.Derive(f.tx, f.Encode())
		f.tx = id
		result, err = s.apply(ctx, v, f, label, create(id))
	}
	return id, result, err
}

// wrongFields are the fields to name beside a form's controls, when the author can mend the error there.
func wrongFields(err error) (map[string]string, bool) {
	told, ok := errors.AsType[*sync.Error](err)
	if !ok || told.Kind != sync.Invalid || len(told.Fields) == 0 {
		return nil, false
	}
	return told.Fields, true
}
