package github

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tandem/internal/importer"
)

// readTimeline fills in comments and history from wherever the file holds them.
func (p *parser) readTimeline(issue *importer.Issue, e entry) {
	comments, count := p.split(e)
	for _, raw := range comments {
		p.takeStep(issue, e.what(), raw, "commented")
	}
	for _, raw := range e.events {
		p.takeStep(issue, e.what(), raw, "")
	}
	slices.SortStableFunc(issue.Comments, func(a, b importer.Comment) int { return a.CreatedAt.Compare(b.CreatedAt) })
	slices.SortStableFunc(issue.History, func(a, b importer.Event) int { return a.At.Compare(b.At) })
	nameComments(issue)
	if missing := count - len(issue.Comments); e.whole && missing > 0 {
		p.note(e.what(), fmt.Sprintf("%d of %d comments are not in the file", missing, count))
	}
}

// split tells the comments of an item from their number: REST has the one where the others have the other.
func (p *parser) split(e entry) (comments []json.RawMessage, count int) {
	if bytes.HasPrefix(e.Comments, []byte("[")) {
		_ = json.Unmarshal(e.Comments, &comments) // valid, for it is part of a value that was decoded
		return comments, 0
	}
	_ = json.Unmarshal(e.Comments, &count) // anything else than a number counts as none
	return nil, count
}

// takeStep takes one step of a timeline. The kind is given where the file does not tell it.
func (p *parser) takeStep(issue *importer.Issue, what string, raw []byte, kind string) {
	var ev event
	if err := json.Unmarshal(raw, &ev); err != nil {
		p.lose(what, "a comment or event: "+syntax(err))
		return
	}
	if kind == "" {
		kind = ev.Event
	}
	at := p.time(what, ev.CreatedAt, ev.CreatedAtGH)
	if at.IsZero() {
		at = issue.CreatedAt
	}
	if kind == "commented" {
		p.addComment(issue, what, ev, at)
		return
	}
	if step, ok := p.step(ev, kind); ok {
		step.At = at
		step.Actor = p.login(ev.Actor, ev.User)
		issue.History = append(issue.History, step)
	}
}

func (p *parser) addComment(issue *importer.Issue, what string, ev event, at time.Time) {
	body := p.tidy(ev.Body)
	if strings.TrimSpace(body) == "" {
		p.lose(what, "a comment without text")
		return
	}
	issue.Comments = append(issue.Comments, importer.Comment{
		SourceID:  commentID(ev),
		Author:    p.login(ev.User, ev.Author, ev.Actor),
		Body:      p.fit(what, "a comment", body, cmp.Or(ev.HTMLURL, issue.URL)),
		CreatedAt: at,
		UpdatedAt: latest(at, p.time(what, ev.UpdatedAt, ev.UpdatedAtGH)),
	})
}

// step is what happened, without who and when; false for what Tandem keeps no history of.
func (p *parser) step(ev event, kind string) (importer.Event, bool) {
	step := importer.Event{Kind: importer.EventKind(kind)}
	switch step.Kind {
	case importer.EventClosed:
		step.From, step.To = string(importer.Open), string(importer.Closed)
	case importer.EventReopened:
		step.From, step.To = string(importer.Closed), string(importer.Open)
	case importer.EventRenamed:
		step.From, step.To = p.tidy(ev.Rename.From), p.tidy(ev.Rename.To)
	case importer.EventLabeled:
		step.To = p.tidy(ev.Label.Name)
	case importer.EventUnlabeled:
		step.From = p.tidy(ev.Label.Name)
	case importer.EventAssigned:
		step.To = p.login(ev.Assignee)
	case importer.EventUnassigned:
		step.From = p.login(ev.Assignee)
	default:
		return importer.Event{}, false
	}
	return step, true
}

// commentID is the part of a comment's id that GitHub gave to it, "" if the file does not have it. The fragment of the page's
// address comes first, because REST and gh agree on it and not on the id.
func commentID(ev event) string {
	const fragment = "issuecomment-"
	for _, url := range []string{ev.HTMLURL, ev.URL} {
		if i := strings.LastIndex(url, "#"+fragment); i >= 0 {
			return strings.ReplaceAll(url[i+1:], "\x00", "")
		}
	}
	if ev.ID == "" {
		return ""
	}
	return fragment + strings.ReplaceAll(string(ev.ID), "\x00", "")
}

// nameComments completes the ids. A comment without an id of its own goes by its time, which never changes; two of the same
// second are told apart by their order.
func nameComments(issue *importer.Issue) {
	used := map[string]int{}
	for i := range issue.Comments {
		c := &issue.Comments[i]
		name := cmp.Or(c.SourceID, c.CreatedAt.Format(time.RFC3339Nano))
		used[name]++
		if n := used[name]; n > 1 {
			name = fmt.Sprintf("%s~%d", name, n)
		}
		c.SourceID = issue.SourceID + "/" + name
	}
}
