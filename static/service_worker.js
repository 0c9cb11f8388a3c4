// The service worker: assets from the cache, pages and fragments from the network first and else as this member last saw them.
// Nothing is kept before it is known whose it is (Tandem-Member); writes, streams, sign-in and embeds are left alone.
// A page says what to keep (keep, pack) and whose to forget (forget, answered when it is done): see js/offline.js.
'use strict';

const patience = 2500, most = 300, lately = 50, renew = 10 * 60_000;
const ours = new Set(['assets', 'sign-in', 'sign-out', 'setup', 'invite', 'e', 'embed', 'oembed', 'healthz', 'readyz', 'metrics']);

/** kind tells how a request is answered: "asset", "page", "fragment", or "" = the browser's own way. */
function kind({method, mode, path}) {
  const [, first, second, third] = path.split('/');
  if (method !== 'GET') return '';
  if (first === 'assets') return 'asset';
  if (!/^[a-z][a-z0-9-]{1,30}$/.test(first) || ours.has(first) || second === 'sync' || second === 'attachment') return ''; // files are no pages
  if (second === 'f') return third === 'search' ? '' : 'fragment'; // what is asked while somebody types is not kept
  return mode === 'navigate' ? 'page' : '';
}

/** owner tells whose an answer is, "" when it must not be kept. */
function owner({status, redirected, type, headers}) {
  const kept = status === 200 && !redirected && type === 'basic' && headers.get('Content-Type')?.startsWith('text/html');
  return kept && headers.get('Tandem-Member') || '';
}

/** lost tells that our server has nothing there, or nothing for this member to see. */
const lost = ({status, headers}) => status === 404 && headers.has('Tandem-Build');

/** names are the paths that one thing is kept under: a page and its fragment. */
const names = path => { const page = path.replace(/^(\/[^/]+)\/f(\/|$)/, '$1$2'); return [page, page.replace(/^\/[^/]+/, '$&/f')]; };

/** shelf names the cache of one member's pages in one workspace, or of their pack. */
const shelf = (path, member, what = 'pages') => `tandem:${path.split('/')[1]}:${member.replace('member:', '')}:${what}`;

/** bare are pages of which the one without a query stands in for any. */
const bare = /^\/[^/]+\/(new|search)$/;

/** newer picks the kept page of the later V, the first one where they are equal. */
const newer = (a, b) => !a || Number(b?.headers.get('Tandem-Version')) > Number(a.headers.get('Tandem-Version')) ? b ?? a : a;

/** obsolete lists the caches of other builds' assets, but for the last one: tabs and kept pages of it still run on its own scripts. */
const obsolete = (names, build) => names.filter(name => name.startsWith('tandem:assets:') && name !== `tandem:assets:${build}`).slice(0, -1);

/** changing tells whether a request may make somebody else the one who is signed in. */
const changing = (method, path) => /^\/demo\/sign-in$/.test(path) || method === 'POST' && /^\/(sign-in|setup|invite)(\/|$)/.test(path) && !path.endsWith('/challenge');

/** marked is a page's text that says of itself that it comes from the cache, or stands in for another. */
const marked = (html, marks) => html.replace(/<html\b/, () => `<html ${marks}`);

/** current is an asset's path in this build: pages of older builds run on what is kept. */
const current = (path, build) => path.replace(/^\/assets\/[^/]+\//, () => `/assets/${build}/`);

if (typeof module === 'object') module.exports = {kind, owner, lost, names, shelf, obsolete, changing, marked, current, newer};
else serve(new URL(self.location.href).searchParams.get('build'));

function serve(build) {
  const assets = `tandem:assets:${build}`, base = `/assets/${build}/`, {origin} = self.location;
  const storing = new Set();
  let left = 0, unknown;
  importScripts(`${base}pack.js`, `${base}web_push.js`);
  const pack = createPack({origin, shelf, life: () => left, hold, keep, visited, forget, member});
  const push = createPush({registration: self.registration, clients: self.clients, navigator: self.navigator, origin, icon: `${base}icons/tandem-192.png`, home});
  self.addEventListener('push', event => event.waitUntil(push.show(event.data?.text())));
  self.addEventListener('notificationclick', event => { event.notification.close(); event.waitUntil(push.open(event.notification.data?.url)); });
  self.addEventListener('pushsubscriptionchange', event => event.waitUntil(push.renew(event)));
  self.addEventListener('install', event => event.waitUntil(fill()));
  self.addEventListener('activate', event => event.waitUntil(clean().then(() => self.clients.claim())));
  self.addEventListener('message', event => {
    const {type, urls, workspace, member, version} = event.data ?? {};
    if (type === 'skip-waiting') self.skipWaiting();
    // A page whose navigation was under way at our activation is nobody's client yet.
    if (type === 'keep') event.waitUntil(self.clients.claim());
    if (type === 'keep') event.waitUntil(keep(left, urls.map(path => ({path}))));
    if (type === 'pack') event.waitUntil(pack.refresh(workspace, member, version));
    if (type === 'forget') event.waitUntil(forget(member).finally(() => event.ports[0]?.postMessage('forgotten')));
  });
  self.addEventListener('fetch', event => {
    const {request} = event, {origin: at, pathname: path} = new URL(request.url);
    const how = at === origin && kind({method: request.method, mode: request.mode, path});
    if (at === origin && changing(request.method, path)) event.waitUntil(unknown = caches.delete('tandem:who'));
    if (how === 'asset') event.respondWith(asset(request, path));
    // A region that is fetched anew has its text already: only the network has more to say.
    else if (how === 'page' || (how === 'fragment' && !request.headers.has('If-None-Match'))) event.respondWith(page(event, path, how));
  });

  async function fill() {
    const list = await (await fetch(`${base}list.json`, {cache: 'no-cache'})).json();
    await (await caches.open(assets)).addAll(list.map(name => new URL(name, origin + base).href));
  }

  async function clean() {
    for (const name of obsolete(await caches.keys(), build)) await caches.delete(name);
  }

  async function asset(request, path) {
    const kept = await caches.match(path);
    if (kept) return kept;
    try { return await fetch(request); } catch (error) {
      const instead = await caches.match(current(path, build));
      if (instead) return instead;
      throw error;
    }
  }

  /** The network's answer; without one in time what is kept; without that the network's after all, or what stands in. */
  async function page(event, path, how) {
    const {request} = event, began = left;
    const network = fetch(request).then(response => { event.waitUntil(learn(began, request.url, path, response.clone())); return response; });
    event.waitUntil(network.catch(() => {}));
    const late = new Promise(done => setTimeout(done, patience));
    const first = await Promise.race([network.catch(() => {}), late]);
    if (first) return first;
    const kept = await (how === 'page' ? whole : recall)(request.url, path);
    if (kept && how === 'page') return mark(kept, 'data-cached');
    // A fragment of another build does not go into the page that asks.
    const asks = kept && (await self.clients.get(event.clientId))?.url, into = asks && await whole(asks, new URL(asks).pathname);
    if (kept && kept.headers.get('Tandem-Build') === (into?.headers.get('Tandem-Build') ?? build)) return kept;
    try { return await network; } catch (error) {
      if (how !== 'page') throw error;
      const shell = await recall(new URL(`/${path.split('/')[1]}/outbox`, request.url).href, path);
      return shell ? mark(shell, 'data-cached data-fallback') : absent();
    }
  }

  /** An answer is kept, or ends what was kept before. */
  function learn(began, url, path, response) { return lost(response) ? drop(path) : store(began, url, path, response); }

  /** drop forgets a page that is not there for its reader any more, and all that is theirs once the workspace is not. It answers the life that begins with it. */
  async function drop(path) {
    const who = await member(path), shell = `/${path.split('/')[1]}/outbox`;
    if (!who) return left;
    const began = ++left; // an answer from before may still hold the page
    await Promise.all(storing);
    for (const name of [shelf(path, who), shelf(path, who, 'pack')]) {
      if (!await caches.has(name)) continue;
      const cache = await caches.open(name);
      for (const one of names(path)) await cache.delete(one, {ignoreSearch: true, ignoreVary: true});
    }
    const home = await fetch(new URL(shell, origin), {headers: {Accept: 'text/html', 'Tandem-Keep': 'yes'}}).catch(() => null);
    if (home && lost(home)) await forget(who);
    return began;
  }

  /** What was asked for before a member left (began) is not stored after it. */
  function store(began, ...answer) { return hold(began, () => put(...answer)); }

  function hold(began, run) {
    if (began !== left) return undefined;
    const one = run().catch(() => {}).finally(() => storing.delete(one));
    storing.add(one);
    return one;
  }

  async function put(url, path, response) {
    const member = owner(response);
    if (!member) return;
    await (await caches.open('tandem:who')).put(`/${path.split('/')[1]}`, new Response(member));
    const cache = await caches.open(shelf(path, member));
    await cache.put(url, response);
    const keys = await cache.keys();
    for (const old of keys.slice(0, Math.max(0, keys.length - most))) if (!/\/(outbox|new|search|vocabulary)$/.test(old.url)) await cache.delete(old);
  }

  /** whole is a kept page. For the inbox beside an issue the issue's own page stands in. */
  async function whole(url, path) {
    const issue = path.endsWith('/inbox') && new URL(url).searchParams.get('issue'), instead = issue && path.replace(/inbox$/, () => `issue/${issue}`);
    return newer(await recall(url, path), await pack.page(path)) ?? (instead ? whole(new URL(instead, url).href, instead) : undefined);
  }

  async function recall(url, path) {
    const who = await member(path), name = who && shelf(path, who), only = bare.test(path) ? new URL(path, origin) : url;
    if (!who || !await caches.has(name)) return undefined;
    const cache = await caches.open(name), find = one => cache.match(one, {ignoreVary: true});
    return await find(url) ?? find(only);
  }

  /** Until the first answer to who signed in, nobody's pages are shown. */
  async function member(path) {
    await unknown;
    return (await (await caches.open('tandem:who')).match(`/${path.split('/')[1]}`))?.text();
  }

  /** home is the path of a workspace that somebody is signed in to. */
  async function home() {
    const [known] = await (await caches.open('tandem:who')).keys();
    return known && new URL(known.url).pathname;
  }

  async function mark(response, marks) {
    const headers = new Headers(response.headers);
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    return new Response(marked(await response.text(), marks), {headers});
  }

  /** keep fetches pages that are not kept as they are: stale as of a V, or some minutes old. It answers the life that it ended in. */
  async function keep(began, pages, wanted = build) {
    for (const {path, stale} of pages) {
      if (left !== began) return began;
      const url = new URL(path, origin), {pathname} = url;
      if (!/page|fragment/.test(kind({method: 'GET', mode: 'navigate', path: pathname}))) continue;
      const kept = await recall(url.href, pathname), same = kept?.headers.get('Tandem-Build') === wanted && kept.url === url.href;
      if (same && (stale ? kept.headers.get('Tandem-Version') >= stale : Date.now() - Date.parse(kept.headers.get('Date')) < renew)) continue;
      const response = await fetch(url, {headers: {Accept: 'text/html', 'Tandem-Keep': 'yes'}}).catch(() => null);
      if (!response) continue;
      const life = await learn(began, url.href, pathname, response);
      if (lost(response)) began = life;
    }
    return began;
  }

  /** visited lists the pages that were kept last in a member's shelf. */
  async function visited(home, member) {
    const keys = await (await caches.open(shelf(home, member))).keys();
    return keys.slice(-lately).map(({url}) => ({path: url.slice(origin.length)}));
  }

  async function forget(member) {
    left++;
    await Promise.all(storing);
    const who = await caches.open('tandem:who');
    for (const request of await who.keys()) {
      if (await (await who.match(request)).text() !== member) continue;
      await who.delete(request);
      const {pathname} = new URL(request.url);
      await Promise.all([caches.delete(shelf(pathname, member)), caches.delete(shelf(pathname, member, 'pack'))]);
    }
  }

  function absent() {
    const text = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
      + '<title>Offline - Tandem</title><main><h1>Not available offline</h1><p>This page is not kept in this browser. It will be there when the server can be reached again.</p>';
    return new Response(text, {status: 503, headers: {'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'"}});
  }
}
