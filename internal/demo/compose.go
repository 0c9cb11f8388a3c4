package demo

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// compose gives the drafts their authors, times and histories and puts them in order of creation.
func compose(teams []Team, drafts map[string][]draft, now time.Time) []Issue {
	type numbered struct {
		issue   Issue
		number  int
		parent  string
		blocked string
		slug    string
	}
	var all []numbered
	for _, team := range teams {
		list := drafts[team.Key]
		born := birthdays(team.Key, len(list), now)
		for i := range list {
			issue := list[i].finish(team, i, born[i], now)
			all = append(all, numbered{issue, i + 1, list[i].parent, list[i].blocked, list[i].slug})
		}
	}
	slices.SortStableFunc(all, func(a, b numbered) int {
		return cmp.Or(a.issue.CreatedAt.Compare(b.issue.CreatedAt), cmp.Compare(a.issue.Team, b.issue.Team))
	})
	index := map[string]int{}
	issues := make([]Issue, len(all))
	for i, n := range all {
		issues[i] = n.issue
		if n.slug != "" {
			index[n.slug] = i
		}
		if n.parent != "" {
			issues[i].Parent = index[n.parent]
		}
	}
	for i, n := range all {
		if n.blocked != "" {
			issues[i].BlockedBy = index[n.blocked]
		}
	}
	return issues
}

// finish makes the i-th draft of a team an issue that was created at born.
func (d *draft) finish(team Team, i int, born, now time.Time) Issue {
	issue := d.Issue
	issue.CreatedAt = born
	issue.Author = cmp.Or(issue.Author, author(team, issue))
	if len(issue.Comments) == 0 {
		issue.Comments = chatter(team, issue, i)
	}
	if d.due != "" {
		days, _ := strconv.Atoi(d.due) // load has checked it
		issue.Due = now.AddDate(0, 0, days).Format(time.DateOnly)
	}
	life := lifetime(issue, workBetween(born, now)-time.Minute)
	at := func(share float64) time.Time { return addWork(born, time.Duration(share*float64(life))) }
	date(issue.Comments, issue.Title, at)
	applaud(team, issue.Comments, issue.Title)
	issue.History = past(team, issue, d.was, at)
	issue.UpdatedAt = born
	if n := len(issue.Comments); n > 0 {
		issue.UpdatedAt = issue.Comments[n-1].At
	}
	if n := len(issue.History); n > 0 && issue.History[n-1].At.After(issue.UpdatedAt) {
		issue.UpdatedAt = issue.History[n-1].At
	}
	return issue
}

// lifetime is how many office hours pass until the last thing happens to an issue: somebody touched what is being worked on
// a few days ago, all else rests after some days.
func lifetime(issue Issue, age time.Duration) time.Duration {
	hours := time.Duration(choose(100, issue.Title, "life")) * time.Hour
	switch issue.Status {
	case "Triage", "Backlog", "Todo", "Done", "Canceled":
		return min(hours+6*time.Hour, age)
	}
	return max(age-hours/3, age/2)
}

// author is the assignee in a third of the cases, else any member of the team but a guest.
func author(team Team, issue Issue) string {
	if issue.Assignee != "" && choose(3, issue.Title, "own") == 0 {
		return issue.Assignee
	}
	members := slices.DeleteFunc(slices.Clone(team.Members), func(handle string) bool { return handle == "cleo" })
	return members[choose(len(members), issue.Title, "author")]
}

// date spreads a thread unevenly over the life of its issue.
func date(comments []Comment, title string, at func(float64) time.Time) {
	gaps := make([]float64, len(comments))
	sum := 0.0
	for i := range comments {
		gaps[i] = float64(1 + choose(12, title, "gap", strconv.Itoa(i)))
		sum += gaps[i]
	}
	passed := 0.0
	for i := range comments {
		passed += gaps[i]
		comments[i].At = at(0.1 + 0.9*passed/sum)
	}
}

// applaud lets some of a team react to a third of the comments, never to their own.
func applaud(team Team, comments []Comment, title string) {
	emoji := []string{"👍", "👍", "🎉", "❤️", "👀", "😄"}
	for i := range comments {
		number := strconv.Itoa(i)
		if choose(3, title, "applause", number) > 0 {
			continue
		}
		for _, handle := range team.Members {
			if handle != comments[i].Author && choose(3, title, "claps", number, handle) == 0 {
				comments[i].Reactions = append(comments[i].Reactions, Reaction{By: handle, Emoji: emoji[choose(len(emoji), title, "emoji", number, handle)]})
			}
		}
	}
}
