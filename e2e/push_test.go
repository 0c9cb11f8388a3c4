package e2e

import (
	"strings"
	"testing"

	permission "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/serviceworker"
	"github.com/chromedp/chromedp"
)

// pushService stands in for the one that Chromium would ask: no test reaches it. What it gives lasts as long as the tab.
const pushService = `{
	const made = endpoint => endpoint && {endpoint, unsubscribe: async () => { sessionStorage.removeItem('push'); return true; },
		toJSON: () => ({endpoint, keys: {p256dh: sessionStorage.getItem('p256dh'), auth: 'AAAAAAAAAAAAAAAAAAAAAA'}})};
	PushManager.prototype.getSubscription = async () => made(sessionStorage.getItem('push')) ?? null;
	PushManager.prototype.subscribe = async ({userVisibleOnly, applicationServerKey}) => {
		if (!userVisibleOnly || !/^[\w-]{87}$/.test(applicationServerKey)) throw new TypeError('no push for this');
		const {publicKey} = await crypto.subtle.generateKey({name: 'ECDH', namedCurve: 'P-256'}, true, ['deriveBits']);
		const raw = String.fromCharCode(...new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)));
		sessionStorage.setItem('p256dh', btoa(raw).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', ''));
		sessionStorage.setItem('push', 'https://127.0.0.1/' + crypto.randomUUID());
		return made(sessionStorage.getItem('push'));
	};
}`

func TestPush_IsOfferedShownAndEnded(t *testing.T) {
	t.Parallel()
	ben := newMemberIn(t, sharedBrowser(t), "ben", sharedDemo(t))
	must(ben.window, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: pushService})
	ben.answers("notifications", "denied")
	ben.opens("/acme/settings/notifications")
	ben.sees("that the browser was told not to", "() => textOf('[data-push-words]').includes('Allow them') && document.querySelector('form[data-push-key]').hidden")
	ben.answers("notifications", "granted")
	ben.opens("/acme/settings/notifications")
	ben.sees("the offer", "() => !document.querySelector('form[data-push-key]').hidden")
	ben.follows("the browser is told of", func() { ben.clicks("[data-action=notify-browser]") })
	ben.sees("that it is told", "() => textOf('[data-push-words]').includes('until you sign out here') && document.querySelector('form[data-push-key]').hidden")

	const notified = `async () => {
		const shown = await (await navigator.serviceWorker.ready).getNotifications();
		return shown.length === 1 && shown[0].title === 'ENG-1 Sign in' && shown[0].body === 'Ann mentioned you' && shown[0].tag === 'issue:1';
	}`
	ben.pushes(notified, `{"title": "ENG-1 Sign in", "body": "Ann mentioned you", "tag": "issue:1", "url": "/acme/issue/ENG-1", "unread": 2}`)
	ben.sees("the notification", notified)

	ben.follows("it is stopped", func() { ben.clicks("[data-action=forget-browser]") })
	ben.sees("the offer again, and nothing left in the browser", "() => !document.querySelector('form[data-push-key]').hidden && !sessionStorage.getItem('push')")
	ben.follows("the browser is told of again", func() { ben.clicks("[data-action=notify-browser]") })
	ben.sees("that it is told again", "() => textOf('[data-push-words]').includes('until you sign out here') && sessionStorage.getItem('push')")
	ben.mayWrite()
	ben.follows("ben signs out", func() { ben.clicks("[data-action=sign-out]") })
	ben.sees("nothing left in the browser", "() => !sessionStorage.getItem('push')")
}

// answers says what the person answers when a page asks to be allowed something.
func (p *person) answers(what string, answer permission.PermissionSetting) {
	p.t.Helper()
	must(p.window, permission.SetPermission, permission.SetPermissionParams{Permission: &permission.PermissionDescriptor{Name: what}, Setting: answer,
		Origin: p.line.url(""), BrowserContextID: chromedp.FromContext(p.ctx).BrowserContextID})
}

// pushes delivers a message to the page's service worker, as a push service does: again while the condition does not hold, since Chromium lets go
// of one without a word when starting the worker takes too long.
func (p *person) pushes(condition, text string) {
	p.t.Helper()
	p.sees("the worker that will be told", "async () => (await navigator.serviceWorker.ready).active?.state === 'activated'")
	known := make(chan serviceworker.RegistrationID, 1)
	if err := chromedp.Listen(p.ctx, func(event any) {
		e, ok := event.(*serviceworker.EventWorkerRegistrationUpdated)
		if !ok {
			return
		}
		for _, one := range e.Registrations {
			if strings.HasPrefix(one.ScopeURL, p.line.url("/")) && !one.IsDeleted {
				select {
				case known <- one.RegistrationID:
				default:
				}
			}
		}
	}); err != nil {
		p.t.Fatal(err)
	}
	must(p.window, serviceworker.Enable, cdp.Empty{})
	worker := <-known
	for range 3 {
		must(p.window, serviceworker.DeliverPushMessage, serviceworker.DeliverPushMessageParams{Origin: p.line.url(""), RegistrationID: worker, Data: text})
		if shown, _ := p.holdsWithin(patience/3, condition); shown {
			return
		}
	}
}
