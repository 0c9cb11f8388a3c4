// Peek: the issue of a row beside its list. What is shown is the fragment of the page, live as there. The panel has focus, so that the
// keys of an issue act on it; its row keeps the list's tab stop. Loaded when somebody first peeks.
import {current, move} from './cursor.js';
import {adopt} from './htmx.js';
import {make} from './make.js';
import {written} from './outbox.js';
import {having, open as opened, page, taken} from './page.js';

const intent = 80, most = 12, rows = '[data-rows] > [data-record^="issue:"]:not(.peek *)';
const own = 'input, textarea, select, button, summary, [contenteditable], details[data-edit][open] *';
const steps = {j: [0, 1], ArrowDown: [0, 1], k: [0, -1], ArrowUp: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0]};
const known = new Map(); // what fragments said, until anything changes
let panel, opener, body, open, record, timer, turn = 0, stirred = 0;

/** show opens the panel for the row at hand. */
export function show() {
  if (!document.activeElement.closest(rows)) return;
  panel ??= made();
  open = true;
  if (!panel.isConnected) document.querySelector('main').append(panel);
  slide(200);
  turnTo(current());
}

function made() {
  const quiet = 'button button--quiet', close = make('button', {className: quiet, type: 'button', ariaLabel: 'Close', title: 'Close (Esc)', onclick: shut}, '✕');
  opener = make('a', {className: quiet}, 'Open');
  body = make('div');
  document.addEventListener('keydown', pressed, true);
  document.addEventListener('tandem:fresh', mark); // a row that was drawn anew has lost its mark
  addEventListener('tandem:bump', () => { stirred++; known.clear(); });
  return make('aside', {className: 'peek', tabIndex: -1}, make('div', {className: 'peek__bar'}, opener, close), body);
}

/** turnTo shows a row's issue: at once what the row says, the rest when nobody has gone on for a moment. */
function turnTo(row) {
  const {key} = row.dataset, title = row.querySelector('[data-field=title]')?.textContent.trim(), path = key && source(row), mine = ++turn;
  ({record} = row.dataset);
  opener.href = row.querySelector('a[href]').href;
  panel.setAttribute('aria-label', `${key} ${title}`);
  panel.focus({preventScroll: true});
  mark();
  clearTimeout(timer);
  if (known.has(path)) return void fill(path, title, mine);
  say(title, key ? '' : 'Not sent yet: the rest is here once the server has it.');
  if (key) timer = setTimeout(fill, intent, path, title, mine);
}

async function fill(path, title, mine) {
  const before = stirred, had = known.has(path);
  try {
    const {content} = make('template', {innerHTML: await ask(path)}), region = content.querySelector('[data-live]');
    if (mine !== turn || !open) return;
    written()?.paint(content);
    body.replaceChildren(region);
    panel.scrollTop = 0;
    adopt(region);
    region.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
    if (had || before !== stirred) region.dispatchEvent(new CustomEvent('tandem:refresh'));
    if (!navigator.connection?.saveData) for (const row of beside()) ask(source(row)).catch(() => {});
  } catch (error) {
    if (mine === turn) say(title, error.message === '404' ? 'This issue is not there any more, or not for you to see.' : 'The server does not answer, and this browser does not keep the issue.');
  }
}

async function ask(path) {
  if (known.has(path)) return known.get(path);
  const before = stirred, answer = await fetch(path);
  const build = answer.headers.get('Tandem-Build');
  if (!taken(answer)) throw new Error(answer.status);
  dispatchEvent(new CustomEvent('tandem:build', {detail: {build}}));
  if (page().build && build !== page().build) throw new Error('another build');
  const text = await answer.text();
  if (before === stirred) known.set(path, text);
  if (known.size > most) known.delete(known.keys().next().value);
  return text;
}

const source = row => `/${page().workspace}/f/issue/${row.dataset.key}`;
const at = () => document.querySelector(`[data-rows] > ${having('data-record', record)}:not(.peek *)`) ?? current();

/** beside are the rows before and after the one that is shown: they come next. */
function beside() {
  const all = [...document.querySelectorAll(rows)], here = all.indexOf(at());
  return [all[here + 1], all[here - 1]].filter(row => row?.dataset.key);
}

function say(title, words) {
  body.replaceChildren(make('div', {className: 'issue'}, make('div', {className: 'issue__title'}, make('h1', {dir: 'auto'}, title)), make('p', {role: 'status'}, words)));
}

function mark() {
  for (const row of document.querySelectorAll('[data-peeked]')) delete row.dataset.peeked;
  if (open) at()?.setAttribute('data-peeked', '');
}

function pressed(event) {
  const {key, target, shiftKey, ctrlKey, metaKey, altKey} = event;
  if (!open || event.isComposing || shiftKey || ctrlKey || metaKey || altKey || opened() || target.closest?.(own)) return;
  const row = target.closest?.(rows), {keys} = document.documentElement.dataset;
  if (key === 'Escape') shut();
  else if (key === 'Enter' && target === panel) opener.click();
  else if (keys === 'off' || key !== ' ' && !steps[key]) return;
  else if (steps[key]) go(...steps[key]);
  else row && row.dataset.record !== record ? turnTo(row) : shut();
  event.preventDefault();
  event.stopImmediatePropagation();
}

/** go steps to another row, as the keys of its list do. */
function go(across, down) {
  at()?.querySelector('a[href]').focus({preventScroll: true});
  move(across, down);
  const to = document.activeElement.closest(rows);
  to && to.dataset.record !== record ? turnTo(to) : panel.focus({preventScroll: true});
}

/** shut closes the panel, and focus is back in the list; what was typed stays, as a draft. */
function shut() {
  open = false;
  turn++;
  at()?.querySelector('a[href]').focus();
  mark();
  slide(140, true);
}

function slide(duration, away) {
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches, far = still ? {opacity: 0} : {translate: innerWidth < 640 ? '0 100%' : '100%'}, run = panel.animate(away ? [{}, far] : [far, {}], {duration: still ? 80 : duration, easing: 'ease-out'});
  run.onfinish = () => { if (!open) panel.remove(); };
}
