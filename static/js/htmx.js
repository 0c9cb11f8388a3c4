// The one place that knows htmx: forms that write end in the outbox, regions are fetched conditionally, painted before insertion, and never morphed under one's hands.

import {counts, write, written} from './outbox.js';
import {dirty, foreign, open, page} from './page.js';

let delta;
const etags = new WeakMap(), held = 'details[data-menu][open], dialog[open], form[data-dirty]', writes = 'form[data-op]:not([data-online])';

const extension = {
  htmx_config_request(source, {ctx}) {
    const {request} = ctx, form = source.matches('form') ? source : request.form;
    if (request.method === 'GET' && source.matches('[data-live]')) {
      const etag = etags.get(source), at = ctx.at = request.action;
      request.timeout = 2e4; // of a line that died unnoticed: whoever reads would wait for a minute
      if (etag?.at !== at) return;
      request.headers['If-None-Match'] = etag.value;
      if (delta && 'list' in source.dataset) request.action += `${at.includes('?') ? '&' : '?'}since=${source.dataset.version}`;
    } else if (request.method === 'POST' && form?.matches(writes)) {
      ctx.fetch = (url, init) => kept(form, [...init.body], () => fetch(url, init));
    }
  },

  htmx_after_request(source, {ctx}) {
    const {status, headers} = ctx.response, build = headers.get('Tandem-Build'), etag = headers.get('ETag');
    const reads = ctx.request.method === 'GET', region = reads && source.matches('[data-live]');
    ctx.refused = region ? foreign(ctx.response) || newBuild(build) : status !== 204 && !build; // 204: a form that was kept
    if (ctx.refused && !reads) unsaved();
    if (ctx.refused || !region) return;
    if (status === 304) fresh(source, Number(headers.get('Tandem-Version')));
    if (status === 200 && etag) etags.set(source, {at: ctx.at, value: etag});
  },

  htmx_before_swap(source, {ctx, tasks}) {
    if (ctx.refused) return false;
    for (const task of [...tasks]) {
      const root = task.fragment?.querySelector?.('[data-live]');
      if (root?.dataset.version - task.target?.dataset?.version < 0) {
        tasks.splice(tasks.indexOf(task), 1);
        etags.delete(source); // it stands for what the answer had, not for what is shown
      } else if (root?.querySelector('[data-same]')) task.swapSpec = {style: 'delta'};
      else if (task.fragment) written()?.paint(task.fragment, task.target);
    }
  },

  /** A list's delta; what cannot take it asks for the whole. */
  handle_swap(style, region, fragment) {
    if (style !== 'delta') return false;
    const free = !open(region) && !dirty(region), side = free ? written() : null;
    side?.bare(region);
    const fresh = free && delta.apply(region, fragment.querySelector('[data-live]'));
    side?.paint(region);
    if (!fresh) etags.delete(region);
    return fresh?.length > 9 ? [region] : fresh || []; // each is installed by itself
  },

  htmx_after_swap(source, {ctx}) {
    const {target, response} = ctx;
    if (response?.status !== 200 || !target?.matches?.('[data-live]')) return; // a form that was kept has swapped nothing: its list may take a delta
    if (ctx.request.method !== 'GET') etags.delete(target);
    fresh(target, 0);
  },

  htmx_after_settle(target, {newContent}) {
    for (const node of newContent) if (node.isConnected && node.dispatchEvent && node.nodeType === 1) node.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
  },

  htmx_before_morph_node(old) {
    if (!old.matches?.(held)) return true;
    const region = old.closest('[data-live]');
    etags.delete(region);
    return false;
  },

  htmx_before_morph_attr(node, {attrName, newValue}) {
    if (attrName === 'open' || attrName.startsWith('data-draft') && attrName !== 'data-draft-key') return newValue !== null;
    if (attrName === 'checked' || attrName === 'selected') node[attrName] = newValue !== null;
    return true;
  },

  htmx_error(source, {ctx}) {
    if (ctx && ctx.request.method !== 'GET') unsaved();
  },
};

/** install registers the extension; where htmx is missing, forms that write are taken at their submit, and no region is made fresh: the page is. */
export function install(root) {
  if (root !== document) return;
  let behind = false;
  if (globalThis.htmx) htmx.registerExtension('tandem', extension);
  else for (const type of ['result', 'stored']) addEventListener(`tandem:${type}`, ({detail}) => { // the answer may come before its form is emptied
    behind ||= detail.status === 'applied';
    if (behind && !dirty() && !counts().unsent) location.reload();
  });
  if (document.querySelector('[data-list]')) import('./delta.js').then(loaded => { delta = loaded; }, console.error);
  document.addEventListener('submit', event => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches(writes) || !written()?.usable()) return;
    event.preventDefault();
    kept(form, [...new FormData(form, event.submitter)], () => form.submit());
  });
  addEventListener('tandem:build', ({detail}) => newBuild(detail.build));
}

/** adopt makes a region live that script has put on the page. */
export const adopt = node => globalThis.htmx?.process(node);

/** kept hands a form to the write side, which is loaded by now or at once; where that fails, the form goes to its URL. */
const kept = (form, data, instead) => write().then(side => side.keep(form, data, instead), instead);
const say = (words, how) => write().then(({toast}) => toast(words, how)).catch(() => document.querySelector('[data-alert]')?.replaceChildren(words));

const unsaved = () => say('Not saved: the server did not answer. What you typed is still here.', {kind: 'failed', alert: true});

function fresh(region, version) {
  if (version > region.dataset.version) region.dataset.version = version;
  region.dispatchEvent(new CustomEvent('tandem:fresh', {bubbles: true}));
}

/** newBuild reloads when nothing would be lost, once; else it asks. A page and a fragment of different builds never mix. */
function newBuild(build) {
  if (!build || !page().build || build === page().build) return false;
  const tried = 'tandem:reloaded', again = () => location.reload();
  let free = !dirty() && !counts().unsent;
  try {
    free &&= sessionStorage.getItem(tried) !== build;
    if (free) sessionStorage.setItem(tried, build);
  } catch { free = false; }
  if (free) again();
  else if (!document.querySelector('[data-toasts] [data-kind=build]')) say('A new version of Tandem is here.', {kind: 'build', act: 'Reload', run: again});
  return true;
}
