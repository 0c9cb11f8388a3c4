package sync

import (
	"slices"
	"strings"
)

// rule is "" or why a record may not become what the transaction makes of it.
func (w *modelWork) rule(ref Ref) string {
	was, now := w.records[ref], w.changed[ref]
	differs := func(field string) bool { return was == nil || !same(was.fields[field], now.fields[field]) }
	kind, _, _ := ref.Parse()
	if status, has := now.fields["status"].(string); has && differs("status") && !w.began().seesTeam(w.member, w.status[Ref(status)]) {
		return CodeNotFound
	}
	if labels, has := now.fields["labels"].([]string); has {
		for _, label := range labels {
			if was != nil && slices.Contains(was.fields["labels"].([]string), label) {
				continue
			}
			if code := w.visible(Ref(label)); code != "" {
				return code
			}
			if w.get(Ref(label)).deleted {
				return CodeDeleted
			}
		}
	}
	switch kind {
	case "issue":
		if differs("status") && w.status[Ref(now.fields["status"].(string))] != Ref(now.fields["team"].(string)) {
			return CodeInvalid
		}
		if assignee, some := now.fields["assignee"].(string); some && differs("assignee") {
			if !w.seesTeam(Ref(assignee).ID(), Ref(now.fields["team"].(string))) {
				return CodeInvalid
			}
			now.fields["subscribers"] = putIn(putIn(now.fields["subscribers"].([]string), assignee, true), now.fields["author"].(string), true)
		}
	case "comment":
		mine := now.fields["author"] == string(NewRef("member", w.member))
		reacted := was != nil && !differs("body") && was.deleted == now.deleted
		takenAway := was != nil && was.deleted != now.deleted && !differs("body")
		if was != nil && !mine && !reacted && !(w.began().role(w.member) == Admin && takenAway) {
			return CodeForbidden
		}
		if differs("body") && strings.TrimSpace(now.fields["body"].(string)) == "" {
			return CodeInvalid
		}
	case "relation":
		return w.onlyRelation(ref, was, now)
	case "label":
		if w.began().role(w.member) == Guest {
			return CodeForbidden
		}
		return w.uniqueName(ref, was, now, differs("name"))
	case "team":
		if began := w.began(); began.role(w.member) != Admin && (!began.inTeam(ref, w.member) || began.role(w.member) == Guest) {
			return CodeForbidden
		}
	case "member":
		if w.began().role(w.member) != Admin && (ref.ID() != w.member || differs("role")) {
			return CodeForbidden
		}
	}
	return ""
}

// onlyRelation holds that two issues have one at a time, and none has one with itself.
func (w *modelWork) onlyRelation(ref Ref, was, now *modelRecord) string {
	ends := func(r *modelRecord) []string {
		both := []string{r.fields["issue"].(string), r.fields["other"].(string)}
		slices.Sort(both)
		return both
	}
	if ends(now)[0] == ends(now)[1] {
		return CodeInvalid
	}
	for other := range w.all() {
		if kind, _, _ := other.Parse(); kind != "relation" || other == ref || now.deleted || was != nil && !was.deleted {
			continue
		}
		if r := w.get(other); !r.deleted && slices.Equal(ends(r), ends(now)) {
			return CodeInvalid
		}
	}
	return ""
}

// began is the world that the transaction found: its author's rights are those.
func (w *modelWork) began() *modelWork { return &modelWork{model: w.model} }

func (w *modelWork) uniqueName(ref Ref, was, now *modelRecord, renamed bool) string {
	if now.deleted || !renamed && !was.deleted {
		return ""
	}
	for other := range w.all() {
		r := w.get(other)
		kind, _, _ := other.Parse()
		if kind == "label" && other != ref && !r.deleted && strings.EqualFold(r.fields["name"].(string), now.fields["name"].(string)) {
			return CodeInvalid
		}
	}
	return ""
}

func (w *modelWork) all() map[Ref]bool {
	all := map[Ref]bool{}
	for ref := range w.records {
		all[ref] = true
	}
	for ref := range w.changed {
		all[ref] = true
	}
	return all
}
