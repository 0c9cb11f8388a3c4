package handlers

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/uuid"

	"tandem/sync"
)

// attends says that a tab looks at something, or what else it does.
func (b *browser) attends(tab uuid.UUID, count int, record, state string) answer {
	b.house.t.Helper()
	body := fmt.Sprintf(`{"tab": "%s", "count": %d, "record": "%s", "state": "%s", "later": 1}`, tab, count, record, state)
	return b.do(httptest.NewRequest(http.MethodPost, "/acme/sync/presence", strings.NewReader(body)), "Content-Type", "application/json")
}

func TestS43_AStreamTellsWhoIsThere(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Fix login")
	head := h.head()
	stream := h.open(h.ben, "")
	stream.next()
	tab, ann := newID(), h.ann.actor.Member
	h.ben.attends(newID(), 1, string(issue.ref), "looking").is(http.StatusNoContent)
	stream.next()
	h.ann.attends(tab, 1, string(issue.ref), "typing").is(http.StatusNoContent)
	e := stream.next()
	if got := fmt.Sprint(e.data["members"]); e.name != "presence" || e.id != head || e.data["record"] != string(issue.ref) ||
		!strings.Contains(got, fmt.Sprintf("map[member:member:%s typing:true]", ann)) || !strings.Contains(got, h.ben.actor.Member.String()) {
		t.Errorf("%+v", e)
	}
	h.ann.attends(tab, 2, string(issue.ref), "left").is(http.StatusNoContent)
	if e := stream.next(); strings.Contains(fmt.Sprint(e.data["members"]), ann.String()) {
		t.Errorf("%+v", e)
	}
	if h.head() != head {
		t.Error("presence is in the log")
	}
}

func TestS43_S44_PresenceAtTheHiddenIsLikeAtTheAbsent(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, absent := h.hide(), madeUp()
	for _, state := range []string{"looking", "typing", "left"} {
		seen, made := h.ben.attends(newID(), 1, "issue:"+hidden.issue, state), h.ben.attends(newID(), 1, "issue:"+absent.issue, state)
		if hidden.withoutNames(seen) != absent.withoutNames(made) || state != "left" && seen.code != http.StatusNotFound {
			t.Errorf("%s: %d %s and %d %s", state, seen.code, seen.body, made.code, made.body)
		}
	}
	for _, wrong := range []answer{
		h.ben.attends(newID(), 1, "issue:x", "looking"), h.ben.attends(newID(), 1, "team:"+h.eng.String(), "looking"), h.ben.attends(newID(), 1, "issue:"+absent.issue, "dancing"),
	} {
		wrong.problem(http.StatusBadRequest, sync.CodeMalformed)
	}
	h.stranger().attends(newID(), 1, "issue:"+absent.issue, "looking").problem(http.StatusUnauthorized, sync.CodeSignedOut)
}
