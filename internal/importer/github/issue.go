package github

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"tandem/internal/importer"
)

// issue makes an issue of an item; false if it cannot be taken, which has been reported.
func (p *parser) issue(e entry, pull bool) (importer.Issue, bool) {
	if e.Number <= 0 {
		p.lose("", "no number, so this is not an issue")
		return importer.Issue{}, false
	}
	id := fmt.Sprintf("github:%s#%d", p.repoOf(e.item), e.Number)
	if !p.first(e.what(), id) {
		return importer.Issue{}, false
	}
	issue := importer.Issue{
		SourceID: id,
		Number:   e.Number,
		Pull:     pull || e.PullRequest != nil || parseAddress(e.HTMLURL).pull || parseAddress(e.URL).pull,
		URL:      p.tidy(cmp.Or(e.HTMLURL, e.URL)),
		Author:   p.login(e.User, e.Author),
		Labels:   p.labelsOf(e.Labels),
		Reviews:  e.reviews(),
	}
	issue.Assignees = p.assignees(e.item)
	p.setTexts(&issue, e.item)
	p.setTimes(&issue, e.item)
	p.readTimeline(&issue, e)
	p.setState(&issue, e.item)
	return issue, true
}

// setTexts fits title and body into the product's limits. The body of an over-long title begins with the whole of it.
func (p *parser) setTexts(issue *importer.Issue, it item) {
	title, body := p.tidy(it.Title), p.tidy(it.Body)
	if strings.TrimSpace(title) == "" {
		p.note(it.what(), "no title")
		title = "(no title)"
	}
	if short, cut := shorten(title); cut {
		p.note(it.what(), fmt.Sprintf("the title is longer than %d characters: it was shortened, and the body begins with the whole of it", importer.MaxTitle))
		title, body = short, title+"\n\n"+body
	}
	issue.Title = title
	issue.Body = p.fit(it.what(), "the body", body, issue.URL)
}

func (p *parser) setTimes(issue *importer.Issue, it item) {
	created := p.time(it.what(), it.CreatedAt, it.CreatedAtGH)
	updated := p.time(it.what(), it.UpdatedAt, it.UpdatedAtGH)
	issue.ClosedAt = p.time(it.what(), it.ClosedAt, it.ClosedAtGH)
	issue.CreatedAt = earliest(created, updated, issue.ClosedAt)
	if created.IsZero() {
		p.note(it.what(), "no time of creation")
	} else {
		issue.CreatedAt = created
	}
	issue.UpdatedAt = latest(issue.CreatedAt, updated)
}

// setState needs the history: an export may hold when an issue was closed only there.
func (p *parser) setState(issue *importer.Issue, it item) {
	issue.State = p.state(it, !issue.ClosedAt.IsZero())
	issue.StateReason = strings.ToLower(p.tidy(cmp.Or(it.StateReason, it.StateReasonGH)))
	if it.merged() {
		issue.StateReason = "merged"
	}
	if issue.State == importer.Open {
		issue.ClosedAt = time.Time{}
		return
	}
	for i := len(issue.History) - 1; i >= 0 && issue.ClosedAt.IsZero(); i-- {
		if issue.History[i].Kind == importer.EventClosed {
			issue.ClosedAt = issue.History[i].At
		}
	}
	if issue.ClosedAt.IsZero() {
		issue.ClosedAt = issue.UpdatedAt
	}
}

func (p *parser) state(it item, closed bool) importer.State {
	switch strings.ToLower(it.State) {
	case "open":
		return importer.Open
	case "closed", "merged":
		return importer.Closed
	}
	p.note(it.what(), fmt.Sprintf("unknown state %q", clip([]byte(it.State))))
	if closed {
		return importer.Closed
	}
	return importer.Open
}

func (it item) merged() bool {
	if it.PullRequest != nil && it.PullRequest.MergedAt != "" {
		return true
	}
	return it.MergedAt != "" || it.MergedAtGH != "" || strings.EqualFold(it.State, "merged")
}

func (e entry) reviews() int {
	n := 0
	for _, r := range e.Reviews {
		n += len(r.Comments)
		if r.Body != "" {
			n++
		}
	}
	for _, raw := range e.events {
		var kind struct{ Event, Body string }
		if json.Unmarshal(raw, &kind) == nil && (kind.Event == "line-commented" || kind.Event == "reviewed" && kind.Body != "") {
			n++
		}
	}
	return n
}
