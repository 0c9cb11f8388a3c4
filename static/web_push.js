// Notifications: shows what the server sends, which may be while no page is open, and leads there.
'use strict';

/** worded is a message as it is shown. Browsers want each to be, so one that cannot be read says at least that there is something. */
function worded(text, icon) {
  let sent = {};
  try { sent = JSON.parse(text) ?? {}; } catch { /* nothing of it can be told */ }
  const {title = 'Tandem', body = 'Something waits in your inbox.', url = '/', tag = 'tandem', unread} = sent;
  return {title, unread, options: {body, tag, icon, renotify: true, data: {url}}};
}

/** shows tells whether a tab at one address shows what is at another: the page itself, or the inbox with the issue beside it. */
function shows(tab, wanted) {
  const [at, to] = [new URL(tab), new URL(wanted)];
  if (at.origin !== to.origin) return false;
  const beside = at.pathname.endsWith('/inbox') && at.searchParams.get('issue');
  return at.pathname === to.pathname || !!beside && to.pathname === at.pathname.replace(/inbox$/, () => `issue/${beside}`);
}

/** createPush answers the three events of notifications; home() tells the path of a workspace that somebody is signed in to. */
function createPush({registration, clients, navigator, origin, icon, home}) {
  return {show, open, renew};

  async function show(text) {
    const {title, options, unread} = worded(text, icon);
    if (Number.isInteger(unread)) navigator.setAppBadge?.(unread).catch(() => {}); // not waited for: it may take for ever
    await registration.showNotification(title, options);
  }

  /** open leads to a path of ours, in a tab that shows it already if there is one. */
  async function open(path) {
    const wanted = new URL(path ?? '/', origin), {href} = wanted.origin === origin ? wanted : new URL('/', origin);
    const tab = (await clients.matchAll({type: 'window', includeUncontrolled: true})).find(({url}) => shows(url, href));
    return tab ? tab.focus() : clients.openWindow(href);
  }

  /** renew tells the server where messages go now that the browser has replaced its subscription. */
  async function renew({oldSubscription, newSubscription}) {
    const options = oldSubscription?.options, fresh = newSubscription ?? (options && await registration.pushManager.subscribe(options)), at = await home();
    if (!fresh || !at) return;
    const {endpoint, keys: {p256dh, auth}} = fresh.toJSON();
    await fetch(new URL(`${at}/settings/browser`, origin), {method: 'POST', body: new URLSearchParams({endpoint, p256dh, auth, renew: 'yes'})});
  }
}

if (typeof module === 'object') module.exports = {worded, shows, createPush};
else self.createPush = createPush;
