// What moves a card. Its menu is a link to the page that has it open, until it is pressed: then the same form, made of the board, takes the link's place.
import {rowsOf} from './cursor.js';
import {make} from './make.js';
import {having, page} from './page.js';
import {send} from './submit.js';

/** byHand tells whether a list is ordered by hand: in no other a card has a place. */
export const byHand = list => ['', 'manual', undefined].includes(list.dataset.order);

/** moving is a form that moves a card, by its controls. */
export function moving({dataset: {record, key}}, ...controls) {
  const form = make('form', {method: 'post', action: `/${page().workspace}/issue/${key}/position`, className: 'issue-card__move', onsubmit: send}, ...controls);
  Object.assign(form.dataset, {op: 'move', record, label: 'Move'});
  return form;
}

/** pick opens the menu of a card in the place of its link, which may have been drawn anew meanwhile. Shut, it is the link again. */
export function pick(field, node, from) {
  const at = from.isConnected ? from : document.querySelector(`${having('data-record', node.dataset.record)} > a[data-action=open-move]`);
  if (!at) return;
  const menu = built(at.parentNode, at);
  at.replaceWith(menu);
  menu.addEventListener('toggle', () => {
    if (menu.open) return;
    const inside = menu.contains(document.activeElement);
    menu.replaceWith(at);
    if (inside) at.focus({preventScroll: true});
  });
  menu.open = true;
}

function built(node, at) {
  const list = node.closest('[data-list]'), own = node.closest('[data-group]'), columns = [...list.querySelectorAll('[data-group]')], {columns: field} = list.dataset;
  const button = make('button', {className: 'button button--primary'}, 'Move'), places = byHand(list) ? [select('Position', 'before', [['', 'Last'], ...around(node, own, field ? columns : [own])], '')] : [];
  const form = moving(node, ...field ? [select('Column', field, columns.map(one => [one.dataset.group, name(one)]), own.dataset.group)] : [], ...places, button);
  const summary = make('summary', {'aria-label': at.getAttribute('aria-label')}, ...at.cloneNode(true).childNodes), menu = make('details', {className: at.className}, summary, form);
  button.dataset.action = 'move';
  summary.dataset.action = 'open-move';
  menu.dataset.menu = '';
  return menu;
}

/** around are the places that may be named: the first of each column, one step up and one step down. */
function around(node, own, columns) {
  const rows = rowsOf(own), i = rows.indexOf(node), place = (row, words) => row && row !== node ? [[row.dataset.record, words]] : [];
  return [...columns.flatMap(one => place(rowsOf(one)[0], `First in ${name(one)}`)),
    ...i > 1 ? place(rows[i - 1], `Before ${rows[i - 1].dataset.key}`) : [], ...place(rows[i + 2], `After ${rows[i + 1]?.dataset.key}`)];
}

const name = column => column.getAttribute('aria-label');

const select = (words, name, options, chosen) =>
  make('label', {}, words, make('select', {className: 'input', name}, ...options.map(([value, text]) => new Option(text, value, value === chosen, value === chosen))));
