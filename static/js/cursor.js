// The cursor of lists and boards: the row that has focus, one tab stop each.

const row = '[data-rows]:not([hidden]) [data-record]:not(form)', list = ':is([data-list], [data-inbox])';

let drag;

export function install(root) {
  if (root === document) document.addEventListener('focusin', ({target}) => rove(target.closest(list), target.closest(row)));
  for (const one of [root.closest?.(list), ...root.querySelectorAll(list)]) rove(one);
  // What moves cards is loaded with the first of them.
  if (root.querySelector('[data-action=open-move]')) drag ??= import('./drag.js').then(({listen}) => listen());
}

const focused = () => document.activeElement?.closest(row);

/** current is the row that has focus, else the one that Tab leads to. */
export const current = () => focused() ?? document.querySelector(`${list} ${row} a[tabindex="0"]`)?.closest(row);

/** hand is the issue at hand: the row that has focus, else the one that is shown beside a list, the page's own, or the row that Tab leads to. */
export function hand() {
  const focused = document.activeElement?.closest(`${row}[data-key]`);
  return focused ?? shown(document.activeElement?.closest('.peek')) ?? shown(document.querySelector('main')) ?? current();
}

const shown = root => root?.querySelector('[data-record^="issue:"]:not(form, [data-rows] *)');

/** One tab stop a list: the row that had focus last, else the first. Only links that may be one are looked at: most rows were seen to before. */
function rove(root, to) {
  if (!root) return;
  const links = [...root.querySelectorAll('a:not([tabindex="-1"])')].filter(one => first(one.closest(row)) === one);
  const at = first(to) ?? links.find(one => one === document.activeElement) ?? links.find(one => one.attributes.tabindex) ?? links[0] ?? first(root.querySelector(row));
  at && [...links, at].forEach(one => tab(one, one === at));
}

const first = row => row?.querySelector('a[href]');

/** tab makes an element a tab stop or none; what it is already is not said again, which would have the browser restyle it. */
export const tab = (node, stop, to = stop ? '0' : '-1') => { if (node.getAttribute('tabindex') !== to) node.tabIndex = to; };

/** move moves focus over columns and rows; sideways only on a board, where the place in the column is kept. */
export function move(across, down) {
  const from = focused(), home = from?.closest(list) ?? document.querySelector(list);
  if (!home || (across && !from)) return false;
  const board = across || isBoard(home), columns = [...home.querySelectorAll('[data-group]')];
  const groups = board && columns.length ? columns.map(rowsOf) : [rowsOf(home)];
  const to = target(groups, from, across, down) ?? current();
  first(to)?.focus();
  to?.scrollIntoView({block: 'nearest', inline: 'nearest'});
}

/** rowsOf are a group's rows that are to be seen. */
export const rowsOf = group => [...group.querySelectorAll(row)].filter(one => one.offsetParent);
/** isBoard tells whether a list's groups, of which empty ones may not be shown, stand side by side. */
export function isBoard(list) {
  const [first, second] = [...list.querySelectorAll('[data-group]')].filter(one => one.offsetParent);
  return !!second && first.offsetTop === second.offsetTop;
}

/** target is the row across and down from one, the nearest in columns that are shorter, skipping empty ones; undefined without one. */
export function target(groups, from, across, down) {
  const column = groups.findIndex(group => group.includes(from));
  if (column < 0) return undefined;
  const at = groups[column].indexOf(from);
  if (!across) return groups[column][at + down] ?? groups[column].at(down < 0 ? 0 : -1);
  for (let next = column + across; groups[next]; next += across) {
    if (groups[next].length) return groups[next][Math.min(at, groups[next].length - 1)];
  }
  return from;
}
