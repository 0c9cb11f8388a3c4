package handlers

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"tandem/sync"
)

// program is somebody's program: it sends a token and no cookie.
func (h *house) program(b *browser, scope string) *browser {
	h.t.Helper()
	bearer, err := h.engine.CreateToken(h.t.Context(), sync.NewAccessToken{Person: b.person.ID, Workspace: h.ws, Scope: scope})
	must(h.t, err)
	return &browser{house: h, actor: b.actor, person: b.person, bearer: bearer, client: newID()}
}

// tokenID makes a token for somebody and tells its id.
func (h *house) tokenID(b *browser) string {
	h.t.Helper()
	h.program(b, sync.ScopeRead)
	tokens, err := h.engine.Tokens(h.t.Context(), h.ws, b.person.ID)
	must(h.t, err)
	return tokens[len(tokens)-1].ID.String()
}

func TestToken_OnesOwnAreRevokedInTheSettings(t *testing.T) {
	t.Parallel()
	h := setup(t)
	mine, others := h.program(h.ben, sync.ScopeWrite), h.program(h.ann, sync.ScopeWrite)
	stream := mine.stream(h.serve() + "/acme/sync/events")
	stream.next()
	page := h.ben.get("/acme/settings/account").ok()
	if n := page.find("[data-action=revoke-token]").Length(); n != 1 {
		t.Fatalf("%d tokens are shown", n)
	}
	h.ben.submit(page, "form[action$=revoke]").to("/acme/settings/account")
	if e := stream.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("%+v", e)
	}
	mine.get("/acme/sync/pull").is(http.StatusUnauthorized)
	others.get("/acme/sync/pull").ok()
	if h.ben.get("/acme/settings/account").ok().find("[data-action=revoke-token]").Length() != 0 {
		t.Error("it is still shown")
	}
}

func TestToken_OpensWhatItsOwnerSees(t *testing.T) {
	t.Parallel()
	h := setup(t)
	hidden, issue := h.issueIn(h.sec, "SEC", "Hidden"), h.issue("Seen")
	program := h.program(h.ben, sync.ScopeWrite)
	pulled := program.pull("")
	if pulled.find(issue.ref) == nil || pulled.find(hidden.ref) != nil {
		t.Error("a token sees something else than its owner")
	}
	program.get("/acme/issue/" + issue.key).ok()
	program.get("/acme/issue/" + hidden.key).is(http.StatusNotFound)
	program.get("/").to("/acme")
	result := program.apply(setField(issue.ref, issue.version, "title", "By a program"))
	program.post("/acme/issue/"+issue.key+"/priority", []string{"priority", "1", "_base", "1"}).is(http.StatusSeeOther)
	if change := h.ann.pull("").find(issue.ref); change.Version != result.Version+1 || change.Fields["title"] != "By a program" {
		t.Errorf("%+v", change)
	}
	stream := program.stream(h.serve() + "/acme/sync/events")
	stream.next()
	h.issue("Told")
	if e := stream.next(); e.name != "bump" {
		t.Errorf("%+v", e)
	}
}

// Who sends a token has nothing but that token, whatever cookie lies beside it.
func TestToken_ThatOpensNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	_, err := h.engine.CreateWorkspace(t.Context(), "other", "Other")
	must(t, err)
	good := h.program(h.ben, sync.ScopeWrite)
	for name, b := range map[string]*browser{
		"made up":   {house: h, bearer: "tandem_" + sync.NewToken(), token: h.ben.token},
		"a session": {house: h, bearer: h.ben.token, token: h.ben.token},
		"longer":    {house: h, bearer: good.bearer + "x", token: h.ben.token},
	} {
		for _, path := range []string{"/acme/sync/pull", "/acme/sync/events"} {
			if got := b.get(path).problem(http.StatusUnauthorized, sync.CodeSignedOut).header.Get("WWW-Authenticate"); got != `Bearer realm="tandem", error="invalid_token"` {
				t.Errorf("%s: %q", name, got)
			}
		}
		b.pushRaw("{}").problem(http.StatusUnauthorized, sync.CodeSignedOut)
		b.get("/acme").is(http.StatusUnauthorized)
		b.get("/").is(http.StatusUnauthorized)
	}
	for _, header := range []string{"Bearer", "bearer ", "BEARER x"} {
		h.ben.get("/acme/sync/pull", "Authorization", header).problem(http.StatusUnauthorized, sync.CodeSignedOut)
	}
	h.stranger().get("/acme/sync/pull", "Authorization", "bearer "+string(good.bearer)).ok()
	h.ben.get("/acme/sync/pull", "Authorization", "Basic Zm9vOmJhcg==").ok() // a proxy's own
	if got := h.stranger().get("/acme/sync/pull").problem(http.StatusUnauthorized, sync.CodeSignedOut).header.Get("WWW-Authenticate"); got != `Bearer realm="tandem"` {
		t.Errorf("nobody: %q", got)
	}
	for _, slug := range []string{"/other", "/imagined"} {
		if body := good.get(slug+"/sync/pull").problem(http.StatusNotFound, sync.CodeNotFound).body; body != good.get("/acme/sync/nothing").body {
			t.Errorf("%s: %s", slug, body)
		}
	}
}

func TestToken_EndsWithItsTimeAndItsOwner(t *testing.T) {
	t.Parallel()
	h := setup(t)
	program, cleos := h.program(h.ben, sync.ScopeRead), h.program(h.cleo, sync.ScopeRead)
	h.exec("update token set expires_at = now() where person_id = $1", h.ben.person.ID)
	program.get("/acme/sync/pull").is(http.StatusUnauthorized)
	h.exec("update member set deleted_at = now() where person_id = $1", h.cleo.person.ID)
	cleos.get("/acme/sync/pull").problem(http.StatusNotFound, sync.CodeNotFound)
}

func TestS42_AStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	h := setup(t)
	program, other := h.program(h.ben, sync.ScopeRead), h.program(h.ben, sync.ScopeRead)
	url := h.serve() + "/acme/sync/events"
	mine, others, session := program.stream(url), other.stream(url), h.ben.stream(url)
	for _, stream := range []*streamReader{mine, others, session} {
		stream.next()
	}
	tokens, err := h.engine.Tokens(t.Context(), h.ws, h.ben.person.ID)
	must(t, err)
	must(t, h.engine.RevokeToken(t.Context(), h.ws, uuid.Nil, tokens[0].ID))
	h.checks <- time.Time{}
	if e := mine.next(); e.name != "bye" || e.data["reason"] != "signed-out" {
		t.Errorf("%+v", e)
	}
	mine.ended()
	program.get("/acme/sync/pull").problem(http.StatusUnauthorized, sync.CodeSignedOut)
	h.checks <- time.Time{} // when it is taken the first check is through
	h.beats <- time.Time{}
	for _, stream := range []*streamReader{others, session} {
		if e := stream.next(); e.name != "hello" {
			t.Errorf("another stream says %+v", e)
		}
	}
	other.get("/acme/sync/pull").ok()
}

func TestS49_AReadOnlyTokenWritesNothing(t *testing.T) {
	t.Parallel()
	h := setup(t)
	issue := h.issue("Read")
	reader := h.program(h.ann, sync.ScopeRead)
	reader.get("/acme/issue/" + issue.key).ok()
	reader.pull("")
	head := h.head()
	reader.send(sync.Transaction{ID: newID(), Ops: []sync.Operation{setField(issue.ref, issue.version, "title", "x")}}).problem(http.StatusForbidden, sync.CodeReadOnly)
	for _, route := range h.echo.Routes() {
		if route.Method != http.MethodPost || len(route.Path) < 4 || route.Path[:4] != "/:ws" {
			continue
		}
		if strings.HasPrefix(route.Path, "/:ws/unsubscribe/") {
			continue // what is signed there counts, not who comes with it
		}
		path := h.echo.Reverse(route.Name, "acme", issue.key)
		reader.post(path, []string{"title", "x", "name", "x"}, "Accept", "application/json").problem(http.StatusForbidden, sync.CodeReadOnly)
	}
	if h.head() != head {
		t.Error("something was logged")
	}
}

func TestS15_TokensCountAsTheirOwner(t *testing.T) {
	t.Parallel()
	h := setup(t, func(o *Options) { o.Rate = 10 })
	h.clock.advance(time.Minute) // what the fixture sent is over
	program := h.program(h.ben, sync.ScopeWrite)
	for i := range 10 {
		_, transaction := h.create("Within the limit")
		[]*browser{h.ben, program}[i%2].push(transaction)
	}
	_, beyond := h.create("Beyond")
	program.send(beyond).problem(http.StatusTooManyRequests, sync.CodeRateLimited)
	h.ben.send(beyond).problem(http.StatusTooManyRequests, sync.CodeRateLimited)
	h.ann.push(beyond)
}
