package e2e

import (
	"net/url"
	"testing"
)

func TestFirstRun(t *testing.T) {
	t.Parallel()
	sharedShell(t)
	serve := ownProgram(t, "serve")
	setup, err := url.Parse(serve.setup)
	if err != nil || setup.Path != "/setup" {
		t.Fatalf("the first run said %q", serve.log())
	}
	ann := newPerson(t, "ann", serve)
	ann.goes(ann.line.url(setup.RequestURI()))
	for name, value := range map[string]string{
		"workspace": "Boatyard", "slug": "boatyard", "team": "Yard", "key": "YRD",
		"name": "Ann Lee", "email": "ann@boatyard.example", "password": "a long enough password",
	} {
		ann.fills("input[name="+name+"]", value)
	}
	ann.follows("setting up", func() { ann.clicks("[data-action=create]") })
	ann.opens("/boatyard/team/YRD")
	ann.sees("three issues to learn by", "() => all('[data-list] [data-record]:not(form)').length === 3 && textOf('[data-sync-text]') === 'Live'")

	ann.excuse("status of 401") // of a stream that was about to be opened
	ann.clicks("[data-action=sign-out]")
	ann.sees("the sign-in page", "() => document.querySelector('[data-action=sign-in]')")
	ann.fills("input[name=email]", "ann@boatyard.example")
	ann.fills("input[name=password]", "a long enough password")
	ann.follows("signing in", func() { ann.clicks("[data-action=sign-in]") })
	ann.goes(ann.line.url("/"))
	ann.sees("the workspace", "() => location.pathname === '/boatyard' && textOf('.sidebar').includes('Boatyard')")

	ann.excuse("status of 404")
	ann.goes(ann.line.url(setup.RequestURI()))
	if n := ask[int](ann.window, "() => all('input[name=slug]').length"); n != 0 {
		t.Error("the setup page is still there")
	}
}
