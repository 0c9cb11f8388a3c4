package main

import (
	"slices"

	"tandem/internal/importer"
)

// outcome is what a source's state means for a status.
type outcome uint8

const (
	stillOpen outcome = iota
	completed
	canceled
)

// condition is what an issue's history changes of it. Labels are labelKeys, assignees logins.
type condition struct {
	title     string
	outcome   outcome
	status    string // by name; "" goes by the outcome
	labels    []string
	assignees []string
}

// step is one event, and how the issue was before and after it.
type step struct {
	importer.Event
	before, after condition
}

// longestHistory bounds a transaction; of what goes beyond, the latest is kept.
const longestHistory = 900

// retrace goes from an issue as it is now back to how it began. Walking the steps from there ends at what the source shows now, whatever
// its history leaves out: an event that does not fit in, such as the renaming to a title that was never seen, is passed over.
func retrace(issue importer.Issue) (first condition, steps []step) {
	now := conditionOf(issue)
	history := historyOf(issue)
	for _, event := range slices.Backward(history[max(0, len(history)-longestHistory):]) {
		if before, fits := undo(now, event); fits {
			steps = append(steps, step{event, before, now})
			now = before
		}
	}
	slices.Reverse(steps)
	return now, steps
}

func conditionOf(issue importer.Issue) condition {
	c := condition{title: oneLineOf(issue.Title, importer.MaxTitle), outcome: outcomeOf(issue), status: issue.Planned.Status, assignees: issue.Assignees}
	for _, label := range issue.Labels {
		c.labels = with(c.labels, labelKey(label.Name))
	}
	if issue.Pull {
		c.labels = with(c.labels, labelKey(pullLabel.Name))
	}
	return c
}

func outcomeOf(issue importer.Issue) outcome {
	switch {
	case issue.State == importer.Open:
		return stillOpen
	case issue.StateReason == "not_planned", issue.StateReason == "duplicate", issue.Pull && issue.StateReason != "merged":
		return canceled
	}
	return completed
}

// historyOf adds that the issue was closed, where a file tells only when. By whom is not known then.
func historyOf(issue importer.Issue) []importer.Event {
	closing := func(e importer.Event) bool { return e.Kind == importer.EventClosed }
	if issue.State == importer.Open || slices.ContainsFunc(issue.History, closing) {
		return issue.History
	}
	history := append(slices.Clone(issue.History), importer.Event{At: issue.ClosedAt, Actor: importer.Ghost, Kind: importer.EventClosed})
	slices.SortStableFunc(history, func(a, b importer.Event) int { return a.At.Compare(b.At) })
	return history
}

// undo returns what was before an event; false if the event cannot have led to what is.
func undo(now condition, event importer.Event) (before condition, fits bool) {
	before = now
	switch event.Kind {
	case importer.EventClosed:
		before.outcome, before.status = stillOpen, ""
		return before, now.outcome != stillOpen
	case importer.EventReopened:
		before.outcome = completed
		return before, now.outcome == stillOpen
	case importer.EventRenamed:
		before.title = oneLineOf(event.From, importer.MaxTitle)
		return before, before.title != "" && before.title != now.title && oneLineOf(event.To, importer.MaxTitle) == now.title
	case importer.EventLabeled:
		before.labels = without(now.labels, labelKey(event.To))
		return before, len(before.labels) < len(now.labels)
	case importer.EventUnlabeled:
		before.labels = with(now.labels, labelKey(event.From))
		return before, len(before.labels) > len(now.labels)
	case importer.EventAssigned:
		before.assignees = without(now.assignees, event.To)
		return before, len(before.assignees) < len(now.assignees)
	case importer.EventUnassigned:
		before.assignees = with(now.assignees, event.From)
		return before, len(before.assignees) > len(now.assignees)
	}
	return before, false
}

// with and without leave the list that they are given as it is.
func with(list []string, item string) []string {
	if item == "" || slices.Contains(list, item) {
		return list
	}
	return append(slices.Clone(list), item)
}

func without(list []string, item string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return s == item })
}
