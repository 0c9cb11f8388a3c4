// Single keys: one registry, shown by "?". Never in fields, with a modifier or while composing; <html data-keys="off"> ends them.
import {page} from './page.js';

const field = 'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]';
const row = '[data-rows] [data-record]:not(form)', list = ':is([data-list], [data-inbox])';

/** keys are what may be pressed, one after the other where two; run returns false where there is nothing to do. */
export const keys = [
  {key: 'c', words: 'New issue', run: compose},
  {key: '/', words: 'Search', run: () => focus('input[type=search][name=q]') || visit('search')},
  {key: 'f', words: 'Filter', run: () => open('open-filter')},
  {key: 'j', also: 'ArrowDown', words: 'Next issue', run: () => move(0, 1)},
  {key: 'k', also: 'ArrowUp', words: 'Previous issue', run: () => move(0, -1)},
  {key: 'ArrowRight', words: 'Next column', run: () => move(1, 0)},
  {key: 'ArrowLeft', words: 'Previous column', run: () => move(-1, 0)},
  {key: 'o', words: 'Open the issue (or Enter)', run: () => click(current()?.querySelector('a[href]'))},
  {key: 's', words: 'Status', run: () => open('open-status')},
  {key: 'p', words: 'Priority', run: () => open('open-priority')},
  {key: 'a', words: 'Assignee', run: () => open('open-assignee')},
  {key: 'i', words: 'Assign to me', run: () => click(document.querySelector(`form[data-action=assign] button[value="${CSS.escape(page().member)}"]`))},
  {key: 'l', words: 'Labels', run: () => open('open-labels')},
  {key: 'm', words: 'Move the card (Shift and arrows move it at once)', run: () => open('open-move', current())},
  {key: 'x', words: 'Select the issue (then Shift and arrows, Ctrl A for all, Esc for none)', run: () => click(current()?.querySelector('[name=record]'))},
  {key: 'e', words: 'Edit; in the inbox: done', run: () => press('done') || open('edit')},
  {key: 'u', words: 'In the inbox: read or unread', run: () => press('toggle-read')},
  {key: 'h', words: 'In the inbox: snooze', run: () => open('open-snooze', current())},
  {key: 'S', words: 'In the inbox: unsubscribe', run: () => press('unsubscribe')},
  {key: 'mb', words: 'Blocked by another issue', run: () => relate('blocked_by')},
  {key: 'mx', words: 'Blocks another issue', run: () => relate('blocks')},
  {key: 'mr', words: 'Related to another issue', run: () => relate('related')},
  {key: 'mm', words: 'Duplicate of another issue', run: () => relate('duplicate')},
  {key: 'gi', words: 'Go to the inbox', run: () => link('go-inbox')},
  {key: 'ga', words: 'Go to my issues', run: () => visit()},
  {key: 'ge', words: 'Go to the list', run: () => link('go-list')},
  {key: 'gd', words: 'Go to the board', run: () => link('go-board')},
  {key: 'gs', words: 'Go to settings', run: () => link('go-settings')},
  {key: '?', words: 'These keys', run: () => { import('./help.js').then(({show}) => show(keys)); }},
];

let last = '', lastAt = 0;

export function install(root) {
  if (root === document) document.addEventListener('keydown', pressed);
  if (root === document) document.addEventListener('focusin', ({target}) => rove(target.closest(list), target.closest(row)));
  document.querySelectorAll(list).forEach(one => rove(one));
}

function pressed(event) {
  const {key, target, shiftKey} = event;
  if (key === 'Enter' && (event.ctrlKey || event.metaKey) && target.form && !event.defaultPrevented && !event.isComposing) {
    event.preventDefault();
    return target.form.requestSubmit();
  }
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.documentElement.dataset.keys === 'off' || target.closest?.(field) || document.querySelector('dialog[open], details[data-menu][open]')) return;
  if (shiftKey && key.length > 1) return;
  const pair = Date.now() - lastAt < 1000 && find(last + key);
  const found = pair || find(key);
  last = key;
  lastAt = Date.now();
  if (found && found.run() !== false) event.preventDefault();
}

/** find is what a key does. */
export const find = key => keys.find(one => one.key === key || one.also === key);

/** One tab stop a list: the row that had focus last, else the first. */
function rove(root, to) {
  if (!root) return;
  const links = [...root.querySelectorAll(row)].map(one => one.querySelector('a[href]')).filter(Boolean);
  const at = to ? to.querySelector('a[href]') : links.find(one => one === document.activeElement) ?? links.find(one => one.tabIndex === 0 && one.hasAttribute('tabindex')) ?? links[0];
  for (const one of links) one.tabIndex = one === at ? 0 : -1;
}

const current = () => document.activeElement?.closest(row) ?? document.querySelector(`${list} ${row}:has(a[tabindex="0"])`);

/** Moves focus over columns and rows; sideways only on a board, where the place in the column is kept. */
function move(across, down) {
  const from = document.activeElement?.closest(row), home = from?.closest(list) ?? document.querySelector(list);
  if (!home || (across && !from)) return false;
  const board = across || isBoard(home), columns = [...home.querySelectorAll('[data-group]')];
  const groups = board && columns.length ? columns.map(rowsOf) : [rowsOf(home)];
  const to = target(groups, from, across, down) ?? current();
  to?.querySelector('a[href]')?.focus();
  to?.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

/** rowsOf are a group's rows that are to be seen. */
export const rowsOf = group => [...group.querySelectorAll(row)].filter(one => one.offsetParent);
/** isBoard tells whether a list's groups stand side by side. */
export const isBoard = (list, [first, second] = list.querySelectorAll('[data-group]')) => !!second && first.offsetTop === second.offsetTop;

/** target is the row across and down from one, the nearest in columns that are shorter, skipping empty ones; undefined without one. */
export function target(groups, from, across, down) {
  const column = groups.findIndex(group => group.includes(from));
  if (column < 0) return undefined;
  const at = groups[column].indexOf(from);
  if (!across) return groups[column][Math.max(0, Math.min(groups[column].length - 1, at + down))];
  for (let next = column + across; groups[next]; next += across) {
    if (groups[next].length) return groups[next][Math.min(at, groups[next].length - 1)];
  }
  return from;
}

function compose() {
  const dialog = document.querySelector('dialog[data-dialog=new]'), team = document.querySelector('[data-list][data-team]')?.dataset.team;
  if (!dialog?.showModal) return visit('new');
  const choice = dialog.querySelector('select[name=team]');
  if (team && choice && !dialog.querySelector('form[data-dirty]')) choice.value = team;
  dialog.showModal();
}

function relate(kind) {
  if (!open('new-relation')) return false;
  const {elements} = document.querySelector('[data-action=new-relation] + form');
  elements.kind.value = kind;
  elements.other.focus();
}

const focus = selector => { const found = document.querySelector(selector); found?.focus(); return !!found; };
const press = action => click(current()?.querySelector(`button[data-action="${action}"]`));
const click = found => { found?.click(); return !!found; };
const visit = (path = '') => { location.href = `/${page().workspace}/${path}`.replace(/\/$/, ''); };
const link = action => click(document.querySelector(`li:has([aria-current]) > [data-action="${action}"]`) ?? document.querySelector(`[data-action="${action}"]`));

function open(action, root) {
  const summary = (root ?? document).querySelector(`details > summary[data-action="${action}"]`);
  if (summary) summary.parentElement.open = true;
  return !!summary;
}
