package importer

import "time"

// The product's limits. A parser never hands over more, and reports a Problem for each text that it had to fit in.
const (
	MaxTitle = 512       // code points
	MaxText  = 256 << 10 // bytes of UTF-8
)

// Ghost is the login that stands for a deleted account, as on GitHub.
const Ghost = "ghost"

// Grey is the colour of a label whose own colour the file does not tell.
const Grey = "#808080"

// Source says where a file comes from.
type Source struct {
	Format string // the parser's name for what it detected, such as "github-archive"
	Repo   string // "owner/repo"; with the host in front unless that is github.com; "" if the file does not tell
}

// Label is a label as the source defines it. Color is always "#rrggbb", lower case.
type Label struct {
	Name        string
	Color       string
	Description string
}

// Person is somebody whom the file names. Name and Email are "" where the format does not carry them.
type Person struct {
	Login string
	Name  string
	Email string
	Named bool // the file has no login of theirs: Name stands for it, and is all there may be
}

// State is whether an issue is done with.
type State string

// The states of an issue.
const (
	Open   State = "open"
	Closed State = "closed"
)

// Issue is an issue or a pull request with everything that belongs to it.
type Issue struct {
	SourceID    string // such as "github:owner/repo#12"
	Number      int    // its number at the source; issues and pulls share one number space
	Pull        bool
	URL         string // its page at the source, "" if unknown
	Title       string
	Body        string
	State       State
	StateReason string // "completed", "not_planned", "duplicate", "reopened", "merged" or ""
	Author      string // login, or Ghost
	Assignees   []string
	Labels      []Label
	CreatedAt   time.Time // zero only if the file has no time at all for the issue, which is a Problem
	UpdatedAt   time.Time
	ClosedAt    time.Time // zero while open
	Comments    []Comment // oldest first
	History     []Event   // oldest first
	Planned     Plan
	Reviews     int // remarks on the code of a pull request; without the code they say little and are not taken
}

// Plan is what trackers know of an issue beyond open and closed. What a format does not tell is zero.
type Plan struct {
	Status    string // by name; "" goes by the issue's State
	Priority  int    // 1 is urgent, 4 is low, 0 is none
	Project   string
	Milestone string // of the project
	Parent    string // a SourceID
	Due       string // a day, as 2026-12-24
	Estimate  *int
}

// Comment is one remark below an issue.
type Comment struct {
	SourceID  string
	Author    string // login, or Ghost
	Body      string
	CreatedAt time.Time
	UpdatedAt time.Time
}

// EventKind is what happened to an issue.
type EventKind string

// The kinds of event that are taken over.
const (
	EventClosed     EventKind = "closed"
	EventReopened   EventKind = "reopened"
	EventRenamed    EventKind = "renamed"
	EventLabeled    EventKind = "labeled"
	EventUnlabeled  EventKind = "unlabeled"
	EventAssigned   EventKind = "assigned"
	EventUnassigned EventKind = "unassigned"
)

// Event is one step in the life of an issue. From and To hold the titles of a rename, the state of closed and reopened, the
// label's name or the assignee's login; the side that does not exist is "".
type Event struct {
	At    time.Time
	Actor string // login, or Ghost
	Kind  EventKind
	From  string
	To    string
}
