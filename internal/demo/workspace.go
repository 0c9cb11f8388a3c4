package demo

import "time"

// Workspace is everything that there is to create, in the order in which to create it.
type Workspace struct {
	Slug     string
	Name     string
	People   []Person
	Teams    []Team
	Labels   []Label
	Projects []Project
	Issues   []Issue

	Favourites []Favourite
}

// Favourite is something that a person keeps in the sidebar: an issue, or a team's list.
type Favourite struct {
	Of     string // handle
	Issue  int    // index, or -1
	Team   string // key, where it is no issue
	Folder string // "" for none
}

// Person is somebody with an account.
type Person struct {
	Handle string
	Name   string
	Email  string
	Role   string // "admin", "member" or "guest"
}

// Team has its statuses in workflow order.
type Team struct {
	Key      string
	Name     string
	Private  bool
	Timezone string   // IANA name
	Triage   bool     // what is reported from outside of it waits to be looked at
	Cycle    int      // weeks of a cycle, 0: the team works in none
	Members  []string // handles
	Statuses []Status
}

// Status is one step of a team's workflow.
type Status struct {
	Name     string
	Category string // "triage", "backlog", "unstarted", "started", "completed" or "canceled"
	Color    string // "#rrggbb"
}

// Label belongs to one team or, with an empty Team, to all. An issue has at most one label of a group.
type Label struct {
	Name  string
	Color string
	Team  string
	Group string
}

// Issue is an issue as it is now. Undoing History from its end gives what it was when it was created.
type Issue struct {
	Team        string
	Title       string
	Description string // Markdown
	Status      string
	Priority    int    // 0 none, 1 urgent, 2 high, 3 medium, 4 low
	Assignee    string // handle, or ""
	Author      string // handle; "" in samples: whoever set the workspace up
	Labels      []string
	Due         string // YYYY-MM-DD, or ""
	Estimate    int    // 0 is none
	Parent      int    // index of an earlier issue of the same team, or -1
	Project     string // name, or ""
	Milestone   string // name, or ""
	BlockedBy   int    // index of an issue of any team, or -1
	CreatedAt   time.Time
	UpdatedAt   time.Time // of the last comment or change
	Comments    []Comment
	History     []Change
}

// Comment is one entry of a thread; threads are in order of time.
type Comment struct {
	Author string
	Body   string // Markdown
	At     time.Time

	Reactions []Reaction
}

// Reaction is how somebody answered a comment without words.
type Reaction struct {
	By    string
	Emoji string
}

// Change is one step in the history of an issue, which is in order of time. A status is given by its name, a priority as a
// digit, an assignee by handle or "".
type Change struct {
	By    string
	At    time.Time
	Field string // "status", "priority", "assignee" or "title"
	From  string
	To    string
}

// Content is the demo workspace as it stands at now. Its issues are in order of creation over all teams, so the n-th issue of
// a team is the one that texts call KEY-n, provided that numbers are given out in this order and begin at 1.
//
// It panics if the embedded content is malformed, which a test rules out.
func Content(now time.Time) Workspace {
	w := Workspace{Slug: "acme", Name: "Acme", People: people(), Teams: teams(), Labels: labels(), Projects: projects(now.UTC())}
	drafts, err := load(w.Teams)
	if err != nil {
		panic(err)
	}
	w.Issues = compose(w.Teams, drafts, now.UTC())
	gather(w.Projects, w.Teams, w.Issues)
	w.Favourites = favourites(w.Issues)
	return w
}

// favourites are ann's: a team that she looks at often, and what she works on.
func favourites(issues []Issue) []Favourite {
	list := []Favourite{{Of: "ann", Issue: -1, Team: "WEB"}}
	for i, issue := range issues {
		if issue.Assignee == "ann" && issue.Status == "In Progress" && len(list) < 4 {
			list = append(list, Favourite{Of: "ann", Issue: i, Folder: "In the works"})
		}
	}
	return list
}
