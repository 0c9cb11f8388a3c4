// Reading offline: starts the service worker, has it keep the shell pages, and says of when a cached page is.
import {scope} from './channel.js';
import {dirty, page} from './page.js';
import {clock} from './time.js';

const pace = 20_000;
let waiting, latest;

export function install(root) {
  if (root !== document || !scope()) return;
  addEventListener('tandem:state', ({detail}) => { if (detail.source === 'stream' && detail.sync === 'live') fresh(); });
  bar();
  if (document.documentElement.hasAttribute('data-cached') && location.pathname.endsWith('/search')) import('./search.js').then(({search}) => search()).catch(console.error);
  const note = document.querySelector('[data-offline-note]');
  if (note) import('./note.js').then(({tell}) => tell(note)).catch(console.error);
  if (!navigator.serviceWorker || !globalThis.caches) return;
  addEventListener('tandem:access', ({detail}) => (detail.lost === false ? Promise.resolve() : forget()).then(keep));
  addEventListener('tandem:bump', ({detail}) => later(detail.version));
  start().catch(console.error);
}

/** forget removes all that is cached of this member, once the worker keeps no more of it: at sign-out, and when rights changed. */
export async function forget() {
  if (!globalThis.caches) return;
  const worker = (await navigator.serviceWorker?.getRegistration())?.active, {port1, port2} = new MessageChannel();
  await new Promise(done => {
    port1.onmessage = done;
    setTimeout(done, worker ? 3000 : 0);
    worker?.postMessage({type: 'forget', member: page().member}, [port2]);
  });
  for (const name of await caches.keys()) if (name.startsWith(`${scope()}:`)) await caches.delete(name);
}

async function start() {
  const registration = await navigator.serviceWorker.register(`/service_worker.js?build=${encodeURIComponent(page().build)}`, {updateViaCache: 'none'});
  // A worker that waits is of this page's build; pages of the old one ask to be loaded anew (tandem:build).
  const take = worker => { if (worker?.state === 'installed') worker.postMessage({type: 'skip-waiting'}); };
  take(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing;
    worker.addEventListener('statechange', () => take(worker));
  });
  await navigator.serviceWorker.ready;
  idle(keep);
}

/** Asks the worker to keep the shell, the names that it shows and this page, then what was never opened here. */
function keep() {
  const home = `/${page().workspace}`;
  if (document.documentElement.hasAttribute('data-cached')) return;
  tell({type: 'keep', urls: [...['/f/vocabulary', '/outbox', '/new', '/search', ''].map(path => home + path), location.pathname + location.search]});
  pack(page().version);
}

function pack(version) {
  const {workspace, member} = page();
  if (!navigator.connection?.saveData) tell({type: 'pack', workspace, member, version});
}

/** A bump makes the pack stale, which may wait; many bumps are one. */
function later(version) {
  latest = version;
  waiting ??= setTimeout(() => { waiting = null; idle(() => pack(latest)); }, pace * (1 + Math.random()));
}

const tell = message => navigator.serviceWorker.ready.then(({active}) => active.postMessage(message));
const idle = run => (globalThis.requestIdleCallback ?? setTimeout)(run);

/** The worker marks pages that it took from its cache. */
function bar() {
  const html = document.documentElement;
  if (!html.hasAttribute('data-cached')) return;
  let place = document.querySelector('[data-offline-bar]');
  if (!place) {
    place = document.createElement('p');
    place.dataset.offlineBar = '';
    (document.querySelector('main') ?? document.body).prepend(place);
  }
  place.textContent = html.hasAttribute('data-fallback') ? 'Offline: this page is not kept in this browser' : `Offline, as of ${clock(page().clock)}`;
  place.hidden = false;
}

/** Online again: the regions are made fresh by the stream; a page that was only stood in for is fetched. */
function fresh() {
  const html = document.documentElement;
  if (html.hasAttribute('data-fallback') && !dirty()) return setTimeout(() => location.reload(), 2000);
  if (html.hasAttribute('data-cached')) idle(keep);
  html.removeAttribute('data-cached');
  for (const place of document.querySelectorAll('[data-offline-bar]')) place.hidden = true;
}
