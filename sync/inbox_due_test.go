package sync

import (
	"fmt"
	stdsync "sync"
	"testing"
	"time"
)

// dueHouse is a house whose clock stands at noon of the 22nd; the team's is nine hours ahead.
func dueHouse(t *testing.T) *house {
	t.Helper()
	h := toldHouse(t)
	h.clock.set(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC))
	team := NewRef("team", h.team)
	h.applied(t, h.ann, h.annsTab, setField(team, h.verdict(t).Head, "timezone", "Asia/Tokyo"))
	return h
}

func (h *house) reminded(t *testing.T) {
	t.Helper()
	must(t, h.remindAll(t.Context()))
}

func TestInbox_TellsWhatIsDueSoon(t *testing.T) {
	t.Parallel()

	t.Run("in the morning of the day before, by the team's clock, once", func(t *testing.T) {
		t.Parallel()
		h := dueHouse(t)
		h.issue(t, "Login", having("assignee", string(h.ref(h.ben))), having("due", "2026-11-24"))
		h.hasInbox(t, h.ben, "Login assigned 1")
		h.clock.set(time.Date(2026, 11, 22, 23, 59, 0, 0, time.UTC)) // 08:59 in Tokyo
		h.reminded(t)
		h.hasInbox(t, h.ben, "Login assigned 1")
		h.clock.set(time.Date(2026, 11, 23, 0, 1, 0, 0, time.UTC))
		var nodes stdsync.WaitGroup
		for range 3 {
			nodes.Go(func() {
				if err := h.remindAll(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		h.hasInbox(t, h.ben, "Login due 2")
		h.hasInbox(t, h.ann)
	})

	t.Run("of another day once more, of a past one or a closed issue never", func(t *testing.T) {
		t.Parallel()
		h := dueHouse(t)
		mine := having("assignee", string(h.ref(h.ben)))
		issue, version := h.issue(t, "Login", mine, having("due", "2026-11-23"))
		h.issue(t, "Long gone", mine, having("due", "2026-11-20"))
		h.issue(t, "Done", mine, having("due", "2026-11-23"), having("status", string(h.done)))
		h.issue(t, "Nobody's", having("due", "2026-11-23"))
		h.reminded(t)
		h.hasInbox(t, h.ben, "Login due 2", "Done assigned 1", "Long gone assigned 1")
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "due", "2026-11-24"))
		h.reminded(t)
		h.hasInbox(t, h.ben, "Login due 2", "Done assigned 1", "Long gone assigned 1")
		h.clock.advance(24 * time.Hour)
		h.reminded(t)
		h.reminded(t)
		h.hasInbox(t, h.ben, "Login due 3", "Done assigned 1", "Long gone assigned 1")
	})

	t.Run("nobody is told of a day that they have just set themselves", func(t *testing.T) {
		t.Parallel()
		h := dueHouse(t)
		h.applied(t, h.ben, h.bensTab, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{
			"team": string(NewRef("team", h.team)), "title": "Mine", "assignee": string(h.ref(h.ben)), "due": "2026-11-23"}})
		h.reminded(t)
		h.hasInbox(t, h.ben)
	})
}

func TestInbox_TellsWhoseWorkIsFreeToBegin(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	blocker, version := h.issue(t, "Blocker")
	waiting, _ := h.issue(t, "Waiting", having("assignee", string(h.ref(h.ben))))
	secret, hidden := h.issueIn(t, h.private, "Secret")
	for _, from := range []Ref{blocker, secret} {
		h.applied(t, h.ann, h.annsTab, Operation{Op: Create, Record: NewRef("relation", newID()), Set: map[string]any{
			"issue": string(from), "kind": Blocks, "other": string(waiting)}})
	}
	h.hasInbox(t, h.ben, "Waiting assigned 1")
	h.applied(t, h.ann, h.annsTab, setField(secret, hidden, "status", string(NewRef("status", StatusID(h.private, "Done")))))
	must(t, h.followAll(t.Context()))
	h.hasInbox(t, h.ben, "Waiting assigned 1")
	h.applied(t, h.ann, h.annsTab, setField(blocker, version, "status", string(h.done)))
	must(t, h.followAll(t.Context()))
	h.hasInbox(t, h.ben, "Waiting unblocked 2")
}

func TestInbox_TellsTheAssigneeThatTheirIssueIsUrgent(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, version := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
	h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 2))
	h.hasInbox(t, h.ben, "Login assigned 1")
	h.applied(t, h.ann, h.annsTab, setField(issue, h.verdict(t).Head, "priority", 1))
	h.hasInbox(t, h.ben, "Login urgent 2")
	h.applied(t, h.ben, h.bensTab, setField(issue, h.verdict(t).Head, "priority", 3))
	h.applied(t, h.ben, h.bensTab, setField(issue, h.verdict(t).Head, "priority", 1))
	h.hasInbox(t, h.ben, "Login urgent 2")
}

func TestInbox_SleepsUntilActivity(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
	h.hasInbox(t, h.ben, "Login assigned 1")
	until := UntilActivity()
	must(t, h.MarkInbox(t.Context(), h.ben, issue.ID(), Mark{Until: &until}))
	h.clock.advance(365 * 24 * time.Hour)
	h.hasInbox(t, h.ben)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Something happens"))
	h.hasInbox(t, h.ben, "Login commented 2")
}

func TestInbox_WhoCommentsHearsWhatIsAnswered(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, _ := h.issue(t, "Login")
	said := h.applied(t, h.ben, h.bensTab, commentOn(issue, "May I?"))
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "You may"))
	h.hasInbox(t, h.ben, "Login commented 1")
	h.applied(t, h.ben, h.bensTab, Operation{Op: Undo, Transaction: said.ID})
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "What did you say?"))
	h.hasInbox(t, h.ben, "Login commented 1")
}

func TestInbox_KeepsTheNewestFiveHundred(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	var ops []Operation
	for i := range inboxKept {
		ops = append(ops, Operation{Op: Create, Record: NewRef("issue", newID()), Set: map[string]any{
			"team": string(NewRef("team", h.team)), "title": fmt.Sprint(i), "assignee": string(h.ref(h.ben))}})
	}
	old, _ := h.issue(t, "Old", having("assignee", string(h.ref(h.ben))))
	for len(ops) > 0 {
		h.applied(t, h.ann, h.annsTab, ops[:100]...)
		ops = ops[100:]
	}
	must(t, h.followAll(t.Context()))
	var kept, oldest int
	must(t, h.pool.QueryRow(t.Context(), "select count(*), count(*) filter (where issue_id = $1) from inbox where member_id = $2", old.ID(), h.ben.Member).Scan(&kept, &oldest))
	if kept != inboxKept || oldest != 0 {
		t.Errorf("%d rows are kept, %d of the oldest", kept, oldest)
	}

	_, err := h.pool.Exec(t.Context(), "update inbox set done = version = (select max(version) from inbox where member_id = $1) where member_id = $1", h.ben.Member)
	must(t, err)
	var undone int
	h.issue(t, "New", having("assignee", string(h.ref(h.ben))))
	must(t, h.followAll(t.Context()))
	must(t, h.pool.QueryRow(t.Context(), "select count(*), count(*) filter (where not done) from inbox where member_id = $1", h.ben.Member).Scan(&kept, &undone))
	if kept != inboxKept || undone != inboxKept-99 {
		t.Errorf("%d rows are kept, %d that are not done", kept, undone)
	}
}
