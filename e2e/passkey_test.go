package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/webauthn"
)

func TestPasskey_IsAddedAndSignsIn(t *testing.T) {
	t.Parallel()
	cleo := newPerson(t, "cleo", sharedDemo(t))
	cleo.line.host = "localhost" // browsers keep no passkeys for a number
	cleo.signsInAs("cleo")
	device := cleo.hasAnAuthenticator()
	cleo.opens("/acme/settings/account")
	cleo.addsAPasskey("my phone")

	cleo.arrives()
	cleo.fills("form[data-passkey] input[name=name]", "again")
	cleo.clicks("[data-action=add-passkey]")
	cleo.sees("that the device has one", "() => textOf('[data-passkey-words]').includes('already')")

	cleo.asksForAPerson(device, true)
	cleo.excuse("status of 401") // of a stream that was about to be opened
	cleo.mayWrite()
	cleo.follows("cleo signs out", func() { cleo.clicks("[data-action=sign-out]") })
	cleo.sees("the offer to sign in with it", "() => !document.querySelector('form[data-passkey]').hidden && document.querySelector('[name=password]')")
	cleo.goes(cleo.line.url("/sign-in?next=/acme/settings/account"))
	cleo.sees("the offer", "() => !document.querySelector('form[data-passkey]').hidden")
	cleo.follows("cleo signs in", func() {
		cleo.clicks("[data-action=use-passkey]") // first: what the field of the address waits for would take the touch
		cleo.asksForAPerson(device, false)
	})
	cleo.sees("her account", "() => location.pathname === '/acme/settings/account' && textOf('.settings').includes('last used')")

	cleo.arrives()
	cleo.follows("she removes it", func() { cleo.clicks("[data-action=remove-passkey]") })
	cleo.sees("that it lets her in no longer", "() => location.pathname === '/sign-in'")
	cleo.signsInAs("cleo")
	cleo.opens("/acme/settings/account")
	cleo.sees("that it is gone", "() => seen(document.querySelector('form[data-passkey]')) && !document.querySelector('[data-action=remove-passkey]')")
}

// hasAnAuthenticator gives the browser a device that unlocks by itself.
func (p *person) hasAnAuthenticator() webauthn.AuthenticatorID {
	p.t.Helper()
	must(p.window, webauthn.Enable, webauthn.EnableParams{})
	return must(p.window, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}).AuthenticatorID
}

// addsAPasskey makes one in the settings of the account, which are open.
func (p *person) addsAPasskey(name string) {
	p.t.Helper()
	p.sees("the offer", "() => seen(document.querySelector('form[data-passkey]')) && !textOf('[data-passkey-words]')")
	p.fills("form[data-passkey] input[name=name]", name)
	p.follows("the passkey is added", func() { p.clicks("[data-action=add-passkey]") })
	p.sees("the passkey", "name => all('.settings__item input[name=name]').some(one => one.value === name)", name)
}

// asksForAPerson says whether a device waits until somebody touches it, which nobody does.
func (p *person) asksForAPerson(device webauthn.AuthenticatorID, waits bool) {
	p.t.Helper()
	must(p.window, webauthn.SetAutomaticPresenceSimulation, webauthn.SetAutomaticPresenceSimulationParams{AuthenticatorID: device, Enabled: !waits})
}
