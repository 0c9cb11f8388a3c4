package handlers

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/labstack/echo/v4"

	"tandem/sync"
	"tandem/views"
)

// createRelation takes the form by which somebody says what another issue is to this one. A relation that the two have
// already gives way to the new one.
func (s *Server) createRelation(c echo.Context, v visit) error {
	f, err := readForm(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	issue, err := s.issue(ctx, v, c.Param("key"))
	if err != nil {
		return err
	}
	kind := views.RelationKind(f.Get("kind"))
	other, err := s.issueNamed(ctx, v, strings.TrimSpace(f.Get("other")))
	if err == nil && !issue.has(kind, other.ID) {
		var result sync.Result
		result, err = s.apply(ctx, v, f, "Add relation", issue.relate(sync.Derive(f.tx, f.Encode()), kind, other))
		if err == nil {
			setFlash(c, said("Add relation", result), result.ID)
		}
	}
	if err == nil {
		relations := v.slug.Issue(issue.key()) + "#" + views.RelationsID
		return c.Redirect(http.StatusSeeOther, localPath(or(f.Get("_next"), relations), relations))
	}
	fields, mendable := wrongFields(err)
	if !mendable {
		return s.refused(c, v, f, "Add relation", err)
	}
	return s.issuePage(c, v, http.StatusUnprocessableEntity, issue, func(d *views.IssuePageData) {
		d.Issue.RelationDraft = views.RelationDraft{Kind: string(kind), Other: f.Get("other"), Error: firstOf(fields)}
	})
}

// issueNamed finds an issue by its key, or else by its whole title. Of what the reader does not see it says that there is none.
func (s *Server) issueNamed(ctx context.Context, v visit, text string) (sync.IssueTitle, error) {
	wrong := func(says string) error {
		return &sync.Error{Kind: sync.Invalid, Code: sync.CodeInvalid, Text: says, Fields: map[string]string{"other": says}}
	}
	title, err := s.issueTitle(ctx, v, text)
	if told, ok := errors.AsType[*sync.Error](err); !ok || told.Kind != sync.NotFound {
		return title.IssueTitle, err
	}
	found, err := s.engine.Search(ctx, v.Actor, text, "")
	if err != nil {
		return sync.IssueTitle{}, err
	}
	hits := slices.DeleteFunc(found.Issues, func(hit sync.IssueHit) bool { return !strings.EqualFold(hit.Title, text) })
	switch len(hits) {
	case 0:
		return sync.IssueTitle{}, wrong("There is no issue of this key or title.")
	case 1:
		return sync.IssueTitle{ID: hits[0].ID, Team: hits[0].Team, Number: hits[0].Number}, nil
	}
	return sync.IssueTitle{}, wrong("Several issues have this title; write the key of one.")
}

// has tells whether the issue stands in this relation to another already: the form came twice.
func (p issuePage) has(kind views.RelationKind, other uuid.UUID) bool {
	return slices.ContainsFunc(p.Relations, func(r sync.RelationRow) bool {
		return !r.Ended && r.Other.ID == other && relationKind(r) == kind
	})
}

// relate are the operations by which the issue gets a relation, all of them one step to undo.
func (p issuePage) relate(id uuid.UUID, kind views.RelationKind, other sync.IssueTitle) []sync.Operation {
	var ops []sync.Operation
	for _, r := range p.Relations {
		if !r.Ended && r.Other.ID == other.ID {
			ops = append(ops, sync.Operation{Op: sync.Delete, Record: sync.NewRef("relation", r.ID)})
		}
	}
	from, to, stored := p.ID, other.ID, string(kind)
	if kind == views.BlockedBy {
		from, to, stored = to, from, sync.Blocks
	}
	set := map[string]any{"issue": string(sync.NewRef("issue", from)), "kind": stored, "other": string(sync.NewRef("issue", to))}
	ops = append(ops, sync.Operation{Op: sync.Create, Record: sync.NewRef("relation", id), Set: set})
	if kind == views.DuplicateOf {
		return append(ops, p.closeFor(other)...)
	}
	return ops
}

// closeFor ends the work on a duplicate, and lets those who hear of it hear of the other instead, as far as they see it.
func (p issuePage) closeFor(other sync.IssueTitle) []sync.Operation {
	var ops []sync.Operation
	status, base := p.duplicateStatus(), p.Snapshot.Version
	if now, _ := p.Snapshot.Status(p.IssueRow.Status); !now.Closed() && status != uuid.Nil {
		set := map[string]any{"status": string(sync.NewRef("status", status))}
		ops = append(ops, sync.Operation{Op: sync.Set, Record: sync.NewRef("issue", p.ID), Base: &base, Set: set})
	}
	for _, member := range p.Assignable(other.Team) {
		if slices.Contains(p.Subscribers, member.ID) {
			ops = append(ops, sync.Operation{Op: sync.Add, Record: sync.NewRef("issue", other.ID), Field: "subscribers", Value: string(sync.NewRef("member", member.ID))})
		}
	}
	return ops
}

// duplicateStatus is the canceled status named for duplicates, else the first canceled one, else the first completed one.
func (p issuePage) duplicateStatus() uuid.UUID {
	best, chosen := 0, uuid.Nil
	for _, status := range p.Statuses(p.IssueRow.Team) {
		worth := map[string]int{"completed": 1, "canceled": 2}[status.Category]
		if worth == 2 && strings.EqualFold(status.Name, "Duplicate") {
			worth = 3
		}
		if worth > best {
			best, chosen = worth, status.ID
		}
	}
	return chosen
}

// relationKind is what the other issue is to the page's.
func relationKind(r sync.RelationRow) views.RelationKind {
	switch {
	case r.Kind == sync.Blocks && !r.Outward:
		return views.BlockedBy
	case r.Kind == sync.Duplicate && !r.Outward:
		return views.DuplicatedBy
	}
	return views.RelationKind(r.Kind)
}

// relations are those that the page lists, by kind. A blocker that is closed and what it blocked are merely related now.
func (p issuePage) relations() []views.Relation {
	n := named{p.Snapshot}
	own, _ := p.Snapshot.Status(p.IssueRow.Status)
	var shown []views.Relation
	for _, r := range p.Relations {
		if r.Ended || r.Trashed {
			continue
		}
		one := views.Relation{ID: idOf(r.ID), Kind: relationKind(r), Other: n.chip(r.Other)}
		switch {
		case one.Kind == views.BlockedBy && one.Other.Closed():
			one.Kind, one.Settled = views.Related, "Blocked this until it was closed"
		case one.Kind == views.Blocks && own.Closed():
			one.Kind, one.Settled = views.Related, "Was blocked until this was closed"
		}
		shown = append(shown, one)
	}
	order := []views.RelationKind{views.BlockedBy, views.Blocks, views.DuplicateOf, views.DuplicatedBy, views.Related}
	slices.SortStableFunc(shown, func(a, b views.Relation) int { return slices.Index(order, a.Kind) - slices.Index(order, b.Kind) })
	return shown
}

func (n named) chip(title sync.IssueTitle) views.IssueChipData {
	return views.IssueChipData{Key: n.Key(title.Team, title.Number), Title: title.Title, Status: n.status(title.Status)}
}

// relationWords say what somebody did about a relation, in the present key of the other issue.
func (p issuePage) relationWords(change sync.Change) string {
	at := slices.IndexFunc(p.Relations, func(r sync.RelationRow) bool { return r.ID == change.Record })
	if at < 0 {
		return ""
	}
	kind, key := relationKind(p.Relations[at]), p.Key(p.Relations[at].Other.Team, p.Relations[at].Other.Number)
	words := map[views.RelationKind]string{views.BlockedBy: "blocked by ", views.Blocks: "blocking ", views.Related: "related to ",
		views.DuplicateOf: "a duplicate of ", views.DuplicatedBy: "duplicated by "}[kind] + key
	switch change.Op {
	case sync.Delete:
		return "removed the relation: " + words
	case sync.Restore:
		return "brought back the relation: " + words
	}
	return "marked this as " + words
}
