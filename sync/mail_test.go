package sync

import (
	"context"
	"errors"
	"fmt"
	"slices"
	stdsync "sync"
	"testing"
	"time"
)

// mailHouse is a house that sends e-mail, at noon of a Sunday.
func mailHouse(t *testing.T) *house {
	t.Helper()
	h := toldHouse(t, Options{Mail: true})
	h.clock.set(time.Date(2026, 11, 22, 12, 30, 0, 0, time.UTC))
	return h
}

// post is what a letter says, in words: "ben: Login mentioned".
type post struct {
	mu      stdsync.Mutex
	letters []string
	fails   error
}

func (p *post) send(_ context.Context, l Letter) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fails != nil {
		return p.fails
	}
	says := l.Me().Name + ":"
	for _, item := range l.Items {
		says += fmt.Sprintf(" %s %s", item.Title, item.Reason)
	}
	p.letters = append(p.letters, says)
	return nil
}

func (h *house) mailed(t *testing.T, p *post, letters ...string) {
	t.Helper()
	must(t, h.followAll(t.Context()))
	must(t, h.SendMail(t.Context(), p.send))
	if !slices.Equal(p.letters, letters) {
		t.Errorf("sent %q, want %q", p.letters, letters)
	}
	p.letters = nil
}

// wishes sets what a member is told by e-mail.
func (h *house) wishes(t testing.TB, actor Actor, digest string, reasons ...any) {
	t.Helper()
	snapshot, err := h.Look(t.Context(), actor)
	must(t, err)
	known := snapshot.Preference()
	op := Operation{Op: Create, Record: NewRef("preference", known.ID), Set: map[string]any{"digest": digest, "mail": append([]any{}, reasons...)}}
	if known.Version > 0 {
		op.Op, op.Base = Set, &known.Version
	}
	h.applied(t, actor, newID(), op)
}

func TestMail_WhatIsOnesOwnGoesAtOnceTheRestTogether(t *testing.T) {
	t.Parallel()
	h, p := mailHouse(t), &post{}
	issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
	other, _ := h.issue(t, "Logout")
	h.applied(t, h.ann, h.annsTab, addTo(other, "subscribers", h.ref(h.ben)))
	h.mailed(t, p, "ben: Login assigned")
	h.mailed(t, p)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "And"))
	h.applied(t, h.ann, h.annsTab, commentOn(other, "so on"))
	h.mailed(t, p)
	h.clock.set(time.Date(2026, 11, 22, 15, 59, 0, 0, time.UTC))
	h.mailed(t, p)
	h.clock.set(time.Date(2026, 11, 22, 16, 0, 0, 0, time.UTC))
	h.mailed(t, p, "ben: Login commented Logout commented")
	h.mailed(t, p)
}

// The strongest reason of what is followed in one go is not lost behind the newest.
func TestMail_AMentionIsNotLostBehindAComment(t *testing.T) {
	t.Parallel()
	h, p := mailHouse(t), &post{}
	issue, _ := h.issue(t, "Login")
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "@ben?"))
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Hello?"))
	h.mailed(t, p, "ben: Login mentioned")
}

func TestMail_IsLookedAtAgainWhenItGoesOut(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T) (*house, *post, Ref) {
		h := mailHouse(t)
		issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		must(t, h.followAll(t.Context()))
		return h, &post{}, issue
	}

	t.Run("what was read", func(t *testing.T) {
		t.Parallel()
		h, p, issue := begin(t)
		yes := true
		must(t, h.MarkInbox(t.Context(), h.ben, issue.ID(), Mark{Read: &yes}))
		h.mailed(t, p)
	})

	t.Run("what was read before something else came", func(t *testing.T) {
		t.Parallel()
		h, p, issue := begin(t)
		h.mailed(t, p, "ben: Login assigned")
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "First"))
		must(t, h.followAll(t.Context()))
		yes := true
		must(t, h.MarkInbox(t.Context(), h.ben, issue.ID(), Mark{Read: &yes}))
		h.applied(t, h.ann, h.annsTab, commentOn(issue, "Second"))
		must(t, h.followAll(t.Context()))
		h.clock.advance(24 * time.Hour)
		h.mailed(t, p, "ben: Login commented")
	})

	t.Run("S52 what its receiver may not see any more", func(t *testing.T) {
		t.Parallel()
		h, p, issue := begin(t)
		h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "team", string(NewRef("team", h.private))))
		h.mailed(t, p)
	})

	t.Run("what lies in the trash", func(t *testing.T) {
		t.Parallel()
		h, p, issue := begin(t)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: issue})
		h.mailed(t, p)
	})

	t.Run("what is not wanted any more", func(t *testing.T) {
		t.Parallel()
		h, p, _ := begin(t)
		token, err := h.UnsubscribeToken(t.Context(), h.ben)
		must(t, err)
		actor, err := h.Unsubscriber(t.Context(), "acme", token)
		must(t, err)
		must(t, h.NoMail(t.Context(), actor))
		must(t, h.NoMail(t.Context(), actor))
		h.mailed(t, p)
	})

	t.Run("what is not wanted any more, by whoever took an earlier choice back", func(t *testing.T) {
		t.Parallel()
		h, p, _ := begin(t)
		snapshot, err := h.Look(t.Context(), h.ben)
		must(t, err)
		chosen := h.applied(t, h.ben, h.bensTab, snapshot.Preference().Writes(map[string]any{"digest": DigestDaily})...)
		h.applied(t, h.ben, h.bensTab, undo(chosen.ID))
		must(t, h.NoMail(t.Context(), h.ben))
		h.mailed(t, p)
	})

	t.Run("who is gone", func(t *testing.T) {
		t.Parallel()
		h, p, _ := begin(t)
		h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: h.ref(h.ben)})
		h.mailed(t, p)
	})
}

func TestMail_GoesOutOnce(t *testing.T) {
	t.Parallel()

	t.Run("from several nodes at once, and when the log is followed anew", func(t *testing.T) {
		t.Parallel()
		h, p := mailHouse(t), &post{}
		h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		must(t, h.followAll(t.Context()))
		var nodes stdsync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				if err := h.SendMail(t.Context(), p.send); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		_, err := h.pool.Exec(t.Context(), "update inbox_cursor set version = 0")
		must(t, err)
		h.mailed(t, p, "ben: Login assigned")
	})

	t.Run("also when the server of mail is away for a while", func(t *testing.T) {
		t.Parallel()
		h, p := mailHouse(t), &post{fails: errors.New("no answer")}
		h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		must(t, h.followAll(t.Context()))
		for range 3 {
			if err := h.SendMail(t.Context(), p.send); !errors.Is(err, p.fails) {
				t.Errorf("%v", err)
			}
			h.mailed(t, p)
			h.clock.advance(5 * time.Minute)
		}
		p.fails = nil
		h.mailed(t, p, "ben: Login assigned")
	})

	t.Run("not again when it was refused for good", func(t *testing.T) {
		t.Parallel()
		h, p := mailHouse(t), &post{fails: ErrUndeliverable}
		h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		must(t, h.followAll(t.Context()))
		if err := h.SendMail(t.Context(), p.send); !errors.Is(err, ErrUndeliverable) {
			t.Errorf("%v", err)
		}
		p.fails = nil
		h.clock.advance(time.Hour)
		h.mailed(t, p)
	})
}

func TestMail_HeedsWhatAMemberWishes(t *testing.T) {
	t.Parallel()
	h, p := mailHouse(t), &post{}
	h.wishes(t, h.ben, DigestOff, "urgent", "commented")
	issue, version := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
	h.mailed(t, p)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Hello"))
	h.clock.advance(24 * time.Hour)
	h.mailed(t, p)
	h.applied(t, h.ann, h.annsTab, setField(issue, version, "priority", 1))
	h.mailed(t, p, "ben: Login urgent")
	h.wishes(t, h.ben, DigestHourly, "commented")
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Again"))
	h.clock.advance(time.Hour)
	h.mailed(t, p)
	h.clock.advance(time.Hour)
	h.mailed(t, p, "ben: Login commented")
}

func TestPreference_IsOnesOwnAndOne(t *testing.T) {
	t.Parallel()
	h := mailHouse(t)
	h.wishes(t, h.ben, DigestDaily, "mentioned")
	snapshot, err := h.Look(t.Context(), h.ben)
	must(t, err)
	bens := snapshot.Preference()
	if bens.Digest != DigestDaily || !slices.Equal(bens.Mail, []Reason{Mentioned}) {
		t.Errorf("%+v", bens)
	}
	for what, one := range map[string]struct {
		actor Actor
		op    Operation
		code  string
	}{
		"another's":       {h.ann, setField(NewRef("preference", bens.ID), bens.Version, "digest", "off"), CodeNotFound},
		"a second one":    {h.ben, Operation{Op: Create, Record: NewRef("preference", newID())}, CodeInvalid},
		"one for another": {h.ann, Operation{Op: Create, Record: NewRef("preference", PreferenceID(h.ws, h.cleo.Member))}, CodeInvalid},
		"no reason":       {h.ben, setField(NewRef("preference", bens.ID), bens.Version, "mail", []any{"spam"}), CodeInvalid},
	} {
		result, _ := h.Apply(t.Context(), one.actor, newID(), Transaction{ID: newID(), Ops: []Operation{one.op}})
		if result.Error == nil || result.Error.Code != one.code {
			t.Errorf("%s: %+v", what, result)
		}
	}
}

func TestUnsubscriber_TakesWhatWasSignedHere(t *testing.T) {
	t.Parallel()
	h := mailHouse(t)
	token, err := h.UnsubscribeToken(t.Context(), h.ben)
	must(t, err)
	refused := []string{"", "x", token[:20]}
	for i := range token {
		refused = append(refused, token[:i]+otherLetter(token[i])+token[i+1:])
	}
	for _, wrong := range refused {
		if _, err := h.Unsubscriber(t.Context(), "acme", wrong); err == nil {
			t.Errorf("%q is taken for %q", wrong, token)
		}
	}
	if _, err := h.Unsubscriber(t.Context(), "other", token); err == nil {
		t.Error("taken in another workspace")
	}
}

// otherLetter is never the letter of base64 it is given.
func otherLetter(letter byte) string {
	if letter == 'A' {
		return "B"
	}
	return "A"
}

func TestNextDigest(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("there", 3600)
	now := time.Date(2026, 11, 22, 13, 30, 0, 0, zone) // a Sunday
	for frequency, want := range map[string]time.Time{
		DigestHourly: time.Date(2026, 11, 22, 14, 0, 0, 0, zone), DigestOften: time.Date(2026, 11, 22, 16, 0, 0, 0, zone),
		DigestDaily: time.Date(2026, 11, 23, 9, 0, 0, 0, zone), DigestWeekly: time.Date(2026, 11, 23, 9, 0, 0, 0, zone),
	} {
		if got := nextDigest(frequency, now); !got.Equal(want) {
			t.Errorf("%s is %v", frequency, got)
		}
	}
}
