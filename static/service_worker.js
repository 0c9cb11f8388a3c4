// The service worker: assets from the cache, pages and fragments from the network first and else as this member last saw them.
// Nothing is kept before it is known whose it is (Tandem-Member); writes, streams, sign-in and embeds are left alone.
'use strict';

const patience = 2500, most = 300, renew = 10 * 60_000;
const ours = new Set(['assets', 'sign-in', 'sign-out', 'setup', 'invite', 'e', 'embed', 'oembed', 'healthz', 'readyz', 'metrics']);

/** kind tells how a request is answered: "asset", "page", "fragment", or "" = the browser's own way. */
function kind({method, mode, path}) {
  const [, first, second] = path.split('/');
  if (method !== 'GET') return '';
  if (first === 'assets') return 'asset';
  if (!/^[a-z][a-z0-9-]{1,30}$/.test(first) || ours.has(first) || second === 'sync') return '';
  if (second === 'f') return 'fragment';
  return mode === 'navigate' ? 'page' : '';
}

/** owner tells whose an answer is, "" when it must not be kept. */
function owner({status, redirected, type, headers}) {
  const kept = status === 200 && !redirected && type === 'basic' && headers.get('Content-Type')?.startsWith('text/html');
  return kept && headers.get('Tandem-Member') || '';
}

/** shelf names the cache of one member's pages in one workspace. */
const shelf = (path, member) => `tandem:${path.split('/')[1]}:${member.replace('member:', '')}:pages`;

/** obsolete tells whether a cache is of another build's assets. */
const obsolete = (name, build) => name.startsWith('tandem:assets:') && name !== `tandem:assets:${build}`;

/** marked is a page's text that says of itself that it comes from the cache, or stands in for another. */
const marked = (html, marks) => html.replace(/<html\b/, () => `<html ${marks}`);

/** current is an asset's path in this build: pages of older builds run on what is kept. */
const current = (path, build) => path.replace(/^\/assets\/[^/]+\//, () => `/assets/${build}/`);

if (typeof module === 'object') module.exports = {kind, owner, shelf, obsolete, marked, current};
else serve(new URL(self.location.href).searchParams.get('build'));

function serve(build) {
  const assets = `tandem:assets:${build}`, base = `/assets/${build}/`;
  const storing = new Set();
  let left = 0;
  self.addEventListener('install', event => event.waitUntil(fill()));
  self.addEventListener('activate', event => event.waitUntil(clean().then(() => self.clients.claim())));
  self.addEventListener('message', event => {
    const {type, urls, member} = event.data ?? {};
    if (type === 'skip-waiting') self.skipWaiting();
    // A page whose navigation was under way at our activation is nobody's client yet.
    if (type === 'keep') event.waitUntil(self.clients.claim());
    if (type === 'keep') event.waitUntil(keep(urls));
    if (type === 'forget') event.waitUntil(forget(member).finally(() => event.ports[0]?.postMessage('forgotten')));
  });
  self.addEventListener('fetch', event => {
    const {request} = event, {origin, pathname: path} = new URL(request.url);
    const how = origin === self.location.origin && kind({method: request.method, mode: request.mode, path});
    if (how === 'asset') event.respondWith(asset(request, path));
    // A region that is fetched anew has its text already: only the network has more to say.
    else if (how === 'page' || (how === 'fragment' && !request.headers.has('If-None-Match'))) event.respondWith(page(event, path, how));
  });

  async function fill() {
    const list = await (await fetch(`${base}list.json`, {cache: 'no-cache'})).json();
    await (await caches.open(assets)).addAll(list.map(name => new URL(name, self.location.origin + base).href));
  }

  async function clean() {
    for (const name of await caches.keys()) if (obsolete(name, build)) await caches.delete(name);
  }

  async function asset(request, path) {
    const cache = await caches.open(assets);
    const kept = await cache.match(path);
    if (kept) return kept;
    try { return await fetch(request); } catch (error) {
      const instead = await cache.match(current(path, build));
      if (instead) return instead;
      throw error;
    }
  }

  /** The network's answer; without one in time what is kept; without that the network's after all, or what stands in. */
  async function page(event, path, how) {
    const {request} = event, began = left;
    const network = fetch(request).then(response => { event.waitUntil(store(began, request.url, path, response.clone())); return response; });
    event.waitUntil(network.catch(() => {}));
    const late = new Promise(done => setTimeout(done, patience));
    const first = await Promise.race([network.catch(() => {}), late]);
    if (first) return first;
    const kept = await recall(request.url, path);
    if (kept && how === 'page') return mark(kept, 'data-cached');
    // A fragment of another build does not go into this page.
    if (kept?.headers.get('Tandem-Build') === build) return kept;
    try { return await network; } catch (error) {
      if (how !== 'page') throw error;
      const shell = await recall(new URL(`/${path.split('/')[1]}/outbox`, request.url).href, path);
      return shell ? mark(shell, 'data-cached data-fallback') : absent();
    }
  }

  /** What was asked for before a member left (began) is not stored after it. */
  function store(began, ...answer) {
    if (began !== left) return undefined;
    const one = put(...answer).catch(() => {}).finally(() => storing.delete(one));
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
    for (const old of keys.slice(0, Math.max(0, keys.length - most))) if (!/\/(outbox|new)$/.test(old.url)) await cache.delete(old);
  }

  async function recall(url, path) {
    const who = await (await caches.open('tandem:who')).match(`/${path.split('/')[1]}`);
    if (!who) return undefined;
    const name = shelf(path, await who.text());
    return await caches.has(name) ? (await caches.open(name)).match(url, {ignoreVary: true, ignoreSearch: path.endsWith('/new')}) : undefined;
  }

  async function mark(response, marks) {
    const headers = new Headers(response.headers);
    headers.delete('Content-Encoding');
    headers.delete('Content-Length');
    return new Response(marked(await response.text(), marks), {headers});
  }

  async function keep(urls) {
    const began = left;
    for (const path of urls) {
      if (left !== began) return;
      const url = new URL(path, self.location.origin), {pathname} = url;
      if (kind({method: 'GET', mode: 'navigate', path: pathname}) !== 'page') continue;
      const kept = await recall(url.href, pathname);
      if (kept?.headers.get('Tandem-Build') === build && Date.now() - Date.parse(kept.headers.get('Date')) < renew) continue;
      const response = await fetch(url, {headers: {Accept: 'text/html'}}).catch(() => null);
      if (response) await store(began, url.href, pathname, response);
    }
  }

  async function forget(member) {
    left++;
    await Promise.all(storing);
    const who = await caches.open('tandem:who');
    for (const request of await who.keys()) {
      if (await (await who.match(request)).text() !== member) continue;
      await who.delete(request);
      await caches.delete(shelf(new URL(request.url).pathname, member));
    }
  }

  function absent() {
    const text = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
      + '<title>Offline - Tandem</title><main><h1>Not available offline</h1><p>This page is not kept in this browser. It will be there when the server can be reached again.</p>';
    return new Response(text, {status: 503, headers: {'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': "default-src 'none'"}});
  }
}
