// Live regions: what a bump makes stale is fetched anew, at once, but never under somebody's hands.
import {concerns, held, pause, places, refocus, stale} from './stale.js';
import {dirty, foreign} from './page.js';
import {backoff} from './stream.js';

const states = new WeakMap(), restores = new WeakMap();
let releasing, covered;

export function install(root) {
  if (root !== document) return;
  addEventListener('tandem:bump', ({detail}) => { if (detail.force || !root.querySelector('[data-paused]')) mark(detail); });
  addEventListener('tandem:result', ({detail}) => { if (detail.status === 'applied') mark({version: detail.version, all: true}, ':not([data-live=vocabulary])'); });
  addEventListener('tandem:state', ({detail}) => { if (detail.sync === 'live') regions().forEach(again); });
  const htmx = (name, run) => document.addEventListener(`htmx:${name}`, ({detail}) => run(detail.ctx, detail.tasks));
  htmx('before:request', ctx => { if (ours(ctx)) state(ctx.sourceElement).running = true; });
  htmx('finally:request', ctx => { if (ours(ctx)) finish(ctx); });
  htmx('before:swap', remember);
  htmx('after:swap', ctx => restores.get(ctx)?.forEach(restore => restore()));
  for (const type of ['focusout', 'toggle', 'selectionchange']) document.addEventListener(type, release, true);
  new MutationObserver(release).observe(document, {subtree: true, attributeFilter: ['data-dirty', 'data-dragging', 'open']});
}

function mark(bump, which = '') {
  for (const region of regions(which)) {
    if (!concerns(region.dataset.live, bump) || !(bump.force || bump.version > Number(region.dataset.version))) continue;
    const own = state(region);
    own.want = Math.max(own.want, bump.version);
    own.force ||= !!bump.force;
    own.marks = [...own.marks.slice(-9), Date.now()];
    if (bump.spread) own.after = Date.now() + Math.random() * bump.spread;
    pump(region);
  }
}

/** Refreshes the region if it is stale; one request is under way and one waits, never more. */
function pump(region) {
  const own = state(region), now = Date.now();
  if (own.running || own.timer || !region.isConnected || !stale(own, region.dataset.version)) return;
  if (held(region)) return say(region);
  const wait = Math.max(pause(own, now), own.after - now);
  if (wait > 0) {
    own.timer = setTimeout(() => { own.timer = 0; pump(region); }, wait);
    return;
  }
  own.asked = own.want;
  own.force = false;
  own.started = now;
  delete region.dataset.stale;
  region.dispatchEvent(new CustomEvent('tandem:refresh'));
}

function finish({sourceElement: region, response}) {
  const own = state(region), status = foreign(response) ? 0 : response.status;
  own.running = false;
  if (status === 404) return gone();
  // At once when a later bump came meanwhile; with a pause when it failed or an old answer came again.
  const failed = !status || status >= 400, behind = stale(own, region.dataset.version);
  own.force ||= failed; // also where a region still waits for its first text
  own.tries = failed || (behind && own.asked === own.want) ? own.tries + 1 : 0;
  if (own.tries) own.after = Date.now() + backoff(own.tries - 1);
  pump(region);
}

function again(region) {
  const own = state(region);
  if (!own.tries) return;
  clearTimeout(own.timer);
  own.timer = own.tries = own.after = 0;
  pump(region);
}

/** What the page showed is out of sight, so is the page: loaded anew, or, where that would take what is typed or was in vain, covered with words. */
function gone() {
  const last = Number(sessionStorage.getItem('tandem:gone'));
  if (covered) return; // another region of the page learns of it too
  covered = Date.now() - last < 30_000 || dirty();
  if (covered) return import('./gone.js').then(({cover}) => cover());
  sessionStorage.setItem('tandem:gone', Date.now());
  location.reload();
}

function say(region) {
  if (region.hasAttribute('data-stale')) return;
  region.dataset.stale = '';
  region.dispatchEvent(new CustomEvent('tandem:stale', {bubbles: true}));
}

/** Runs after the event, when focus and selection are where they go. */
function release() {
  if (releasing || !document.querySelector('[data-stale]')) return;
  releasing = setTimeout(() => { releasing = 0; regions('[data-stale]').forEach(pump); });
}

function remember(ctx, tasks) {
  if (ctx.response?.status === 204) return; // a write that was kept swaps nothing, and looking for places lays out the page
  const swapped = tasks.map(({target}) => target).filter(target => target?.matches?.('[data-live]'));
  restores.set(ctx, swapped.flatMap(region => [...places(region), refocus(region)]));
}

const regions = (which = '') => document.querySelectorAll(`[data-live]${which}`);
const ours = ({sourceElement, request}) => request.method === 'GET' && sourceElement?.matches?.('[data-live]');

function state(region) {
  if (!states.has(region)) states.set(region, {want: 0, asked: 0, force: false, running: false, marks: [], started: 0, after: 0, tries: 0, timer: 0});
  return states.get(region);
}
