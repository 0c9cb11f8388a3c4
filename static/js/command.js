// The command menu (Ctrl/Cmd+K): what can be done with the issue at hand and on this page, where one can go, and issues: those that this
// browser knows at once, then what the server finds, below them, so that nothing moves under the hand.
import {able, act, control, groups} from './action.js';
import {caption} from './caption.js';
import {scope} from './channel.js';
import {combobox} from './combobox.js';
import {hand} from './cursor.js';
import {kept} from './kept.js';
import {dialog as opened, kbd, make} from './make.js';
import {ranked} from './match.js';
import {having, page, vocabulary} from './page.js';

const pace = 120, most = 9, recent = 5, hints = [['ArrowUp', ''], ['ArrowDown', 'choose'], ['Enter', 'do or open'], ['Mod+Enter', 'open in a new tab'], ['Escape', 'close']];
let dialog, input, list, told, box, mine = [], pool = [], shown = [], known = [], visited = [], asking, timer;

/** ready reads what this browser keeps, before the menu is opened. */
export async function ready() {
  try {
    const pages = await (await caches.open(`${scope()}:pages`)).keys();
    visited = pages.map(({url}) => new URL(url).pathname).reverse();
    known = (await kept()).map(issue);
  } catch { /* nothing is kept here */ }
}

/** show opens the menu, or shuts it. */
export function show() {
  dialog ??= made();
  if (dialog.open) return dialog.close();
  input.value = '', shown = [];
  box.choose();
  mine = things();
  fill();
  dialog.showModal();
  ready().then(fill);
}

/** fill takes the issues that this browser knows, and shows them unless somebody has gone on to choose. */
function fill() {
  pool = [...known, ...rows().filter(({href}) => !known.some(one => one.href === href))];
  if (box.active === shown[0]?.node) look();
}

function look() {
  const text = input.value.trim();
  draw(text ? matches(text) : offers());
  return text;
}

function made() {
  input = make('input', {id: 'command', type: 'text', autocomplete: 'off', spellcheck: false, placeholder: 'Do something, or find an issue', role: 'combobox',
    'aria-label': 'What to do or find', 'aria-expanded': 'true', 'aria-controls': 'command-list', 'aria-autocomplete': 'list'});
  list = make('div', {id: 'command-list', role: 'listbox', 'aria-label': 'What there is'});
  told = make('p', {className: 'visually-hidden', role: 'status'});
  box = combobox(input, () => shown.map(({node}) => node), (node, event) => take(shown.find(one => one.node === node), event.ctrlKey || event.metaKey));
  input.addEventListener('input', typed);
  list.addEventListener('pointermove', ({target}) => { const node = target.closest('[role=option]'); if (node) box.choose(node); });
  list.addEventListener('click', clicked);
  const foot = make('footer', {'aria-hidden': 'true'}, ...hints.flatMap(([key, words]) => [kbd(caption(key)), words]));
  return opened('command', 'Command menu', input, list, told, foot);
}

function typed() {
  const text = look();
  clearTimeout(timer);
  asking?.abort();
  if (text.length > 1) timer = setTimeout(ask, pace, text);
}

function clicked(event) {
  const one = shown.find(({node}) => node.contains(event.target));
  if (!one || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  take(one);
}

/** take does what was chosen, when focus is back where it was. */
function take(one, apart) {
  if (!one) return;
  if (apart && one.href) return void open(one.href);
  dialog.close();
  one.href ? location.assign(one.href) : act(one.action);
}

function offers() {
  const seen = visited.flatMap(path => path !== location.pathname && pool.find(({href}) => href === path) || []);
  return [...mine, ['Recent issues', [...new Set(seen)].slice(0, recent)], ['Go to', places()]];
}

/** matches are what fits what was typed: by kind, the issue of that key first. */
function matches(text) {
  const home = `/${page().workspace}`, key = text.toUpperCase(), issues = ranked(pool, text).slice(0, most), exact = issues.findIndex(({words}) => words.startsWith(`${key} `));
  const team = exact < 0 && key.match(/^([A-Z][A-Z0-9]{1,6})-\d+$/)?.[1];
  const first = team && document.querySelector(`#vocabulary ${having('data-key', team)}`) ? [{words: `Open ${key}`, href: `${home}/issue/${key}`}] : exact < 0 ? [] : issues.splice(exact, 1);
  const fitting = sections => sections.map(([name, list]) => [name, ranked(list, text, true)]);
  return [['', first], ...fitting(mine), ['Issues', issues], ...fitting([['Go to', places()]]), ['', [{words: `Search for “${text}”`, href: `${home}/search?q=${encodeURIComponent(text)}`}]]];
}

/** things are what can be done with the issue at hand, and on this page. */
function things() {
  const it = hand(), title = it?.querySelector('[data-field=title]')?.textContent.trim();
  const those = names => names.flatMap(name => groups[name]).filter(one => one.menu || one.on && able(one)).map(action => ({words: action.words, action}));
  return [[`${it?.dataset.key} ${title}`, those(['Issue', 'Lists and boards', 'Inbox'])], ['This page', those(['Everywhere'])]];
}

/** places are the links of the sidebar, and the pages' keys. */
function places() {
  const taken = groups.Everywhere.map(({on}) => on);
  return [...document.querySelectorAll('a[data-action^="go-"]')].filter(({dataset}) => !taken.includes(dataset.action)).map(link => {
    const action = groups['Go to'].find(one => one.on === link.dataset.action && control(one) === link);
    const text = [...link.childNodes].filter(({nodeType}) => nodeType === 3).map(({data}) => data).join('').trim();
    return {words: text || link.textContent.trim(), href: link.href, action};
  });
}

const issue = ({key, path, set}) => ({words: `${key} ${set.title}`, href: path, status: set.status});

/** rows are the issues in a document. */
const rows = (root = document) => [...root.querySelectorAll('[data-rows] [data-record^="issue:"][data-key]')].flatMap(node => {
  const {key} = node.dataset, path = node.querySelector('a[href]')?.getAttribute('href'), title = node.querySelector('[data-field=title]')?.textContent.trim();
  return key && path ? [issue({key, path, set: {title, status: node.querySelector('[data-field=status]')?.dataset.value}})] : [];
});

async function ask(text) {
  asking = new AbortController();
  try {
    const answer = await fetch(`/${page().workspace}/f/search?q=${encodeURIComponent(text)}`, {signal: asking.signal});
    if (!answer.ok || answer.redirected) return;
    const found = new DOMParser().parseFromString(await answer.text(), 'text/html'), had = new Set(shown.map(({href}) => href));
    const comments = [...found.querySelectorAll('[data-record^="comment:"] > a')].map(link => ({words: link.textContent, href: link.getAttribute('href')}));
    if (text !== input.value.trim() || !dialog.open) return;
    draw([['More issues', rows(found).filter(({href}) => !had.has(href)).slice(0, most)], ['In comments', comments.slice(0, 5)]], true);
  } catch { /* offline, or something else is asked by now */ }
}

/** draw shows sections, or puts more below those that are shown. */
function draw(sections, more) {
  if (!more) list.replaceChildren(), shown = [];
  for (const [name, all] of sections) if (all.length) {
    const id = `command-${list.childElementCount}`, group = make('div', {role: 'group', 'aria-labelledby': name ? id : undefined}, ...name ? [make('p', {id, role: 'presentation'}, name)] : []);
    for (const one of all) group.append(one.node = option(one, shown.push(one)));
    list.append(group);
  }
  if (!more) box.choose(shown[0]?.node);
  told.textContent = shown.length > 1 ? '' : 'Nothing fits. Enter searches everywhere.';
}

function option({words, href, status, fits, action}, n) {
  const icon = status && vocabulary(status)?.content.querySelector('svg')?.cloneNode(true), letters = fits ? [...words].map((one, i) => fits.met.has(i) ? make('b', {}, one) : one) : [words];
  const hint = action?.key && make('span', {'aria-hidden': 'true'}, kbd(caption(action.key)));
  return make(href ? 'a' : 'div', {id: `command-option-${n}`, className: 'choice', role: 'option', tabIndex: -1, href}, ...icon ? [icon] : [], make('span', {dir: 'auto'}, ...letters), ...hint ? [hint] : []);
}
