// What one sees = the server's HTML + one's own operations that it does not show yet. Here: which, and when; paint.js changes the nodes.

import {outbox} from './queue.js';
import {indexed} from './field.js';
import {having} from './page.js';
import {lay, restore, values} from './paint.js';
import {refocus} from './stale.js';

const painted = new WeakMap(), alone = /\/issue\/[0-9a-f-]{36}$/; // a page that has no key: of an issue made offline

/** install paints below root and again after each change of the outbox. */
export function install(root) {
  if (root === document) {
    addEventListener('tandem:outbox', () => paint(document));
    document.addEventListener('tandem:fresh', ({target}) => paint(target));
  }
  // What is made offline is cloned from the vocabulary's templates, which may come after the page.
  const words = root === document || root.id === 'vocabulary';
  if (words && alone.test(location.pathname)) import('./made.js').then(({show}) => show()).catch(console.error);
  paint(words ? document : root, root.id === 'vocabulary');
}

/** paint lays one's own operations over every region in root: the document, a region, or a fragment not yet inserted, and the region that it will be in. */
export function paint(root, anew) {
  if (!outbox.scope) return;
  if (anew?.dataset) painted.set(anew, ['']);
  const entries = outbox.entries();
  const regions = [...root.querySelectorAll('[data-live]'), ...root.querySelectorAll('[data-made-page]')]; // two looks: a list of selectors takes many times as long
  if (root.matches?.('[data-live], [data-made-page]')) regions.push(root);
  for (const region of regions) {
    if (region.id === 'vocabulary') continue;
    const ops = laid(entries, Number(region.dataset.version ?? 0)), signs = ops.map(op => op.id + op.pending), had = painted.get(region) ?? [];
    const more = !anew && had.every((sign, i) => sign === signs[i]); // what is there stays there
    if (more && had.length === signs.length) continue;
    painted.set(region, signs);
    const focused = document.activeElement, onward = refocus(region);
    const made = more && had.length && !region.querySelector('[data-gone]') ? lay(region, ops, undefined, had.length)
      : lay(region, folded(ops), had.length || anew ? restore(region) : undefined);
    for (const node of made) if (node.isConnected) node.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
    if (focused?.closest('[hidden]')) onward();
    else if (focused !== document.activeElement && focused?.isConnected) focused.focus({preventScroll: true});
  }
}

/** bare takes off a region what is painted on it; where nothing is, it is not looked for. */
export function bare(region) {
  if (painted.get(region)?.length) restore(region);
  painted.delete(region);
}

/** refill shows in a form that was emptied what its record's operations say, but for those that are still to be painted. */
export function refill(form) {
  const region = form.closest('[data-live], [data-made-page]'), had = painted.get(region)?.length;
  if (had) values(region, folded(laid(outbox.entries(), Number(region.dataset.version ?? 0)).slice(0, had).filter(op => op.record === form.dataset.record)));
}

/** laid lists the operations that a region at this version lacks, in order: unsent ones, and done ones whose result it has not reached. */
export const laid = (entries, version) => entries
  .filter(e => e.state === 'waiting' || e.state === 'done' && e.result.version > version)
  .flatMap(e => (e.shows ?? e.ops).map(op => ({...op, id: e.id, at: e.at, pending: e.state === 'waiting'})));

/** folded makes one of the values and moves of each record, the last ones: hundreds of edits cost no more than what they come to. */
export function folded(ops) {
  const last = new Map(), left = new Set();
  for (let op of ops) {
    const was = last.get(op.record), changes = /^(set|move)$/.test(op.op);
    if (was && changes) {
      left.delete(was);
      op = {...op.op === 'set' && was, ...op, op: 'move', set: {...was.set, ...op.set}, pending: was.pending || op.pending};
    }
    left.add(op);
    last.set(op.record, changes && op);
  }
  return [...left];
}

/** shown reads the values on the page that operations are about to change, for undo: {record: {field: value}}. */
export function shown(ops) {
  const before = {}, nodes = indexed(document, ops);
  for (const {record, set} of ops) for (const field of Object.keys(set ?? {})) {
    const css = `${having('data-field', field)}:not(form)`, node = nodes.get(record)?.find(one => one.querySelector(css))?.querySelector(css), ref = node?.dataset.value;
    if (!node || field === 'labels') continue;
    (before[record] ??= {})[field] = ref === undefined ? node.getAttribute('datetime') ?? node.textContent.trim()
      : field === 'priority' ? Number(ref.split(':')[1]) : ref.endsWith(':') ? null : ref;
  }
  return before;
}
