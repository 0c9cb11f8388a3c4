package sync

import "slices"

// When work on an issue began and when it ended follows from the status that it enters, whoever changes that and how: an
// edit, a move, a transfer, an undo, an import with its source's times.

// issueTimes are those times: the first start stays, an end goes when the issue is reopened.
var issueTimes = []string{"started_at", "completed_at", "canceled_at"}

// settleTimes gives an issue the times of the status that it has come into. One that is there stays: an undo brought it
// back, or the issue only went from one such status to another.
func settleTimes(w *work, before, after *record) {
	if !changed(before, after, "status") {
		return
	}
	now := w.now()
	for name, category := range map[string]string{"started_at": "started", "completed_at": "completed", "canceled_at": "canceled"} {
		switch entered := w.category(after) == category; {
		case entered && after.fields[name] == nil:
			after.fields[name] = instantValue(&now)
		case !entered && name != "started_at":
			after.fields[name] = nil
		}
	}
}

// category is that of an issue's status.
func (w *work) category(issue *record) string {
	if status := w.lookup(Ref(issue.text("status"))); status != nil {
		return status.text("category")
	}
	return ""
}

// reverseTime brings back a time that the change of the status had set or cleared, if the undo itself has brought that
// status back. Where it could not, or somebody else did, the time belongs to what was done since.
func (w *work) reverseTime(mine *record, field string, change loggedChange) {
	was := change.Before["status"]
	brought := same(mine.fields["status"], was) && changed(w.world.lookup(mine.ref()), mine, "status")
	if brought && same(mine.fields[field], change.After[field]) {
		mine.fields[field] = change.Before[field]
	}
}

func isTime(kind, field string) bool { return kind == "issue" && slices.Contains(issueTimes, field) }
