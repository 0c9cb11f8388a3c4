package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"tandem/sync"
	"tandem/views"
)

// ofMany tells whether the author changed several records at once: what becomes of one of them is not chosen alone then.
func ofMany(conflicts []sync.Conflict, ops []sync.Operation) bool {
	other := func(c sync.Conflict) bool { return c.Record != conflicts[0].Record }
	return len(ops) > 1 || slices.ContainsFunc(conflicts, other)
}

// conflictOfMany names the records that others have changed, a line each, with the ways out for all of them together.
func (s *Server) conflictOfMany(ctx context.Context, v visit, n named, conflicts []sync.Conflict, ops []sync.Operation) (views.ConflictData, error) {
	data := views.ConflictData{Title: "several issues", Ways: bulkWays(v, conflicts, ops)}
	if len(ops) > 0 {
		data.Undo = idOf(ops[0].Transaction)
	}
	var records []sync.Ref
	for _, one := range conflicts {
		records = append(records, one.Record)
	}
	keys, err := s.issueKeys(ctx, v, n, records)
	if err != nil {
		return data, err
	}
	for _, one := range conflicts {
		kept := views.Kept{Name: or(keys[one.Record], "Something that you do not see any more"), Text: or(one.Text, n.theirs(one))}
		if kind, _, _ := one.Record.Parse(); kind != "issue" {
			at, err := s.subject(ctx, v, n, one.Record)
			if err != nil {
				return data, err
			}
			kept.Name = at.title
		}
		data.Kept = append(data.Kept, kept)
	}
	return data, nil
}

// issueKeys names those of the records that are issues which the reader sees, in one query.
func (s *Server) issueKeys(ctx context.Context, v visit, n named, records []sync.Ref) (map[sync.Ref]string, error) {
	var ids []uuid.UUID
	for _, record := range records {
		if kind, id, ok := record.Parse(); ok && kind == "issue" {
			ids = append(ids, id)
		}
	}
	titles, err := s.engine.IssueTitles(ctx, v.Actor, ids)
	keys := map[sync.Ref]string{}
	for _, title := range titles {
		keys[sync.NewRef("issue", title.ID)] = n.Key(title.Team, title.Number)
	}
	return keys, err
}

// theirs says who wrote what instead.
func (n named) theirs(one sync.Conflict) string {
	return or(n.member(one.By.ID()).Name, "Somebody") + " changed " + fieldName(one.Field) + " to " + n.side(one.Field, one.Theirs).Text + "."
}

// bulkWays are the ways out of a conflict that a change of many issues met: the same change once more, on top of what others
// wrote, or to all the others. There are none for what was no such change.
func bulkWays(v visit, conflicts []sync.Conflict, ops []sync.Operation) []views.ConflictWay {
	field, value, same := oneField(ops)
	if !same {
		return nil
	}
	all, left, base := []string{}, []string{}, int64(0)
	for _, op := range ops {
		all = append(all, string(op.Record))
		met := slices.IndexFunc(conflicts, func(c sync.Conflict) bool { return c.Record == op.Record })
		if met < 0 {
			left = append(left, string(op.Record))
			base = max(base, *op.Base)
		} else {
			base = max(base, conflicts[met].Version)
		}
	}
	way := func(text, action string, records []string) views.ConflictWay {
		label := fmt.Sprintf(bulkLabels[field], issueCount(len(records)))
		return views.ConflictWay{Text: text, Records: records, Value: value,
			Write: views.Write{URL: v.slug.Bulk(), Op: "set", Field: field, Base: base, Label: label, Action: action}}
	}
	ways := []views.ConflictWay{way("Change all "+strconv.Itoa(len(all)), "keep-mine", all)}
	if len(left) > 0 {
		ways = append(ways, way("Change only the other "+strconv.Itoa(len(left)), "keep-theirs", left))
	}
	return ways
}

// oneField is the field that all operations set to one value, as a form says it.
func oneField(ops []sync.Operation) (field, value string, same bool) {
	for i, op := range ops {
		if op.Op != sync.Set || len(op.Set) != 1 || op.Base == nil {
			return "", "", false
		}
		for name, raw := range op.Set {
			said := ""
			if raw != nil {
				said = fmt.Sprint(raw)
			}
			if i > 0 && (name != field || said != value) {
				return "", "", false
			}
			field, value = name, said
		}
	}
	_, known := bulkLabels[field]
	return field, value, known && len(ops) > 1
}
