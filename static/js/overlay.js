// What one sees = the server's HTML + one's own operations that it does not show yet. Here: which, and when; paint.js changes the nodes.

import {outbox} from './queue.js';
import {mentions} from './operation.js';
import {dirty, having, names, page} from './page.js';
import {fill, lay, restore} from './paint.js';

const painted = new WeakMap();

/** install paints below root and again after each change of the outbox. */
export function install(root) {
  if (root === document) {
    addEventListener('tandem:outbox', () => paint(document));
    addEventListener('tandem:result', ({detail}) => arrived(detail));
    document.addEventListener('tandem:fresh', ({target}) => repaint(target));
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
    const ops = laid(entries, Number(region.dataset.version ?? 0)), sign = ops.map(op => op.id + op.pending).join();
    if (!anew && sign === (painted.get(region) ?? '')) continue;
    painted.set(region, sign);
    const focused = document.activeElement;
    lay(region, ops, restore(region));
    if (region.isConnected && ops.some(op => op.op === 'create')) region.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
    if (focused !== document.activeElement && focused?.isConnected) focused.focus({preventScroll: true});
  }
}

/** repaint paints the region around a node once more, after a form in it was emptied. */
export function repaint(node) {
  const region = node.closest('[data-live], [data-made-page]');
  if (!region) return;
  paint(region, true);
}

/** laid lists the operations that a region at this version lacks, in order: unsent ones, and done ones whose result it has not reached. */
export const laid = (entries, version) => entries
  .filter(e => e.state === 'waiting' || e.state === 'done' && e.result.version > version)
  .flatMap(e => (e.shows ?? e.ops).map(op => ({...op, id: e.id, at: e.at, pending: e.state === 'waiting'})));

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
  const {workspace} = page(), [, uuid] = location.pathname.match(new RegExp(`^/${workspace}/issue/([0-9a-f-]{36})$`)) ?? [];
  const record = `issue:${uuid}`, main = document.querySelector('main');
  if (!uuid || !main || main.querySelector(`${having('data-record', record)}:not(form)`)) return;
  const entry = outbox.entries().find(e => e.state !== 'failed' && e.ops.some(op => op.op === 'create' && op.record === record));
  const made = entry && document.querySelector('template[data-new="issue-page"]')?.content.cloneNode(true);
  if (!made) return;
  const op = entry.ops.find(op => op.record === record), region = made.firstElementChild;
  for (const live of made.querySelectorAll('[data-live]')) delete live.dataset.live;
  region.dataset.madePage = record, region.dataset.version = 0;
  main.replaceChildren(fill(made, {...op, at: entry.at}));
  document.title = op.set.title ?? names(record);
}

/** arrived: what the page waited for is there; an issue made offline gets its own page once nothing typed is lost by it. */
function arrived({status, records}) {
  const made = document.querySelector('[data-made-page]');
  if (status !== 'applied' || !made || !records?.includes(made.dataset.madePage) || dirty()) return;
  if (!outbox.waiting().some(e => mentions(e.ops, made.dataset.madePage))) location.reload();
}
