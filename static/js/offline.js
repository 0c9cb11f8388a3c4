// Reading offline: starts the service worker, has it keep the shell pages, and says of when a cached page is.
import {scope} from './channel.js';
import {dirty, page} from './page.js';

export function install(root) {
  if (root !== document || !scope()) return;
  addEventListener('tandem:state', ({detail}) => { if (detail.source === 'stream' && detail.sync === 'live') fresh(); });
  bar();
  if (!navigator.serviceWorker || !globalThis.caches) return;
  addEventListener('tandem:access', () => caches.delete(pages()).then(keep));
  start().catch(console.error);
}

/** forget removes this member's cached pages, once the worker keeps no more of them; sign-out calls it. */
export async function forget() {
  if (!globalThis.caches) return;
  const worker = (await navigator.serviceWorker?.getRegistration())?.active, {port1, port2} = new MessageChannel();
  await new Promise(done => {
    port1.onmessage = done;
    setTimeout(done, worker ? 3000 : 0);
    worker?.postMessage({type: 'forget', member: page().member}, [port2]);
  });
  await caches.delete(pages());
}

const pages = () => `${scope()}:pages`;

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
  (globalThis.requestIdleCallback ?? setTimeout)(keep);
}

/** Asks the worker to keep the shell and this page. */
function keep() {
  const home = `/${page().workspace}`;
  if (document.documentElement.hasAttribute('data-cached')) return;
  navigator.serviceWorker.ready.then(({active}) => active.postMessage({type: 'keep', urls: [`${home}/outbox`, `${home}/new`, home, location.pathname + location.search]}));
}

/** The worker marks pages that it took from its cache. */
function bar() {
  const html = document.documentElement, at = new Date(page().clock);
  if (!html.hasAttribute('data-cached')) return;
  let place = document.querySelector('[data-offline-bar]');
  if (!place) {
    place = document.createElement('p');
    place.dataset.offlineBar = '';
    (document.querySelector('main') ?? document.body).prepend(place);
  }
  const today = at.toDateString() === new Date().toDateString();
  const time = at.toLocaleString('en-GB', today ? {timeStyle: 'short'} : {dateStyle: 'medium', timeStyle: 'short'});
  place.textContent = html.hasAttribute('data-fallback') ? 'Offline: this page is not kept in this browser' : `Offline, as of ${time}`;
  place.hidden = false;
}

/** Online again: the regions are made fresh by the stream; a page that was only stood in for is fetched. */
function fresh() {
  const html = document.documentElement;
  if (html.hasAttribute('data-fallback') && !dirty()) return setTimeout(() => location.reload(), 2000);
  html.removeAttribute('data-cached');
  for (const place of document.querySelectorAll('[data-offline-bar]')) place.hidden = true;
}
