package sync

import (
	"context"
	"crypto/ecdh"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"strings"
	stdsync "sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// pushHouse is a house without e-mail where ben has a browser that shows notifications.
func pushHouse(t *testing.T) (h *house, screen *post, bens Token) {
	t.Helper()
	h = toldHouse(t)
	return h, &post{}, h.browser(t, h.ben, "https://push.example.com/ben")
}

// browser signs somebody in, in a browser that asks to be told.
func (h *house) browser(t testing.TB, actor Actor, endpoint string) Token {
	t.Helper()
	token := h.signIn(t, actor)
	must(t, h.TellBrowser(t.Context(), token, newBrowser(t, endpoint)))
	return token
}

func (h *house) signIn(t testing.TB, actor Actor) Token {
	t.Helper()
	var person uuid.UUID
	must(t, h.pool.QueryRow(t.Context(), "select person_id from member where id = $1", actor.Member).Scan(&person))
	token, err := h.OpenSession(t.Context(), person, "test")
	must(t, err)
	return token
}

func newBrowser(t testing.TB, endpoint string) Browser {
	t.Helper()
	key, err := ecdh.P256().GenerateKey(rand.Reader)
	must(t, err)
	return Browser{Endpoint: endpoint, P256DH: key.PublicKey().Bytes(), Auth: make([]byte, 16)}
}

// show keeps of a letter to a browser what it says, and where it went.
func (p *post) show(ctx context.Context, l Letter) error {
	before := len(p.letters)
	err := p.send(ctx, l)
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.letters) > before {
		p.letters[len(p.letters)-1] += fmt.Sprintf(" (%d) in %s", l.Unread, l.Browser.Endpoint[len("https://push.example.com/"):])
	}
	return err
}

func (h *house) showed(t *testing.T, p *post, letters ...string) {
	t.Helper()
	must(t, h.followAll(t.Context()))
	must(t, h.SendPush(t.Context(), p.show))
	if slices.Sort(p.letters); !slices.Equal(p.letters, letters) {
		t.Errorf("showed %q, want %q", p.letters, letters)
	}
	p.letters = nil
}

func TestPush_TellsAtOnceWhatIsOnesOwn(t *testing.T) {
	t.Parallel()
	h, p, _ := pushHouse(t)
	issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
	h.issue(t, "Theirs", having("assignee", string(h.ref(h.cleo))))
	h.showed(t, p, "ben: Login assigned (1) in ben")
	h.showed(t, p)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "And?"))
	h.showed(t, p)
	h.wishes(t, h.ben, DigestWeekly)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "@ben?"))
	h.showed(t, p, "ben: Login mentioned (1) in ben")
	snapshot, err := h.Look(t.Context(), h.ben)
	must(t, err)
	wishes := snapshot.Preference()
	h.applied(t, h.ben, h.bensTab, setField(NewRef("preference", wishes.ID), wishes.Version, "push", []any{"commented"}))
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "@ben!"))
	h.showed(t, p)
	h.applied(t, h.ann, h.annsTab, commentOn(issue, "Well."))
	h.showed(t, p, "ben: Login commented (1) in ben")
}

func TestPush_GoesToEachBrowserOfAPerson(t *testing.T) {
	t.Parallel()
	h, p, bens := pushHouse(t)
	phone := h.browser(t, h.ben, "https://push.example.com/phone")
	told := func() { h.issue(t, "Login", having("assignee", string(h.ref(h.ben)))) }
	told()
	h.showed(t, p, "ben: Login assigned (1) in ben", "ben: Login assigned (1) in phone")

	told()
	must(t, h.followAll(t.Context()))
	must(t, h.SignOut(t.Context(), phone))
	h.showed(t, p, "ben: Login assigned (2) in ben")
	must(t, h.TellBrowser(t.Context(), bens, newBrowser(t, "https://push.example.com/renewed")))
	told()
	h.showed(t, p, "ben: Login assigned (3) in renewed")
	_, err := h.pool.Exec(t.Context(), "update session set expires_at = now()")
	must(t, err)
	told()
	h.showed(t, p)

	h.browser(t, h.ben, "https://push.example.com/shared")
	h.browser(t, h.cleo, "https://push.example.com/shared")
	told()
	h.showed(t, p)
	told()
	h.issue(t, "Logout", having("assignee", string(h.ref(h.cleo))))
	h.showed(t, p, "cleo: Logout assigned (1) in shared")
}

func TestPush_IsLookedAtAgainWhenItGoesOut(t *testing.T) {
	t.Parallel()
	for name, happens := range map[string]func(*testing.T, *house, Ref, Token){
		"what was read": func(t *testing.T, h *house, issue Ref, _ Token) {
			yes := true
			must(t, h.MarkInbox(t.Context(), h.ben, issue.ID(), Mark{Read: &yes}))
		},
		"S52 what its receiver may not see any more": func(t *testing.T, h *house, issue Ref, _ Token) {
			h.applied(t, h.ann, h.annsTab, setField(issue, h.page(t, issue).IssueRow.Version, "team", string(NewRef("team", h.private))))
		},
		"who is gone": func(t *testing.T, h *house, _ Ref, _ Token) {
			h.applied(t, h.ann, h.annsTab, Operation{Op: Delete, Record: h.ref(h.ben)})
		},
		"who signed out":             func(t *testing.T, h *house, _ Ref, bens Token) { must(t, h.SignOut(t.Context(), bens)) },
		"a browser that was stopped": func(t *testing.T, h *house, _ Ref, bens Token) { must(t, h.ForgetBrowser(t.Context(), bens)) },
		"what is a day old":          func(_ *testing.T, h *house, _ Ref, _ Token) { h.clock.advance(25 * time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h, p, bens := pushHouse(t)
			issue, _ := h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
			must(t, h.followAll(t.Context()))
			happens(t, h, issue, bens)
			h.showed(t, p)
			if n := h.count(t, "dispatch"); n != 0 {
				t.Errorf("%d are still on their way", n)
			}
		})
	}
}

func TestPush_GoesOutOnce(t *testing.T) {
	t.Parallel()
	begin := func(t *testing.T) (*house, *post, Token) {
		h, p, bens := pushHouse(t)
		h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
		must(t, h.followAll(t.Context()))
		return h, p, bens
	}

	t.Run("from two nodes at once, and when the log is followed anew", func(t *testing.T) {
		t.Parallel()
		h, p, _ := begin(t)
		var nodes stdsync.WaitGroup
		for _, node := range []*Engine{h.Engine, h.secondNode(t), h.Engine} {
			nodes.Go(func() {
				if err := node.SendPush(t.Context(), p.show); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		_, err := h.pool.Exec(t.Context(), "update inbox_cursor set version = 0")
		must(t, err)
		h.showed(t, p, "ben: Login assigned (1) in ben")
	})

	t.Run("later and later while its service does not take it", func(t *testing.T) {
		t.Parallel()
		h, p, _ := begin(t)
		p.fails = errors.New("no answer")
		for _, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			if err := h.SendPush(t.Context(), p.show); !errors.Is(err, p.fails) {
				t.Errorf("before %s: %v", pause, err)
			}
			h.clock.advance(pause - time.Second)
			h.showed(t, p)
			h.clock.advance(time.Second)
		}
		p.fails = nil
		h.showed(t, p, "ben: Login assigned (1) in ben")
	})

	t.Run("and never again to a browser that is gone", func(t *testing.T) {
		t.Parallel()
		h, p, bens := begin(t)
		p.fails = ErrGone
		h.showed(t, p)
		p.fails = nil
		if endpoint, err := h.ToldBrowser(t.Context(), bens); err != nil || endpoint != "" {
			t.Errorf("%q %v", endpoint, err)
		}
		h.clock.advance(time.Hour)
		h.issue(t, "Logout", having("assignee", string(h.ref(h.ben))))
		h.showed(t, p)
	})
}

func TestTellBrowser_KeepsTheNewestOfAPerson(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	first := h.browser(t, h.ben, "https://push.example.com/first")
	cleos := h.browser(t, h.cleo, "https://push.example.com/cleo")
	for i := range browsersKept {
		h.browser(t, h.ben, fmt.Sprintf("https://push.example.com/%d", i))
	}
	if endpoint, err := h.ToldBrowser(t.Context(), first); err != nil || endpoint != "" {
		t.Errorf("%q %v", endpoint, err)
	}
	if endpoint, err := h.ToldBrowser(t.Context(), cleos); err != nil || endpoint == "" {
		t.Errorf("%q %v", endpoint, err)
	}
	if n := h.count(t, "browser"); n != browsersKept+1 {
		t.Errorf("%d", n)
	}
}

func TestTellBrowser_RefusesWhatIsNone(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	token := h.signIn(t, h.ben)
	good := newBrowser(t, "https://push.example.com/x")
	with := func(change func(*Browser)) Browser {
		b := good
		change(&b)
		return b
	}
	for name, bad := range map[string]Browser{
		"http":           with(func(b *Browser) { b.Endpoint = "http://push.example.com/x" }),
		"no URL":         with(func(b *Browser) { b.Endpoint = "::" }),
		"no host":        with(func(b *Browser) { b.Endpoint = "https:///x" }),
		"a password":     with(func(b *Browser) { b.Endpoint = "https://a:b@push.example.com/x" }),
		"too long":       with(func(b *Browser) { b.Endpoint += strings.Repeat("x", mostEndpoint) }),
		"no point":       with(func(b *Browser) { b.P256DH = make([]byte, 65) }),
		"a short secret": with(func(b *Browser) { b.Auth = nil }),
	} {
		if told, ok := errors.AsType[*Error](h.TellBrowser(t.Context(), token, bad)); !ok || told.Kind != Invalid {
			t.Errorf("%s: %v", name, told)
		}
	}
	if told, ok := errors.AsType[*Error](h.TellBrowser(t.Context(), NewToken(), good)); !ok || told.Kind != Forbidden {
		t.Errorf("nobody's session: %v", told)
	}
	must(t, h.TellBrowser(t.Context(), token, good))
}

func TestPushKey_IsMadeOnce(t *testing.T) {
	t.Parallel()
	h := toldHouse(t)
	one, err := h.PushKey(t.Context())
	must(t, err)
	again, err := h.secondNode(t).PushKey(t.Context())
	must(t, err)
	if !one.Equal(again) {
		t.Error("there are two")
	}
}

// The build before, which may still run beside this one, knows of mail alone, and by the name that it had.
func TestDispatch_TheBuildBeforeFindsItsMail(t *testing.T) {
	t.Parallel()
	h := toldHouse(t, Options{Mail: true})
	h.browser(t, h.ben, "https://push.example.com/ben")
	h.issue(t, "Login", having("assignee", string(h.ref(h.ben))))
	must(t, h.followAll(t.Context()))
	exec := func(sql string) int64 {
		t.Helper()
		tag, err := h.pool.Exec(t.Context(), sql)
		must(t, err)
		return tag.RowsAffected()
	}
	again := "insert into mail (workspace_id, member_id, issue_id, version, reason, actor_id, comment_id, at, send_at) " +
		"select workspace_id, member_id, issue_id, %s, reason, actor_id, comment_id, at, send_at from mail on conflict do nothing"
	if told, new := exec(fmt.Sprintf(again, "version")), exec(fmt.Sprintf(again, "version + 1")); told != 0 || new != 1 {
		t.Errorf("%d and %d were put", told, new)
	}
	if n := exec("update mail set claim = gen_random_uuid(), tries = tries + 1 where send_at <= now() + interval '1 year' returning tries"); n != 2 {
		t.Errorf("%d letters were claimed", n)
	}
	if n := exec("delete from mail"); n != 2 || h.count(t, "dispatch") != 1 {
		t.Errorf("%d were deleted, %d stayed", n, h.count(t, "dispatch"))
	}
}
