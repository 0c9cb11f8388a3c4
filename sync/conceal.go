package sync

// conceal takes a team that the reader does not see, and the issue's number there, out of a line of the history.
func (p *IssuePage) conceal(change *Change) {
	for _, values := range []map[string]any{change.Before, change.After} {
		if team, told := values["team"]; told && !p.who.sees(refID(team)) {
			delete(values, "team")
			delete(values, "number")
		}
	}
	if lost, raced := change.Overwrote["team"]; raced && !p.who.sees(refID(lost.Value)) {
		delete(change.Overwrote, "team")
	}
	for _, field := range []string{"project", "milestone"} {
		p.concealReference(change, field)
	}
}

// concealReference makes nothing of a reference to what the reader does not see; where nothing is left to tell, the line tells nothing.
func (p *IssuePage) concealReference(change *Change, field string) {
	after, told := change.After[field]
	if !told {
		return
	}
	change.Before[field], change.After[field] = p.seen(change.Before[field]), p.seen(after)
	if lost, raced := change.Overwrote[field]; raced && p.seen(lost.Value) == nil {
		delete(change.Overwrote, field)
	}
	if change.Op == Set && change.Before[field] == nil && change.After[field] == nil {
		delete(change.Before, field)
		delete(change.After, field)
	}
}

// seen is a reference, or nil where the reader does not see what it names.
func (s Snapshot) seen(v any) any {
	if r := s.words.records[Ref(text(v))]; r != nil && !s.who.seesRecord(r) {
		return nil
	}
	return v
}
