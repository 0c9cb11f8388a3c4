// A row that leaves the list under the cursor stays there, faded, until the cursor leaves: keys go on from where one is. Others go at once.

import {having} from './page.js';

const left = '[data-left]', row = '[data-rows] > [data-record]', unknown = 'no longer in this list';
let secret = false; // what leaves now may be out of its reader's sight

export function install(root) {
  if (root !== document) return;
  document.addEventListener('focusout', () => setTimeout(leave));
  document.addEventListener('focusin', () => { secret = false; });
  addEventListener('tandem:access', ({detail}) => {
    if (detail.lost === false) return;
    secret = true;
    for (const node of document.querySelectorAll(left)) node.remove();
  });
  const notes = new WeakMap(), on = (name, run) => document.addEventListener(`htmx:${name}`, ({detail}) => run(detail));
  on('before:swap', ({ctx, tasks}) => notes.set(ctx, tasks.flatMap(({target}) => target?.matches?.('[data-list]') ? note(target) ?? [] : [])));
  on('after:swap', ({ctx}) => notes.get(ctx)?.forEach(back));
}

/** linger keeps a row that is about to leave its list, if the cursor is on it. */
export function linger(node) {
  if (!node.closest('[data-list]') || !under(node)) return false; // what waits, in triage, is dealt with one after the other
  node.dataset.left ??= words(node);
  return true;
}

/** under tells whether the cursor is on a row, or in the menu that was opened from it. */
function under(node) {
  const at = document.activeElement;
  return node.contains(at) || at?.closest('details[data-menu]')?.querySelector('form')?.dataset.record === node.dataset.record;
}

/** words say where a row went, as far as the page knows: by what its reader did. */
function words(node) {
  const status = node.querySelector('[data-field=status]:has(> [data-server])');
  return status ? `moved to ${status.querySelector('[data-part=name]').textContent.trim()}` : unknown;
}

/** note remembers the row under the cursor and its place, for when the server's list has it no more. */
function note(region) {
  const node = region.querySelector(`${row}${left}`) ?? [...region.querySelectorAll(row)].find(under);
  if (!node || secret) return;
  const group = node.closest('[data-group]')?.dataset.group, after = [];
  for (let next = node.nextElementSibling; next; next = next.nextElementSibling) after.push(next.dataset.record);
  const copy = node.cloneNode(true);
  for (const one of copy.querySelectorAll('form, details, input')) one.remove();
  copy.dataset.left = node.dataset.left ?? words(node);
  delete copy.dataset.gone;
  return {region, copy, group, after, focus: node.contains(document.activeElement)};
}

function back({region, copy, group, after, focus}) {
  const find = record => region.querySelector(`[data-rows] > ${having('data-record', record)}`), home = region.querySelector(group ? `${having('data-group', group)} [data-rows]` : '[data-rows]');
  if (!home || find(copy.dataset.record)) return;
  if (copy.dataset.left === unknown && home.closest('[data-group]')?.querySelector('[rel=next]')) return; // it may be on the next page
  home.insertBefore(copy, after.map(record => record && find(record)).find(one => one?.parentNode === home) ?? null);
  if (focus) copy.querySelector('a[href]')?.focus({preventScroll: true});
}

/** leave lets go of the rows that the cursor has left. */
async function leave() {
  for (const node of document.querySelectorAll(left)) {
    if (under(node)) continue;
    if (!matchMedia('(prefers-reduced-motion: reduce)').matches) await node.animate({marginBlockEnd: ['0', `-${node.offsetHeight}px`], opacity: [1, 0]}, 120).finished;
    if (under(node) || !('left' in node.dataset)) continue;
    delete node.dataset.left;
    'gone' in node.dataset ? node.hidden = true : node.remove();
  }
}
