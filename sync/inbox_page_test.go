package sync

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func TestInbox_PagesHoldWholeTransactions(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	var issues []Ref
	for i := range PageSize + 20 {
		issue, _ := h.issue(t, fmt.Sprint(i))
		issues = append(issues, issue)
	}
	var ops []Operation
	for _, issue := range issues[:20] {
		ops = append(ops, setField(issue, h.page(t, issue).IssueRow.Version, "assignee", string(h.ref(h.ben))))
	}
	h.applied(t, h.ann, h.annsTab, ops...)
	for _, issue := range issues[20:] {
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "@ben"))
	}
	seen := map[uuid.UUID]bool{}
	view, pages := InboxView{}, 0
	for ; pages == 0 || view.After != ""; pages++ {
		page, err := h.Inbox(t.Context(), h.ben, view)
		must(t, err)
		for _, row := range page.Rows {
			seen[row.ID] = true
		}
		view.After = page.More
	}
	if len(seen) != len(issues) || pages != 2 {
		t.Errorf("%d issues of %d on %d pages", len(seen), len(issues), pages)
	}
}

func TestS45_WhoIsNoLongerInATeamIsNotToldThatItsIssuesChange(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	team := NewRef("team", h.private)
	h.applied(t, h.ann, h.annsTab, addTo(team, "members", h.ref(h.ben)))
	secret, _ := h.issueIn(t, h.private, "Secret", having("assignee", string(h.ref(h.ben))))
	bens := NewRef("issue", newID())
	h.applied(t, h.ben, h.bensTab, Operation{Op: Create, Record: bens, Set: map[string]any{"team": string(team), "title": "Ben's"}})
	h.applied(t, h.ann, h.annsTab, Operation{Op: Remove, Record: team, Field: "members", Value: string(h.ref(h.ben))})
	mine := func() int64 {
		pack, err := h.Pack(t.Context(), h.ben)
		must(t, err)
		return pack.Mine
	}
	before := mine()
	h.applied(t, h.ann, h.annsTab, commentOn(secret, "Still a subscriber, and the assignee"))
	for _, issue := range []Ref{secret, bens} {
		h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "title", "Secret still"))
	}
	if after := mine(); after != before {
		t.Errorf("what is ben's changed at %d, with what he does not see", after)
	}
}

func TestInbox_TakesAsManyQueriesForOneRowAsForMany(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	for i := range PageSize {
		h.issue(t, fmt.Sprint(i), having("description", "@ben"))
	}
	h.inbox(t, h.ben) // followed
	counted, trips := h.counted(t)
	counted.inbox(t, h.ben) // its names are read
	before := trips.Load()
	_, err := counted.Inbox(t.Context(), h.ben, InboxView{})
	must(t, err)
	_, err = counted.Unread(t.Context(), h.ben)
	must(t, err)
	_, err = counted.InboxFreshness(t.Context(), h.ben, InboxView{})
	must(t, err)
	if took := trips.Load() - before; took != 3 {
		t.Errorf("page, count and freshness took %d round trips", took)
	}
}

// Rows are kept when they are read, for years: what each page counts is found without going through them.
func TestInbox_TheCountIsFoundAlongItsOwnIndex(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	must(t, pgx.BeginFunc(t.Context(), h.pool, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), "set local enable_seqscan = off")
		must(t, err)
		rows, err := tx.Query(t.Context(), "explain select issue_id from inbox where workspace_id = $1 and member_id = $2 and not done and unread > 0 order by version desc limit 100", h.ws, h.ben.Member)
		must(t, err)
		plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
		must(t, err)
		if !strings.Contains(strings.Join(plan, "\n"), "inbox_unread") {
			t.Errorf("%s", strings.Join(plan, "\n"))
		}
		return nil
	}))
}
