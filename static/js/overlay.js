// What one sees = the server's HTML + one's own operations that it does not show yet. Here: which, and when; paint.js changes the nodes.

import {outbox} from './queue.js';
import {mentions} from './operation.js';
import {dirty, having, names} from './page.js';
import {fill, lay, restore, values} from './paint.js';

const painted = new WeakMap();

/** install paints below root and again after each change of the outbox. */
export function install(root) {
  if (root === document) {
    addEventListener('tandem:outbox', () => paint(document));
    addEventListener('tandem:result', ({detail}) => arrived(detail));
    document.addEventListener('tandem:fresh', ({target}) => paint(target, true));
  }
  // What is made offline is cloned from the vocabulary's templates, which may come after the page.
  const words = root === document || root.id === 'vocabulary';
  if (words) paintPage();
  paint(words ? document : root, root.id === 'vocabulary');
}

/** paint lays one's own operations over every region in root: the document, a region, or a fragment not yet inserted. */
export function paint(root, anew = false) {
  if (!outbox.scope) return;
  const entries = outbox.entries();
  const regions = [...root.querySelectorAll('[data-live], [data-made-page]')];
  if (root.matches?.('[data-live], [data-made-page]')) regions.push(root);
  for (const region of regions) {
    if (region.id === 'vocabulary') continue;
    const ops = laid(entries, Number(region.dataset.version ?? 0)), signs = ops.map(op => op.id + op.pending), had = painted.get(region) ?? [];
    const more = !anew && had.every((sign, i) => sign === signs[i]); // what is there stays there
    if (more && had.length === signs.length) continue;
    painted.set(region, signs);
    const focused = document.activeElement;
    more ? lay(region, ops, undefined, had.length) : lay(region, folded(ops), restore(region));
    if (region.isConnected && ops.some(op => op.op === 'create')) region.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({preventScroll: true});
  }
}

/** refill shows in a form that was emptied what its record's operations say. */
export function refill(form) {
  const region = form.closest('[data-live], [data-made-page]');
  if (region) values(region, folded(laid(outbox.entries(), Number(region.dataset.version ?? 0)).filter(op => op.record === form.dataset.record)));
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
  const before = {};
  for (const {record, set} of ops) for (const field of Object.keys(set ?? {})) {
    const node = document.querySelector(`${having('data-record', record)}:not(form) ${having('data-field', field)}:not(form)`), ref = node?.dataset.value;
    if (!node || field === 'labels') continue;
    (before[record] ??= {})[field] = ref === undefined ? node.getAttribute('datetime') ?? node.textContent.trim()
      : field === 'priority' ? Number(ref.split(':')[1]) : ref.endsWith(':') ? null : ref;
  }
  return before;
}

/** paintPage shows an issue that only the outbox knows: /{ws}/issue/{uuid} of one made offline. */
function paintPage() {
  const record = ownPage(), main = document.querySelector('main');
  if (!record || !main || main.querySelector(`${having('data-record', record)}:not(form)`)) return;
  const entry = outbox.entries().find(e => e.state !== 'failed' && e.ops.some(op => op.op === 'create' && op.record === record));
  const made = entry && document.querySelector('template[data-new="issue-page"]')?.content.cloneNode(true);
  if (!made) return;
  const op = entry.ops.find(op => op.record === record), region = made.firstElementChild;
  for (const live of made.querySelectorAll('[data-live]')) delete live.dataset.live;
  region.dataset.madePage = record, region.dataset.version = 0;
  main.replaceChildren(fill(made, {...op, at: entry.at}));
  document.title = op.set.title ?? names(record);
}

/** ownPage is the issue that a page is of whose URL has its uuid: /{ws}/issue/{uuid}. */
const ownPage = () => location.pathname.replace(/^\/[^/]+\/issue\/([0-9a-f-]{36})$|.*/, (_, uuid) => uuid ? `issue:${uuid}` : '');

/** arrived: what the page waited for is there; an issue made offline gets its own page once nothing typed is lost by it. */
function arrived({status, records}) {
  const made = status === 'applied' && ownPage() && document.querySelector('[data-made-page]');
  if (!made || !records?.includes(made.dataset.madePage) || dirty()) return;
  if (!outbox.waiting().some(e => mentions(e.ops, made.dataset.madePage))) location.reload();
}
