// The menu of a property of a row or card, as the page has it: the values are the vocabulary's, the form goes the way of every write.
import {make} from './make.js';
import {having, page, vocabulary} from './page.js';
import {dress} from './picker.js';
import {send} from './submit.js';

const words = {status: 'Status', priority: 'Priority', assignee: 'Assignee', labels: 'Labels', project: 'Project', milestone: 'Milestone', due: 'Due', cycle: 'Cycle'};
const label = {status: 'Set status', priority: 'Set priority', assignee: 'Assign', labels: 'Set labels', project: 'Set project', milestone: 'Set milestone', due: 'Set due date', cycle: 'Set cycle'};

/** pick opens the menu of a property at a row, or at what was pointed at in it. Shut, it goes, and focus is where it was. */
export function pick(name, row, mark) {
  row = live(row);
  const menu = row && built(name, row), at = mark?.isConnected ? mark : row;
  if (!menu) return;
  const {left, top, height} = at.getBoundingClientRect();
  Object.assign(menu.style, {position: 'fixed', left: `${left + (at === row ? 16 : 0)}px`, top: `${top}px`, height: `${height}px`, width: '1px', zIndex: 'var(--z-menu)'});
  menu.addEventListener('toggle', () => {
    if (menu.open) return;
    const inside = menu.contains(document.activeElement);
    menu.remove();
    if (inside) live(row)?.querySelector('a[href]')?.focus({preventScroll: true});
  });
  document.querySelector('main').append(menu);
  menu.open = true;
  // At once: where focus still stood in the row, a refresh would give it back to the row, which shuts the menu.
  (menu.querySelector('[aria-current], input:not([type=hidden])') ?? menu.querySelector('button')).focus({preventScroll: true});
  dress(menu);
}

/** assign gives a row's issue to somebody, or takes it from them. */
export function assign(row, member) {
  row = live(row);
  const menu = row && built('assignee', row), is = row && shown(row, 'assignee') === member;
  if (!menu) return;
  document.querySelector('main').append(menu);
  menu.querySelector(`button${having('value', is ? '' : member)}`)?.click();
  menu.remove();
}

/** live is the row as it stands on the page: while this module was loaded it may have been drawn anew. */
const live = row => row.isConnected ? row : document.querySelector(`[data-rows] ${having('data-record', row.dataset.record)}:not(form)`);

function built(name, row) {
  const {record, key} = row.dataset, many = name === 'labels', choices = name === 'due' ? due(row) : values(name, row), base = row.closest('[data-live]')?.dataset.version ?? page().version;
  const form = make('form', {method: 'post', action: `/${page().workspace}/issue/${key}/${name}`, className: 'property__form', onsubmit: send}, ...choices, make('input', {type: 'hidden', name: '_base', value: base}));
  Object.assign(form.dataset, {op: many ? 'add' : 'set', record, label: label[name], base});
  if (many) form.dataset.field = name;
  const menu = make('details', {}, make('summary', {'aria-label': words[name]}), make('div', {}, form));
  menu.dataset.menu = '';
  return choices.length > Number(/milestone|cycle/.test(name)) ? menu : null; // none is no choice
}

function values(name, row) {
  const team = document.querySelector(`#vocabulary template${having('data-key', row.dataset.key.split('-')[0])}`)?.dataset.value, is = shown(row, name) ?? `${name}:`;
  const kind = {assignee: 'member', labels: 'label'}[name] ?? name, had = [...row.querySelectorAll('[data-field=labels] [data-value]')].map(({dataset}) => dataset.value);
  const all = [...document.querySelectorAll(`#vocabulary template[data-value^="${kind}:"]`)].filter(({dataset}) => (!dataset.team || dataset.team === team) && (!dataset.project || dataset.project === shown(row, 'project')));
  if (name === 'assignee') all.sort((a, b) => rank(b) - rank(a));
  return all.map(({dataset: {value}}) => {
    const on = name === 'labels' ? had.includes(value) : value === is, sent = name === 'priority' ? value.slice(9) : value.endsWith(':') ? '' : value;
    return make('button', {className: 'choice', name: name !== 'labels' ? name : on ? 'remove' : 'add', value: sent,
      ...on && name !== 'labels' && {'aria-current': 'true'}}, vocabulary(value).content.cloneNode(true));
  });
}

function due(row) {
  const input = make('input', {className: 'input', type: 'date', name: 'due', value: row.querySelector('[data-field=due]')?.getAttribute('datetime') ?? ''});
  return [make('label', {}, 'Due date', input), make('button', {className: 'button'}, 'Set')];
}

const shown = (row, name) => row.querySelector(`[data-field=${name}]`)?.dataset.value;
const rank = ({dataset: {value}}) => value === 'member:' ? 2 : value === page().member ? 1 : 0;
