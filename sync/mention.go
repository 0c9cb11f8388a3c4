package sync

import (
	"slices"
	"strings"
)

// mentionsIn finds, operation by operation, whom a transaction's texts name, before it waits for the lock: laying a text
// out takes longer than all else that is done under it.
func (e *Engine) mentionsIn(transaction Transaction) [][]string {
	var named [][]string
	for i, op := range transaction.Ops {
		handles := e.newHandles(op.written())
		if len(handles) == 0 {
			continue
		}
		if named == nil {
			named = make([][]string, len(transaction.Ops))
		}
		named[i] = handles
	}
	return named
}

// written are the long text of an operation, and the one that its author started from.
func (o Operation) written() (from, text string) {
	switch {
	case o.Op == Text && o.Text != nil:
		if o.From != nil {
			from = *o.From
		}
		return from, *o.Text
	case o.Op == Create:
		for _, field := range []string{"description", "body"} {
			if s, ok := o.Set[field].(string); ok {
				return "", s
			}
		}
	}
	return "", ""
}

// newHandles are those that a text mentions, and the one that it came from does not.
func (e *Engine) newHandles(from, text string) []string {
	if e.mentions == nil || !strings.Contains(text, "@") {
		return nil
	}
	handles := e.mentions(text)
	if len(handles) == 0 || !strings.Contains(from, "@") {
		return handles
	}
	known := e.mentions(from)
	return slices.DeleteFunc(handles, func(handle string) bool { return slices.Contains(known, handle) })
}

// subscribeMentioned lets those hear of an issue from now on whom its description or a comment begins to mention, as far
// as they may see it: of the others nothing is written down.
func (w *work) subscribeMentioned() {
	for i, handles := range w.mentioned {
		written := w.changed[w.transaction.Ops[i].Record]
		if len(handles) == 0 || written == nil {
			continue
		}
		issue := w.lookup(NewRef("issue", nounOf(written.kind).issue(written)))
		if issue == nil {
			continue
		}
		for _, member := range w.seeing(issue.refersTo("team"), w.members(handles)) {
			if member != string(memberRef(w.who.member)) {
				w.subscribe(issue.ref(), member)
			}
		}
	}
}

// subscribeCommenter lets whoever comments on an issue hear what is answered. What an import brings is others' talk of long ago.
func (w *work) subscribeCommenter() {
	if w.who.program {
		return
	}
	for _, ref := range slices.Clone(w.order) {
		if comment := w.changed[ref]; comment.kind == "comment" && !comment.deleted() && w.world.lookup(ref) == nil {
			w.subscribe(Ref(comment.text("issue")), comment.text("author"))
		}
	}
}

func (w *work) subscribe(ref Ref, member string) {
	if issue := w.lookup(ref); issue != nil && !issue.deleted() && member != "" && !slices.Contains(issue.set("subscribers"), member) {
		issue = w.edit(issue)
		issue.fields["subscribers"] = with(issue.set("subscribers"), member)
	}
}

// members are the live ones of these handles.
func (w *work) members(handles []string) []string {
	var members []string
	for _, member := range w.all("member") {
		if !member.deleted() && slices.Contains(handles, member.text("handle")) {
			members = append(members, string(member.ref()))
		}
	}
	return members
}

// tellInboxes adds to a line that may be news the topics of those who hear of its issue.
func (w *work) tellInboxes(made *entry) {
	if made.Issue == nil || !w.isNews(made) {
		return
	}
	issue := w.lookup(NewRef("issue", *made.Issue))
	if issue == nil {
		return
	}
	for _, subscriber := range issue.set("subscribers") {
		made.Topics = with(made.Topics, subscriber)
	}
}

// isNews tells whether a follower of the log may find news in a line.
func (w *work) isNews(made *entry) bool {
	if made.Op != Create && made.Op != Set {
		return false
	}
	status, moved := made.After["status"].(string)
	priority, ranked := made.After["priority"].(int64)
	return made.After["body"] != nil || made.After["description"] != nil || made.After["assignee"] != nil || ranked && priority == urgent || moved && w.closes(status)
}

func (w *work) closes(status string) bool {
	found := w.lookup(Ref(status))
	return found != nil && statusName(found).Closed()
}
