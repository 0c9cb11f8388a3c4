package sync

import (
	"slices"
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
	known   map[[2]uuid.UUID]*newsItem
	list    []*newsItem // in the order in which they were found
}

func newNews(words *vocabulary, handles func(from, text string) []string) *news {
	return &news{words: words, handles: handles, rights: map[uuid.UUID]rights{}, zones: map[uuid.UUID]*time.Location{},
		blocked: map[uuid.UUID][]queries.ListUnblockedRow{}, known: map[[2]uuid.UUID]*newsItem{}}
}

// take looks at a line of the log.
func (n *news) take(line queries.ListNewsRow) error {
	before, err := decodeValues(line.Before)
	after, wrong := decodeValues(line.After)
	subscribers, wrongSet := decodeSet(line.Subscribers)
	if err := firstError(err, wrong, wrongSet); err != nil {
		return err
	}
	if line.Kind == "comment" {
		n.mention(line, text(before["body"]), text(after["body"]))
		if Verb(line.Op) == Create {
			n.tell(line, Commented, subscribers...)
		}
		return nil
	}
	n.mention(line, text(before["description"]), text(after["description"]))
	if who := text(after["assignee"]); who != "" {
		n.tell(line, Assigned, who)
	}
	if line.AssigneeID != nil && integer(after["priority"]) == urgent {
		n.tell(line, Urgent, string(NewRef("member", *line.AssigneeID)))
	}
	if Verb(line.Op) == Set && n.closes(text(after["status"])) && !n.closes(text(before["status"])) {
		n.tell(line, Closed, subscribers...)
		n.unblock(line)
	}
	return nil
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

func (n *news) mention(line queries.ListNewsRow, from, text string) {
	handles := n.handles(from, text)
	if len(handles) == 0 {
		return
	}
	for _, member := range n.words.all("member") {
		if slices.Contains(handles, member.text("handle")) {
			n.tell(line, Mentioned, string(member.ref()))
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
