// Several issues selected and changed together. What is selected stands in the rows' boxes; a set beside them carries it over morphs,
// which give a box another row. The bar's buttons submit the form around the list, so a change goes the way of every write: one transaction.

import {combobox} from './combobox.js';
import {tab} from './cursor.js';
import {make} from './make.js';
import {fit, spelled} from './match.js';
import {nth} from './menu.js';
import {having, open, taken} from './page.js';
import {toast} from './toast.js';

const most = 1000; // operations of a transaction
const field = 'input:not([type=checkbox]), textarea, select, [contenteditable]', box = '[name=record]', row = '[data-rows] > [data-record]', more = 'a[rel=next]';
const menus = {status: 'Status', priority: 'Priority', assignee: 'Assignee', labels: 'Labels', project: 'Project', due: 'Due date', cycle: 'Cycle'};
const kinds = {status: 'status', priority: 'priority', assignee: 'member', labels: 'label', project: 'project', cycle: 'cycle'};
const actions = {assignee: 'assign', labels: 'label'};

let form, list, bar, chosen = new Set(), far = new Set(); // far are selected ones that the page does not show: it has only the first rows
let anchor, end; // the range that Shift stretches

/** stretched is a selection whose range from anchor to `from` goes to `to` instead. */
export function stretched(chosen, all, anchor, from, to) {
  const span = other => { const [a, b] = [all.indexOf(anchor), all.indexOf(other)].sort((x, y) => x - y); return a < 0 ? [] : all.slice(a, b + 1); };
  const left = new Set(span(from)), next = new Set([...chosen].filter(one => !left.has(one)));
  for (const one of [...span(to), to]) next.add(one);
  return next;
}

/** common is what all of them have in common, undefined where they differ. */
export const common = values => values.every(one => one === values[0]) ? values[0] : undefined;

export function install(root) {
  if (root === document) start();
  if (form) show();
}

function start() {
  form = document.querySelector('form[data-bulk]');
  list = document.querySelector('[data-list]');
  if (!form || !list) return form = null;
  delete form.dataset.online;
  form.elements.plain.disabled = true;
  chosen = new Set([...boxes(':checked')].map(one => one.value)); // before this module was there
  const on = (type, run, capture) => document.addEventListener(type, run, capture);
  on('mousedown', event => { if (event.shiftKey && rowOf(event.target)) event.preventDefault(); }); // no text is marked
  on('click', clicked);
  on('change', ({target}) => { if (target.matches(box) && target.checked !== chosen.has(target.value)) choose(toggled(target.value, target.checked), target.value); });
  on('focusin', ({target}) => { if (rowOf(target)) stops(rowOf(target)); });
  on('keydown', pressed);
  on('submit', submitted, true);
  on('tandem:fresh', show);
  addEventListener('toggle', opened, true); // before the menu looks for what to focus
  addEventListener('tandem:outbox', () => chosen.size && show());
  form.addEventListener('reset', () => queueMicrotask(() => { // it is emptied once its write is kept
    form.dataset.op = '';
    for (const one of form.querySelectorAll('[name=record][type=hidden]')) one.remove();
    show();
  }));
  form.dataset.ready = '';
}

const rowOf = target => { const found = target.closest?.(row); return list.contains(found) && found.querySelector(box) ? found : null; };
const boxes = (which = '') => list.querySelectorAll(`${row} > ${box}${which}`);
const rows = () => [...boxes()].map(one => one.parentNode).filter(one => !one.hidden);
const id = one => one.dataset.record;
const cursor = () => rowOf(document.activeElement) ?? list.querySelector(`${row} a[tabindex="0"]`)?.closest(row);
const toggled = (one, on) => { const next = new Set(chosen); on ? next.add(one) : next.delete(one); return next; };

function choose(next, at) {
  chosen = next;
  anchor = end = at;
  show();
  say(chosen.size ? `${chosen.size} selected` : 'Nothing selected');
}

/** reach selects from the anchor to a row. */
function reach(to, from = end) {
  const all = rows().map(id);
  if (!all.includes(anchor)) anchor = from ?? id(to);
  const next = stretched(chosen, all, anchor, from ?? anchor, id(to)), start = anchor;
  choose(next, id(to));
  anchor = start;
}

/** show brings boxes and bar up to date, and lets go of what is not in the list any more. */
function show() {
  if (chosen.size || bar?.isConnected) return selected();
  for (const one of boxes(':checked')) one.checked = false; // which a morph gave another row
  stops(cursor());
}

function selected() {
  const there = rows(), known = new Set(there.map(id));
  far = new Set([...far].filter(one => chosen.has(one) && !known.has(one)));
  const gone = [...chosen].filter(one => !known.has(one) && !far.has(one));
  for (const one of gone) chosen.delete(one);
  for (const one of boxes()) one.checked = chosen.has(one.value);
  stops(cursor());
  form.toggleAttribute('data-dirty', chosen.size > 0);
  if (gone.length && form.dataset.op !== 'delete') toast(`${gone.length === 1 ? '1 selected issue has' : `${gone.length} selected issues have`} left this list`, {kind: 'bulk'});
  document.querySelector('[data-toasts]')?.toggleAttribute('data-raised', chosen.size > 0); // above the bar
  if (!chosen.size) return bar?.remove();
  bar ??= built();
  bar.firstChild.textContent = `${chosen.size} selected`;
  bar.children[1].hidden = far.size || !there.every(one => chosen.has(id(one))) || !list.querySelector(more);
  if (!bar.isConnected) form.append(bar);
}

/** One tab stop a list: the box of the row that has it. */
function stops(at) {
  for (const one of boxes(':not([tabindex="-1"])')) tab(one, one.parentNode === at);
  const stop = at?.querySelector(box);
  if (stop) tab(stop, true);
}

function clicked(event) {
  const {target, shiftKey, ctrlKey, metaKey} = event, at = shiftKey && !ctrlKey && !metaKey && rowOf(target);
  if (bar?.contains(target) && target.dataset.action === 'select-none') return clear();
  if (bar?.contains(target) && target.dataset.action === 'select-all') return whole();
  if (!at || target.closest('details')) return;
  if (!target.matches(box)) event.preventDefault();
  reach(at);
  focus(at);
}

function pressed(event) {
  const {key, target, shiftKey, ctrlKey, metaKey, altKey, isComposing, defaultPrevented} = event, held = ctrlKey || metaKey;
  if (defaultPrevented || isComposing || altKey || target.closest?.(field) || open()) return;
  const by = shiftKey && !held && form.contains(list) && {ArrowUp: -1, ArrowDown: 1}[key];
  if (key === 'Escape' && chosen.size) clear();
  else if (held && !shiftKey && key.toLowerCase() === 'a') bar?.isConnected && !bar.children[1].hidden ? whole() : choose(new Set([...rows().map(id), ...far]));
  else if (!by || !step(by)) return;
  event.preventDefault();
}

/** step stretches the selection by a row from the one that has focus. */
function step(by) {
  const all = rows(), from = cursor(), to = all[all.indexOf(from) + by];
  if (!from) return false;
  if (id(from) !== end) anchor = end = id(from);
  reach(to ?? from);
  focus(to ?? from);
  return true;
}

/** whole selects what the view holds beyond the rows on the page, which it asks for page by page. */
async function whole() {
  const found = new Set(rows().map(id));
  try {
    for (const {href} of list.querySelectorAll(more)) for (let next = href; next && found.size <= most;) {
      const answer = await fetch(next.replace(/^(https?:\/\/[^/]+\/[^/?]+)/, '$1/f')), page = new DOMParser().parseFromString(taken(answer) ? await answer.text() : '', 'text/html');
      if (!taken(answer)) throw new Error(answer.status);
      for (const one of page.querySelectorAll(row)) found.add(id(one));
      next = page.querySelector(more)?.getAttribute('href');
      next &&= new URL(next, location.href).href;
    }
  } catch { return toast('The server does not answer: only what this page shows is selected.', {kind: 'bulk', alert: true}); }
  far = found;
  choose(new Set(found));
}

function clear() {
  choose(new Set());
  focus(cursor());
}

function focus(at) {
  at?.querySelector('a[href]')?.focus({preventScroll: true});
  at?.scrollIntoView({block: 'nearest'});
}

/** submitted makes the form say what its button does, to all that is selected. */
function submitted(event) {
  const {target, submitter} = event;
  if (target !== form) return;
  const all = rows(), many = chosen.size;
  if (!submitter) return event.preventDefault(); // Ctrl Enter on a box
  if (many > most) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return toast(`${many} issues are selected; at most ${most} can be changed at once.`, {kind: 'bulk', alert: true});
  }
  const {name, value, dataset: {label}} = submitter, trash = value === 'trash';
  form.elements._base.value = list.dataset.version;
  form.append(...[...far].map(one => make('input', {type: 'hidden', name: 'record', value: one})));
  Object.assign(form.dataset, {op: trash ? 'delete' : /add|remove/.test(name) ? 'add' : 'set', field: 'labels', label: `${label} ${many} ${many === 1 ? 'issue' : 'issues'}${trash ? ' to trash' : ''}`});
  const last = all.findLastIndex(one => chosen.has(id(one))), stay = one => !trash || !chosen.has(id(one));
  const at = cursor();
  for (const menu of bar.querySelectorAll('[open]')) menu.open = false;
  focus(at && stay(at) ? at : all.slice(last).find(stay) ?? all.findLast(stay));
}

/** opened fills a menu of the bar with what the page has to choose from, as the selected rows have it now. */
function opened({target}) {
  if (!bar?.contains(target) || !target.open) return;
  const [of, body] = [target.dataset.of, target.lastChild];
  if (of === 'due') return;
  const teams = [...chosen].map(one => list.querySelector(`${row}${having('data-record', one)}`)?.dataset.key.split('-')[0]), team = common(teams);
  const home = list.dataset.team ?? (team && document.querySelector(`#vocabulary template${having('data-key', team)}`)?.dataset.value);
  const found = [...document.querySelectorAll(`#vocabulary template[data-value^="${kinds[of]}:"]`)].filter(one => of === 'status' ? one.dataset.team === home : !one.dataset.team || one.dataset.team === home);
  const choices = found.map(one => choice(of, one)), none = 'Select issues of one team to choose among its own.';
  body.replaceChildren(...choices.length > 9 ? narrowing(menus[of], choices) : [make('div', {}, ...choices.length ? choices : [none])]);
  if (choices.length > 9 && !matchMedia('(pointer: coarse)').matches) body.firstChild.focus({preventScroll: true});
}

/** narrowing puts a box above many choices that leads through them. Enter takes what was typed for or gone to, never what merely stands first. */
function narrowing(name, choices) {
  const id = `bulk-${name.toLowerCase().replace(/ /g, '-')}`, list = make('div', {id: `${id}-list`, role: 'listbox', 'aria-label': name, 'aria-multiselectable': `${name === menus.labels}`}, ...choices);
  const input = make('input', {id, type: 'text', autocomplete: 'off', spellcheck: false, placeholder: 'Find…', role: 'combobox', 'aria-label': `Find ${name.toLowerCase()}`,
    'aria-expanded': 'true', 'aria-controls': list.id, 'aria-autocomplete': 'list'});
  const left = () => choices.filter(one => !one.hidden), box = combobox(input, left, one => one?.click());
  input.setAttribute('form', ''); // of no form: Enter sends none by itself, and what is typed here is no value
  for (const [i, one] of choices.entries()) {
    Object.assign(one, {role: 'option', tabIndex: -1, id: `${id}-${i}`});
    if (one.ariaPressed === 'mixed') one.ariaChecked = 'mixed';
    else one.ariaSelected = `${[one.ariaCurrent, one.ariaPressed].includes('true')}`;
    one.ariaPressed = null;
  }
  input.addEventListener('input', () => {
    for (const one of choices) one.hidden = !fit(spelled(one.textContent.trim()), input.value);
    box.choose(input.value.trim() ? left()[0] : undefined);
  });
  input.addEventListener('keydown', event => {
    const digit = !input.value && !event.ctrlKey && !event.metaKey && !event.altKey && nth(event.key, choices);
    if (digit) event.preventDefault(), digit.click();
  });
  return [input, list];
}

function choice(of, {dataset: {value: ref}, content}) {
  const at = css => [...chosen].map(one => list.querySelector(`${row}${having('data-record', one)} ${css}`));
  const value = of === 'priority' ? ref.slice(9) : ref.endsWith(':') ? '' : ref;
  const button = make('button', {className: 'choice', name: of, value}, content.cloneNode(true));
  Object.assign(button.dataset, {action: actions[of] ?? `set-${of}`, label: {assignee: 'Assign', labels: 'Set labels of'}[of] ?? `Set ${of} of`});
  if (of !== 'labels') {
    if (common(at(`[data-field=${of}]`).map(one => one?.dataset.value)) === ref) button.ariaCurrent = 'true';
    return button;
  }
  const have = at(`[data-field=labels] ${having('data-value', ref)}`).filter(Boolean).length, all = have === chosen.size;
  button.name = all ? 'remove' : 'add';
  button.ariaPressed = all ? 'true' : have ? 'mixed' : 'false';
  return button;
}

function built() {
  const quiet = {className: 'button button--quiet'}, trash = make('button', {...quiet, name: '_do', value: 'trash'}, 'Trash');
  Object.assign(trash.dataset, {action: 'trash', label: 'Move'});
  const all = make('button', {...quiet, type: 'button'}, 'Select the whole view'), none = make('button', {...quiet, type: 'button', 'aria-label': 'Select nothing', title: 'Esc'}, '✕');
  all.dataset.action = 'select-all', none.dataset.action = 'select-none';
  return make('div', {className: 'bulk__bar', role: 'group', 'aria-label': 'Change the selected issues'}, make('strong'), all, ...Object.keys(menus).filter(offered).map(menu), trash, none);
}

/** offered tells whether there is what a menu would offer: a cycle is the list's team's. */
const offered = of => !/project|cycle/.test(of)
  || !!document.querySelector(`#vocabulary template[data-value^="${of}:"]${of === 'cycle' && list.dataset.team ? having('data-team', list.dataset.team) : ''}`);

function menu(of) {
  const summary = make('summary', {className: 'button button--quiet'}, menus[of]), body = make('div'), details = make('details', {}, summary, body);
  Object.assign(details.dataset, {menu: '', of});
  summary.dataset.action = `open-${of}`;
  if (of === 'due') body.append(...due());
  return details;
}

/** due is a day and its button, which has the name: so no other button of the form sends the day along. */
function due() {
  const day = make('input', {type: 'date', className: 'input', 'aria-label': 'Due date'}), button = make('button', {className: 'button', name: 'due'}, 'Clear');
  Object.assign(button.dataset, {action: 'set-due', label: 'Set due date of'});
  day.addEventListener('input', () => { button.value = day.value; button.textContent = day.value ? 'Set' : 'Clear'; });
  day.addEventListener('keydown', event => { if (event.key === 'Enter') { event.preventDefault(); button.click(); } });
  return [day, button];
}

const say = words => { for (const place of document.querySelectorAll('[data-announce]')) place.textContent = words; };
