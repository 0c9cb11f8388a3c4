package sync

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

type issueNoun struct{}

var issueFields = []field{
	{"team", "team_id", scalar, refTo("team", false)}, // setting it transfers the issue: transfer.go
	{"number", "number", server, number(0, 1<<53, false)},
	{"title", "title", scalar, line(MaxTitle)},
	{"description", "description", merged, longText()},
	{"status", "status_id", scalar, refTo("status", false)},
	{"priority", "priority", scalar, number(0, 4, false)},
	{"assignee", "assignee_id", scalar, refTo("member", true)},
	{"labels", "labels", commutes, refsTo("label")},
	{"subscribers", "subscribers", commutes, refsTo("member")},
	{"reactions", "reactions", own, reactions()},
	{"parent", "parent_id", scalar, refTo("issue", true)},
	{"due", "due", scalar, date()},
	{"estimate", "estimate", scalar, number(0, 1000, true)},
	{"project", "project_id", scalar, refTo("project", true)},
	{"milestone", "milestone_id", scalar, refTo("milestone", true)}, // of that project
	{"cycle", "cycle_id", scalar, refTo("cycle", true)},
	{"rank", "rank", server, opaque("")},
	{"author", "author_id", server, refTo("member", true)},
	{"started_at", "started_at", server, instant()},
	{"completed_at", "completed_at", server, instant()},
	{"canceled_at", "canceled_at", server, instant()},
	{"snoozed_until", "snoozed_until", scalar, instant()},
}

func (issueNoun) name() string              { return "issue" }
func (issueNoun) fields() []field           { return issueFields }
func (issueNoun) team(r *record) uuid.UUID  { return r.refersTo("team") }
func (issueNoun) issue(r *record) uuid.UUID { return r.id }
func (issueNoun) topics(r *record) []string {
	topics := []string{topic("issue", r.id), topic("team", r.refersTo("team"))}
	if assignee := r.refersTo("assignee"); assignee != uuid.Nil {
		topics = append(topics, topic("member", assignee))
	}
	if author := r.refersTo("author"); author != uuid.Nil {
		topics = append(topics, topic("member", author))
	}
	if parent := r.refersTo("parent"); parent != uuid.Nil {
		topics = append(topics, topic("issue", parent))
	}
	return topics
}

// complete gives a new issue its number, its rank at the top of the team, its author and what was left open.
func (issueNoun) complete(w *work, issue *record) error {
	team := issue.refersTo("team")
	home, err := w.visible(NewRef("team", team))
	if err != nil {
		return err
	}
	if home.deleted() {
		return deletedUnder(home, issue.ref(), "title", issue.fields["title"])
	}
	if issue.text("title") == "" {
		return invalid("title", "Give the issue a title.")
	}
	if issue.fields["status"] == nil {
		status := w.landing(home)
		if status == nil {
			return invalid("status", "This team has no status for new issues; make one in its settings.")
		}
		issue.fields["status"] = string(status.ref())
	}
	issue.fields["number"] = w.takeNumber(team, integer(issue.fields["number"]))
	issue.fields["rank"] = w.rankFirst(team)
	issue.fields["subscribers"] = issueSubscribers(issue)
	w.inheritCycle(issue)
	w.homes[issue.ref()] = team
	return nil
}

// issueSubscribers adds author and assignee to those who hear of the issue.
func issueSubscribers(issue *record) []string {
	subscribers := issue.set("subscribers")
	for _, field := range []string{"author", "assignee"} {
		if who := issue.text(field); who != "" {
			subscribers = with(subscribers, who)
		}
	}
	return subscribers
}

func (issueNoun) check(w *work, before, after *record) error {
	if changed(before, after, "status") && w.teamOf(after.text("status")) != after.refersTo("team") {
		return invalid("status", "This status is not one of the issue's team.")
	}
	settleTimes(w, before, after)
	if err := settleSnooze(w, before, after); err != nil {
		return err
	}
	if after.fields["cycle"] != nil && changed(before, after, "cycle") && w.teamOf(after.text("cycle")) != after.refersTo("team") {
		return invalid("cycle", "This cycle is not one of the issue's team.")
	}
	if changed(before, after, "labels") {
		if err := checkLabels(w, before, after); err != nil {
			return err
		}
	}
	if changed(before, after, "assignee") && after.fields["assignee"] != nil {
		if err := checkAssignee(w, after); err != nil {
			return err
		}
		after.fields["subscribers"] = issueSubscribers(after)
		if transferred(before, after) {
			after.fields["subscribers"] = w.seeing(after.refersTo("team"), after.set("subscribers"))
		}
	}
	if changed(before, after, "project") || changed(before, after, "milestone") {
		if err := checkProject(w, before, after); err != nil {
			return err
		}
	}
	if changed(before, after, "parent") {
		if err := checkParent(w, after); err != nil {
			return err
		}
	}
	return checkReactions(before, after)
}

// checkParent keeps a family within one team: what refers to a hidden team would betray it.
func checkParent(w *work, issue *record) error {
	if parent := w.lookup(Ref(issue.text("parent"))); parent != nil && parent.refersTo("team") != issue.refersTo("team") {
		return invalid("parent", "A parent is an issue of the same team.")
	}
	if w.parentLoops(issue) {
		return invalid("parent", "An issue cannot lie below itself; choose another parent.")
	}
	return nil
}

func checkLabels(w *work, before, after *record) error {
	for _, label := range after.set("labels") {
		if before != nil && slices.Contains(before.set("labels"), label) {
			continue
		}
		if team := w.teamOf(label); team != uuid.Nil && team != after.refersTo("team") {
			return invalid("labels", "This label belongs to another team.")
		}
	}
	seen := map[string]bool{}
	for _, label := range after.set("labels") {
		group := w.groupOf(label)
		if group != "" && seen[group] {
			return invalid("labels", "Two labels of the group "+group+" exclude each other; choose one.")
		}
		seen[group] = true
	}
	return nil
}

func checkAssignee(w *work, issue *record) error {
	who := w.rightsOf(issue.refersTo("assignee"))
	if !who.sees(issue.refersTo("team")) {
		return invalid("assignee", "This person cannot see the team; add them to it first.")
	}
	return nil
}

// allow: whoever sees the team may work on its issues.
func (issueNoun) allow(rights, *record, *record) error { return nil }

// changed reports whether a field of a record is new.
func changed(before, after *record, field string) bool {
	return before == nil || !same(before.fields[field], after.fields[field])
}

func issueRecord(row queries.ListIssuesByIDRow) *record {
	return stored("issue", row.ID, row.Version, row.Stamps, row.CreatedAt, row.UpdatedAt, row.DeletedAt, map[string]value{
		"team":        refValue("team", &row.TeamID),
		"number":      row.Number,
		"title":       row.Title,
		"description": row.Description,
		"status":      refValue("status", &row.StatusID),
		"priority":    int64(row.Priority),
		"assignee":    refValue("member", row.AssigneeID),
		"labels":      refsValue("label", row.Labels),
		"subscribers": refsValue("member", row.Subscribers),
		"reactions":   row.Reactions,
		"parent":      refValue("issue", row.ParentID),
		"due":         dayValue(row.Due),
		"estimate":    optionalNumber(row.Estimate),
		"project":     refValue("project", row.ProjectID),
		"milestone":   refValue("milestone", row.MilestoneID),
		"cycle":       refValue("cycle", row.CycleID),
		"rank":        row.Rank,
		"author":      refValue("member", row.AuthorID),

		"started_at":    instantValue(row.StartedAt),
		"completed_at":  instantValue(row.CompletedAt),
		"canceled_at":   instantValue(row.CanceledAt),
		"snoozed_until": instantValue(row.SnoozedUntil),
	})
}

func dayValue(day *time.Time) value {
	if day == nil {
		return nil
	}
	return day.Format(time.DateOnly)
}

func optionalNumber(n *int32) value {
	if n == nil {
		return nil
	}
	return int64(*n)
}
