package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// bulkLabels name the changes that may be made to many issues at once, by what their button says in _do, or by their control.
var bulkLabels = map[string]string{
	"status": "Set status of %s", "priority": "Set priority of %s", "assignee": "Assign %s", "due": "Set due date of %s", "project": "Set project of %s", "milestone": "Set milestone of %s",
	"cycle": "Set cycle of %s",
	"add":   "Add labels to %s", "remove": "Remove labels from %s", "trash": "Move %s to trash",
}

// changeIssues makes one change to all the issues that were chosen in a list: one transaction, so all of them or none.
func (s *Server) changeIssues(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	records, err := f.chosen()
	if err != nil {
		return s.bulkRefused(c, "Change issues", err)
	}
	noun, err := f.bulkNoun()
	if err != nil {
		return s.bulkRefused(c, "Change "+issueCount(len(records)), err)
	}
	label := fmt.Sprintf(bulkLabels[noun], issueCount(len(records)))
	ops := f.bulkOps(noun, records)
	result, err := s.apply(c.Request().Context(), v, f, label, ops)
	if told, ok := errors.AsType[*sync.Error](err); ok && told.Code == sync.CodeConflict {
		return s.conflict(c, v, told.Conflicts, ops)
	}
	if err != nil {
		return s.bulkRefused(c, label, err)
	}
	setFlash(c, said(label, result), result.ID)
	return seeOther(c, back(c, v.slug.Home("", "")))
}

// chosen are the issues of a form's check boxes, each once.
func (f form) chosen() ([]sync.Ref, error) {
	var records []sync.Ref
	for _, value := range present(f.Values["record"]) {
		record := sync.Ref(value)
		if kind, _, ok := record.Parse(); !ok || kind != "issue" {
			return nil, unprocessable("Only issues can be changed together. Nothing was changed.")
		}
		if !slices.Contains(records, record) {
			records = append(records, record)
		}
	}
	if len(records) == 0 {
		return nil, unprocessable("No issue is selected. Go back, select some, and choose again.")
	}
	if len(records) > sync.MaxOperations {
		return nil, refuse(http.StatusRequestEntityTooLarge, sync.CodeTooLarge,
			fmt.Sprintf("%d issues are selected; at most %d can be changed at once. Nothing was changed.", len(records), sync.MaxOperations))
	}
	return records, nil
}

// bulkNoun is what a form of many changes: a plain form has a control for each of them, so its button says which one counts.
// The plain form has one choice of labels for two buttons.
func (f form) bulkNoun() (string, error) {
	noun := f.Get("_do")
	for _, name := range []string{"status", "priority", "assignee", "project", "milestone", "due", "cycle", "add", "remove"} {
		if noun == "" && f.Has(name) {
			noun = name
		}
	}
	if noun == "add" || noun == "remove" {
		f.Values[noun] = append(f.Values[noun], f.Values["labels"]...)
	}
	_, known := bulkLabels[noun]
	missing := noun != "trash" && !f.Has(noun) || slices.Contains([]string{"status", "priority", "add", "remove"}, noun) && strings.TrimSpace(f.Get(noun)) == ""
	if !known || missing {
		return "", unprocessable("Choose what to change, and to what. Nothing was changed.")
	}
	return noun, nil
}

func (f form) bulkOps(noun string, records []sync.Ref) []sync.Operation {
	if noun == "add" || noun == "remove" {
		for _, other := range []string{"add", "remove"} {
			if other != noun {
				f.Del(other)
			}
		}
		noun = "labels"
	}
	var ops []sync.Operation
	for _, record := range records {
		ops = append(ops, f.issueOps(noun, record)...)
	}
	return ops
}

// bulkRefused says what was wrong and leads back to the list.
func (s *Server) bulkRefused(c echo.Context, label string, err error) error {
	p := problemOf(err)
	if wantsJSON(c) || wantsFragment(c) || p.Status >= 500 || p.Status == http.StatusUnauthorized || p.Status == http.StatusTooManyRequests {
		return err
	}
	if p.Code == sync.CodeNotFound {
		p.Detail = "One of the selected issues, or what they were to get, is not there any more, or not for you to see. Nothing was changed."
	}
	c.Response().Header().Set("Cache-Control", "no-store")
	d := views.ProblemData{Title: label + ": not done", Text: p.Detail, Link: back(c, "/"), Action: "Go back"}
	return s.html(c, p.Status, views.ProblemPage(s.bare(c, p.Title), d))
}

func unprocessable(text string) error {
	return refuse(http.StatusUnprocessableEntity, sync.CodeInvalid, text)
}

func issueCount(n int) string {
	if n == 1 {
		return "1 issue"
	}
	return fmt.Sprintf("%d issues", n)
}
