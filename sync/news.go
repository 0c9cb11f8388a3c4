package sync

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/google/uuid"

	"tandem/queries"
)

// Reason is why somebody is told of an issue.
type Reason string

// The reasons, the strongest first: of several at once the first one counts.
const (
	Mentioned Reason = "mentioned"
	Assigned  Reason = "assigned"
	Urgent    Reason = "urgent"
	Due       Reason = "due"
	Unblocked Reason = "unblocked"
	Commented Reason = "commented"
	Closed    Reason = "closed"
)

var reasons = []Reason{Mentioned, Assigned, Urgent, Due, Unblocked, Commented, Closed}

// urgent is the priority that does not wait.
const urgent = 1

// wakes tells whether a reason is so much the member's own that it ends their snoozing.
func (r Reason) wakes() bool { return r != Commented && r != Closed }

// newsItem is what one member is told of one issue.
type newsItem struct {
	member, issue uuid.UUID
	team          uuid.UUID // the issue's
	version       int64     // of the newest
	reason        Reason
	actor         *uuid.UUID
	comment       *uuid.UUID
	at            time.Time
	unread        int       // versions
	wakes         bool      // what sleeps: it is the member's own
	told          telling   // the strongest reason of all
	mailAt        time.Time // zero: not by e-mail
	pushAt        time.Time // zero: not in browsers
}

// telling is a reason with who gave it, and where.
type telling struct {
	reason  Reason
	actor   *uuid.UUID
	comment *uuid.UUID
}

// news gathers, over a stretch of the log, what is news to whom. It belongs to one goroutine.
type news struct {
	words   *vocabulary
	handles func(from, text string) []string // that a text begins to mention
	rights  map[uuid.UUID]rights
	zones   map[uuid.UUID]*time.Location             // of teams
	blocked map[uuid.UUID][]queries.ListUnblockedRow // by what blocks them
	had     map[uuid.UUID][]followers                // of issues, the oldest first
	known   map[[2]uuid.UUID]*newsItem
	list    []*newsItem // in the order in which they were found
}

func newNews(words *vocabulary, handles func(from, text string) []string) *news {
	return &news{words: words, handles: handles, rights: map[uuid.UUID]rights{}, zones: map[uuid.UUID]*time.Location{},
		blocked: map[uuid.UUID][]queries.ListUnblockedRow{}, had: map[uuid.UUID][]followers{}, known: map[[2]uuid.UUID]*newsItem{}}
}

// followers are the subscribers whom an issue had until a V.
type followers struct {
	until   int64
	members []string
}

// newsLine is a line of the log with what it says.
type newsLine struct {
	queries.ListNewsRow
	before, after map[string]value
	closes        bool // an issue that was open
}

func (l newsLine) tellsSubscribers() bool {
	return l.closes || l.Kind == "comment" && Verb(l.Op) == Create
}

func (n *news) decode(rows []queries.ListNewsRow) ([]newsLine, error) {
	lines := make([]newsLine, len(rows))
	for i, row := range rows {
		before, err := decodeValues(row.Before)
		after, wrong := decodeValues(row.After)
		if err := firstError(err, wrong); err != nil {
			return nil, fmt.Errorf("read change %d: %w", row.Version, err)
		}
		closes := row.Kind == "issue" && Verb(row.Op) == Set && n.closes(text(after["status"])) && !n.closes(text(before["status"]))
		lines[i] = newsLine{row, before, after, closes}
	}
	return lines, nil
}

// take looks at a line of the log.
func (n *news) take(line newsLine) {
	if line.Kind == "comment" {
		n.mention(line, text(line.before["body"]), text(line.after["body"]))
		if line.tellsSubscribers() {
			n.tell(line.ListNewsRow, Commented, n.subscribers(line)...)
		}
		return
	}
	n.mention(line, text(line.before["description"]), text(line.after["description"]))
	if who := text(line.after["assignee"]); who != "" {
		n.tell(line.ListNewsRow, Assigned, who)
	}
	if line.AssigneeID != nil && integer(line.after["priority"]) == urgent {
		n.tell(line.ListNewsRow, Urgent, string(NewRef("member", *line.AssigneeID)))
	}
	if line.closes {
		n.tell(line.ListNewsRow, Closed, n.subscribers(line)...)
		n.unblock(line.ListNewsRow)
	}
}

// subscribers are those whom the issue had right after a line: whom the next change of them replaced, else whom it has now.
func (n *news) subscribers(line newsLine) []string {
	had := n.had[line.IssueID]
	next := sort.Search(len(had), func(i int) bool { return had[i].until > line.Version })
	if next == len(had) {
		return nil
	}
	return had[next].members
}

// unblock tells those whose work waited for an issue that it was closed. They hear it of their own issue, if they see both.
func (n *news) unblock(line queries.ListNewsRow) {
	for _, waiting := range n.blocked[line.IssueID] {
		if n.closes(string(NewRef("status", waiting.StatusID))) || !n.rightsOf(*waiting.AssigneeID).sees(waiting.BlockerTeamID) {
			continue
		}
		line.IssueID, line.TeamID = waiting.ID, waiting.TeamID
		n.tell(line, Unblocked, string(NewRef("member", *waiting.AssigneeID)))
	}
}

func (n *news) closes(status string) bool {
	found := n.words.records[Ref(status)]
	return found != nil && statusName(found).Closed()
}

func (n *news) mention(line newsLine, from, text string) {
	handles := n.handles(from, text)
	if len(handles) == 0 {
		return
	}
	for _, member := range n.words.all("member") {
		if slices.Contains(handles, member.text("handle")) {
			n.tell(line.ListNewsRow, Mentioned, string(member.ref()))
		}
	}
}

// tell leaves out who did it, who does not see the issue, and who is not here to be told.
func (n *news) tell(line queries.ListNewsRow, reason Reason, members ...string) {
	for _, ref := range members {
		member := Ref(ref).ID()
		own := line.MemberID != nil && *line.MemberID == member
		if found := n.words.records[Ref(ref)]; own || found == nil || found.fields["person"] == nil || !n.rightsOf(member).sees(line.TeamID) {
			continue
		}
		n.add(line, reason, member)
	}
}

func (n *news) rightsOf(member uuid.UUID) rights {
	who, known := n.rights[member]
	if !known {
		who = n.words.rightsOf(member)
		n.rights[member] = who
	}
	return who
}

// add keeps the newest reason, and of one transaction's the strongest.
func (n *news) add(line queries.ListNewsRow, reason Reason, member uuid.UUID) {
	key := [2]uuid.UUID{member, line.IssueID}
	item := n.known[key]
	if item == nil {
		item = &newsItem{member: member, issue: line.IssueID}
		n.known[key], n.list = item, append(n.list, item)
	}
	item.wakes = item.wakes || reason.wakes()
	told := telling{reason: reason, actor: line.MemberID}
	if line.Kind == "comment" {
		told.comment = &line.RecordID
	}
	if item.told.reason == "" || slices.Index(reasons, reason) <= slices.Index(reasons, item.told.reason) {
		item.told = told
	}
	switch {
	case item.version < line.Version:
		item.unread++
	case slices.Index(reasons, item.reason) <= slices.Index(reasons, reason):
		return
	}
	item.version, item.reason, item.actor, item.comment, item.at, item.team = line.Version, reason, told.actor, told.comment, line.At, line.TeamID
}
