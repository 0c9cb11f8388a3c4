package sync

import (
	"fmt"
	"slices"
	stdsync "sync"
	"testing"
	"time"

	"tandem/internal/markdown"
)

// toldHouse is a house whose texts mention ann, ben and cleo.
func toldHouse(t testing.TB, options ...Options) *house {
	t.Helper()
	with := Options{}
	for _, given := range options {
		with = given
	}
	with.Mentions = markdown.New().Mentions
	h := setupWith(t, with)
	base := h.verdict(t).Head
	for handle, actor := range map[string]Actor{"ann": h.ann, "ben": h.ben, "cleo": h.cleo} {
		h.applied(t, h.ann, h.annsTab, setField(h.ref(actor), base, "handle", handle))
	}
	return h
}

// inbox is what an actor was told, in words: "ENG-1 mentioned 1".
func (h *house) inbox(t testing.TB, actor Actor) []string {
	t.Helper()
	page, err := h.Inbox(t.Context(), actor, InboxView{})
	must(t, err)
	var rows []string
	for _, row := range page.Rows {
		rows = append(rows, fmt.Sprintf("%s %s %d", row.Title, row.Reason, row.Unread))
	}
	unread, err := h.Unread(t.Context(), actor)
	must(t, err)
	if want := len(slices.DeleteFunc(page.Rows, func(r InboxRow) bool { return r.Unread == 0 })); len(unread.Issues) != want {
		t.Errorf("%d issues are counted as unread, %d rows are", len(unread.Issues), want)
	}
	return rows
}

func (h *house) hasInbox(t testing.TB, actor Actor, rows ...string) {
	t.Helper()
	if got := h.inbox(t, actor); !slices.Equal(got, rows) {
		t.Errorf("the inbox holds %q, want %q", got, rows)
	}
}

func commentOn(issue Ref, body string) Operation {
	return Operation{Op: Create, Record: NewRef("comment", newID()), Set: map[string]any{"issue": string(issue), "body": body}}
}

func addTo(ref Ref, field string, value Ref) Operation {
	return Operation{Op: Add, Record: ref, Field: field, Value: string(value)}
}

func (h *house) ref(actor Actor) Ref { return NewRef("member", actor.Member) }

func TestInbox_TellsWhyAndStacks(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, version := h.issue(t, "Login")
	other, _ := h.issue(t, "Logout")
	h.applied(t, h.ann, h.annsTab, setField(issue, version, "assignee", string(h.ref(h.ben))))
	h.hasInbox(t, h.ben, "Login assigned 1")
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Any news?"))
	h.applied(t, h.cleo, newID(), commentOn(other, "Nobody else hears of this but its author"))
	h.hasInbox(t, h.ben, "Login commented 2")
	h.hasInbox(t, h.ann, "Logout commented 1")
	page := h.page(t, issue)
	h.applied(t, h.ann, h.annsTab, setField(issue, page.IssueRow.Version, "status", string(h.doing)))
	h.hasInbox(t, h.ben, "Login commented 2")
	h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "status", string(h.done)))
	h.hasInbox(t, h.ben, "Login closed 3")
	h.applied(t, h.ann, h.annsTab, commentOn(other, "@ben see this"))
	h.hasInbox(t, h.ben, "Logout mentioned 1", "Login closed 3")
}

func TestS52_Mentions(t *testing.T) {
	t.Parallel()

	t.Run("S52 a mention notifies and subscribes, in the same transaction", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, _ := h.issue(t, "Login")
		made := h.applied(t, h.ann, h.annsTab, commentOn(issue, "What do you think, @ben?"))
		page := h.page(t, issue)
		if !slices.Contains(page.Subscribers, h.ben.Member) || page.IssueRow.Version != made.Version {
			t.Errorf("subscribers %v at %d, the comment came at %d", page.Subscribers, page.IssueRow.Version, made.Version)
		}
		h.hasInbox(t, h.ben, "Login mentioned 1")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Undo, Transaction: made.ID})
		if page := h.page(t, issue); slices.Contains(page.Subscribers, h.ben.Member) {
			t.Error("undone, the mention still subscribes")
		}
	})

	t.Run("S52 in a new issue's description, and in what an edit adds to one", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, version := h.issue(t, "Login", func(set map[string]any) { set["description"] = "For @ben" })
		h.hasInbox(t, h.ben, "Login mentioned 1")
		h.applied(t, h.ben, h.bensTab, Operation{Op: Remove, Record: issue, Field: "subscribers", Value: string(h.ref(h.ben))})
		from, text := "For @ben", "For @ben and @cleo"
		h.applied(t, h.ann, h.annsTab, Operation{Op: Text, Record: issue, Base: &version, Field: "description", From: &from, Text: &text})
		h.hasInbox(t, h.ben, "Login mentioned 1")
		h.hasInbox(t, h.cleo, "Login mentioned 1")
		if page := h.page(t, issue); slices.Contains(page.Subscribers, h.ben.Member) || !slices.Contains(page.Subscribers, h.cleo.Member) {
			t.Errorf("subscribers %v", page.Subscribers)
		}
	})

	t.Run("S52 not in code, not a name that nobody bears, not oneself", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, _ := h.issue(t, "Login")
		h.applied(t, h.cleo, newID(), commentOn(issue, "`@ben` and\n\n```\n@ben\n```\n\n@nobody, mail@ben, @cleo"))
		h.hasInbox(t, h.ben)
		h.hasInbox(t, h.cleo)
		if page := h.page(t, issue); len(page.Subscribers) != 2 { // who made it, and who commented
			t.Errorf("subscribers %v", page.Subscribers)
		}
	})

	t.Run("S52 whoever has no access is neither told nor subscribed, then or later", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		secret, _ := h.issueIn(t, h.private, "Secret", func(set map[string]any) { set["description"] = "@ben must not know" })
		h.applied(t, h.ann, h.annsTab, commentOn(secret, "@ben @cleo"))
		h.hasInbox(t, h.ben)
		if page := h.page(t, secret); len(page.Subscribers) != 1 {
			t.Errorf("subscribers %v", page.Subscribers)
		}
		h.applied(t, h.ann, h.annsTab, addTo(NewRef("team", h.private), "members", h.ref(h.ben)))
		h.hasInbox(t, h.ben)
		h.applied(t, h.ann, h.annsTab, commentOn(secret, "@ben now you may"))
		h.hasInbox(t, h.ben, "Secret mentioned 1")
		h.applied(t, h.ann, h.annsTab, Operation{Op: Remove, Record: NewRef("team", h.private), Field: "members", Value: string(h.ref(h.ben))})
		h.hasInbox(t, h.ben)
	})
}

func TestS52_OneIsNeverToldOfOnesOwn(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, version := h.issue(t, "Login", func(set map[string]any) {
		set["description"] = "@ann"
		set["assignee"] = string(NewRef("member", h.ann.Member))
	})
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Note to myself, @ann"))
	h.applied(t, h.ann, h.annsTab, setField(issue, version, "status", string(h.done)))
	h.hasInbox(t, h.ann)
}

func TestS52_TheSameChangeIsToldOnce(t *testing.T) {
	t.Parallel()

	t.Run("S52 of a transaction that comes twice", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, _ := h.issue(t, "Login")
		transaction := Transaction{ID: newID(), Ops: []Operation{commentOn(issue, "@ben")}}
		for range 3 {
			h.send(t, h.ann, h.annsTab, transaction)
		}
		h.hasInbox(t, h.ben, "Login mentioned 1")
	})

	t.Run("S52 by several nodes at once, and by one that begins anew", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, _ := h.issue(t, "Login")
		for i := range 5 {
			h.applied(t, h.ann, h.annsTab, commentOn(issue, fmt.Sprintf("%d @ben", i)))
		}
		var all stdsync.WaitGroup
		for range 4 {
			node := New(Options{Pool: h.pool, Mentions: h.mentions})
			all.Go(func() {
				defer node.Stop()
				if err := node.followAll(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		h.hasInbox(t, h.ben, "Login mentioned 5")
		_, err := h.pool.Exec(t.Context(), "update inbox_cursor set version = 0") // as if it had been lost
		must(t, err)
		must(t, h.followAll(t.Context()))
		h.hasInbox(t, h.ben, "Login mentioned 5")
	})

	t.Run("S52 with several reasons in one transaction the strongest is told", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, version := h.issue(t, "Login")
		h.applied(t, h.ann, h.annsTab, setField(issue, version, "assignee", string(h.ref(h.ben))), commentOn(issue, "@ben yours"), commentOn(issue, "and more"))
		h.hasInbox(t, h.ben, "Login mentioned 1")
	})
}

func TestInbox_FollowsTheLogAsItWas(t *testing.T) {
	t.Parallel()

	t.Run("who subscribes later is not told of what was said before", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, _ := h.issue(t, "Login")
		h.applied(t, h.ann, h.annsTab, addTo(issue, "subscribers", h.ref(h.cleo)))
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Before"))
		h.applied(t, h.ann, h.annsTab, addTo(issue, "subscribers", h.ref(h.ben)), Operation{Op: Remove, Record: issue, Field: "subscribers", Value: string(h.ref(h.cleo))})
		h.hasInbox(t, h.ben)
		h.hasInbox(t, h.cleo, "Login commented 1")
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "After"))
		h.hasInbox(t, h.ben, "Login commented 1")
		h.hasInbox(t, h.cleo, "Login commented 1")
	})

	t.Run("a new epoch and a cut log are gone over", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t, Options{Retention: keptFor})
		issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		h.hasInbox(t, h.ben, "Login assigned 1")
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Nobody looked before this was cut"))
		h.clock.advance(keptFor + time.Hour)
		cutLogs(t, h.Engine)
		_, err := h.pool.Exec(t.Context(), "update workspace set epoch = gen_random_uuid(), base_version = base_version + 1000000000")
		must(t, err)
		h.applied(t, h.ann, newID(), commentOn(issue, "In another time"))
		h.hasInbox(t, h.ben, "Login commented 2")
	})

	t.Run("what an import brings is history, not news", func(t *testing.T) {
		t.Parallel()
		h := toldHouse(t)
		issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		long := h.clock.now(time.Time{}).Add(-time.Hour)
		results, err := h.Import(t.Context(), h.ann, newID(), []Transaction{{ID: newID(), Ops: []Operation{commentOn(issue, "@cleo @ben").By(h.ann.Member, long)}}})
		must(t, err)
		if results[0].Status != Applied {
			t.Fatalf("%+v", results[0].Error)
		}
		h.hasInbox(t, h.ben, "Login assigned 1")
		h.hasInbox(t, h.cleo)
	})
}

func TestInbox_Marks(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	begin := func(t *testing.T) (h *house, issue Ref, mark func(Mark)) {
		t.Helper()
		h = toldHouse(t)
		issue, _ = h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		h.hasInbox(t, h.ben, "Login assigned 1")
		return h, issue, func(m Mark) {
			t.Helper()
			must(t, h.MarkInbox(t.Context(), h.ben, issue.ID(), m))
		}
	}

	t.Run("read and unread", func(t *testing.T) {
		t.Parallel()
		h, _, mark := begin(t)
		mark(Mark{Read: &yes})
		h.hasInbox(t, h.ben, "Login assigned 0")
		mark(Mark{Read: &no})
		h.hasInbox(t, h.ben, "Login assigned 1")
	})

	t.Run("done goes away, and comes back with what is new", func(t *testing.T) {
		t.Parallel()
		h, issue, mark := begin(t)
		mark(Mark{Read: &yes, Done: &yes})
		h.hasInbox(t, h.ben)
		if put, err := h.Inbox(t.Context(), h.ben, InboxView{Done: true}); err != nil || len(put.Rows) != 1 {
			t.Errorf("%+v %v", put, err)
		}
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Once more"))
		h.hasInbox(t, h.ben, "Login commented 1")
	})

	t.Run("what came after the row was seen is neither read nor done", func(t *testing.T) {
		t.Parallel()
		h, issue, mark := begin(t)
		seen := h.page(t, issue).IssueRow.Version
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Meanwhile"))
		h.hasInbox(t, h.ben, "Login commented 2")
		mark(Mark{Seen: seen, Read: &yes, Done: &yes})
		h.hasInbox(t, h.ben, "Login commented 2")
	})

	t.Run("what is snoozed sleeps until its time, and the state of the inbox tells that it woke", func(t *testing.T) {
		t.Parallel()
		h, issue, mark := begin(t)
		until := h.clock.now(time.Time{}).Add(time.Hour)
		mark(Mark{Until: &until})
		h.hasInbox(t, h.ben)
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "It sleeps on"))
		h.hasInbox(t, h.ben)
		asleep, err := h.InboxFreshness(t.Context(), h.ben, InboxView{})
		must(t, err)
		h.clock.advance(2 * time.Hour)
		awake, err := h.InboxFreshness(t.Context(), h.ben, InboxView{})
		must(t, err)
		if asleep.Marks == awake.Marks {
			t.Errorf("the marks stay %s", awake.Marks)
		}
		h.hasInbox(t, h.ben, "Login commented 2")
	})

	t.Run("a mention or an assignment wakes what is snoozed, whatever is said after it", func(t *testing.T) {
		t.Parallel()
		h, issue, mark := begin(t)
		until := h.clock.now(time.Time{}).Add(time.Hour)
		mark(Mark{Until: &until})
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "It sleeps on"))
		h.hasInbox(t, h.ben)
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Except for @ben"))
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "And more"))
		h.hasInbox(t, h.ben, "Login commented 4")
	})

	t.Run("what came after the row was seen is not put to sleep with it, and wakes with it", func(t *testing.T) {
		t.Parallel()
		h, issue, mark := begin(t)
		seen, until := h.page(t, issue).IssueRow.Version, h.clock.now(time.Time{}).Add(time.Hour)
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Meanwhile"))
		h.hasInbox(t, h.ben, "Login commented 2")
		mark(Mark{Seen: seen, Until: &until})
		h.hasInbox(t, h.ben, "Login commented 2")
		mark(Mark{Until: &until})
		h.hasInbox(t, h.ben)
		mark(Mark{Seen: seen, Until: &time.Time{}})
		h.hasInbox(t, h.ben, "Login commented 2")
	})

	t.Run("nobody marks another's, nor what they do not see", func(t *testing.T) {
		t.Parallel()
		h, issue, _ := begin(t)
		err := h.MarkInbox(t.Context(), h.cleo, issue.ID(), Mark{Done: &yes})
		if told, ok := asError(err); !ok || told.Kind != NotFound {
			t.Errorf("%v", err)
		}
		if err := h.MarkInbox(t.Context(), h.ben, newID(), Mark{Done: &yes}); err == nil {
			t.Error("an issue that there is not is marked")
		}
		h.hasInbox(t, h.ben, "Login assigned 1")
	})
}

func TestS52_ASubscriberIsToldLive(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	issue, _ := h.issue(t, "Login")
	h.applied(t, h.ann, h.annsTab, addTo(issue, "subscribers", h.ref(h.ben)))
	stream, err := h.Subscribe(t.Context(), h.ben, nil)
	must(t, err)
	defer stream.Close()
	ready := stream.Ready()
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Hello"))
	<-ready
	event, _ := stream.Take()
	if !slices.Contains(event.Topics, string(h.ref(h.ben))) || slices.Contains(event.Topics, string(h.ref(h.cleo))) {
		t.Errorf("%+v", event)
	}
}
