// Moves cards by pointer and by Shift+arrows. A move is a submit of the card's form, so it goes the way of every write.
import {byHand, moving} from './card.js';
import {isBoard, rowsOf} from './cursor.js';
import {make} from './make.js';

const start = 5, press = 250, edge = 40, speed = 8;
const card = '[data-rows] > [data-record]:has([data-action=open-move])';

let drag; // {node, list, group, before, ghost, x, y, …} from the press on; live once it moves

/** listen is called once, when the first board is there. */
export function listen() {
  document.addEventListener('pointerdown', pressed);
  document.addEventListener('dragstart', event => { if (event.target.closest?.(card)) event.preventDefault(); });
  document.addEventListener('keydown', key);
}

function pressed(event) {
  const node = event.target.closest(card);
  if (drag || !node || event.button || !event.isPrimary || event.target.closest('details, button, input, [data-action]')) return;
  const ending = new AbortController(), {signal} = ending, touch = event.pointerType === 'touch';
  drag = {node, ending, list: node.closest('[data-list]'), x: event.clientX, y: event.clientY, from: [event.clientX, event.clientY]};
  const on = (type, run, options) => document.addEventListener(type, run, {signal, ...options});
  if (touch) drag.timer = setTimeout(lift, press);
  on('pointermove', move => moved(move, touch));
  on('pointerup', () => end(true));
  on('pointercancel', () => end());
  on('contextmenu', menu => menu.preventDefault());
  on('touchmove', move => { if (drag?.ghost) move.preventDefault(); }, {passive: false});
  on('keydown', ({key}) => { if (key === 'Escape') end(); }, {capture: true});
}

function moved({clientX, clientY}, touch) {
  Object.assign(drag, {x: clientX, y: clientY});
  const far = Math.hypot(clientX - drag.from[0], clientY - drag.from[1]) > start;
  if (!drag.ghost && far) {
    if (touch) return end(); // it scrolls
    lift();
  }
  if (drag.ghost) aim();
}

function lift() {
  const {node} = drag, box = node.getBoundingClientRect(), ghost = drag.ghost = node.cloneNode(true);
  node.dataset.dragging = '';
  for (const name of ['data-record', 'id']) ghost.removeAttribute(name);
  ghost.dataset.ghost = '';
  ghost.inert = true;
  Object.assign(ghost.style, {position: 'fixed', left: `${box.left}px`, top: `${box.top}px`, width: `${box.width}px`, margin: 0, zIndex: 1000, pointerEvents: 'none', listStyle: 'none'});
  document.body.append(ghost);
  getSelection().empty();
  requestAnimationFrame(scroll);
}

function aim() {
  const {node, list, ghost, x, y, from} = drag;
  ghost.style.translate = `${x - from[0]}px ${y - from[1]}px`;
  const group = document.elementFromPoint(x, y)?.closest('[data-group]');
  unmark(list);
  drag.group = list.contains(group) ? group : null;
  if (!drag.group) return;
  group.dataset.drop = '';
  if (!byHand(list)) return;
  const rows = rowsOf(group).filter(one => one !== node);
  const before = drag.before = rows.find(one => { const {top, height} = one.getBoundingClientRect(); return y < top + height / 2; });
  if (before) before.dataset.insert = 'before';
  else if (rows.length) rows.at(-1).dataset.insert = 'after';
}

/** Scrolls the column and the board while the pointer is near their edges. */
function scroll() {
  if (!drag?.ghost) return;
  const near = (at, from, to) => at < from + edge ? -speed : at > to - edge ? speed : 0;
  const rows = drag.group?.querySelector('[data-rows]'), wide = drag.list.getBoundingClientRect(), high = rows?.getBoundingClientRect();
  drag.list.scrollLeft += near(drag.x, Math.max(0, wide.left), Math.min(innerWidth, wide.right));
  if (rows) rows.scrollTop += near(drag.y, high.top, high.bottom);
  aim();
  requestAnimationFrame(scroll);
}

function end(drop) {
  const {node, list, group, before, ghost, ending, timer} = drag;
  drag = null;
  clearTimeout(timer);
  ending.abort();
  if (!ghost) return;
  ghost.remove();
  delete node.dataset.dragging;
  unmark(list);
  // The click that ends a drag opens nothing.
  const click = event => event.preventDefault();
  addEventListener('click', click, {capture: true, once: true});
  setTimeout(() => removeEventListener('click', click, {capture: true}));
  if (drop && group) move(node, group, rowsOf(group).filter(one => one !== node), before);
}

function key(event) {
  const {key, shiftKey, altKey, ctrlKey, metaKey} = event, node = document.activeElement?.closest?.(card);
  if (!node || !shiftKey || ctrlKey || metaKey || !/^Arrow/.test(key) || document.documentElement.dataset.keys === 'off') return;
  const list = node.closest('[data-list]');
  if (!list || !isBoard(list)) return;
  event.preventDefault();
  const groups = [...list.querySelectorAll('[data-group]')], at = groups.indexOf(node.closest('[data-group]'));
  const across = {ArrowLeft: -1, ArrowRight: 1}[key] ?? 0, group = groups[at + across];
  if (!group || (!across && !byHand(list))) return;
  const place = rowsOf(groups[at]).indexOf(node), rows = rowsOf(group).filter(one => one !== node);
  const to = across ? place : step(place, key === 'ArrowUp' ? -1 : 1, rows.length, altKey);
  if (!across && to === place) return;
  move(node, group, rows, rows[to]);
}

/** step is the place in a column that a card goes to: one up or down, or with alt the first or last. */
export function step(place, by, length, alt) {
  if (alt) return by < 0 ? 0 : length;
  return Math.max(0, Math.min(length, place + by));
}

/** Submits the card's form: into the group, before a row, or else after the last one in sight. */
function move(node, group, rows, before) {
  const list = node.closest('[data-list]'), key = node.dataset.record, field = list.dataset.columns; // none where columns differ in no single field
  const place = before ? rows.indexOf(before) : rows.length, same = node.closest('[data-group]') === group;
  if (same ? !byHand(list) || rowsOf(group)[place] === node : !field) return;
  const to = {...field && {[field]: group.dataset.group}, ...byHand(list) && {before: before?.dataset.record, after: before ? undefined : rows.at(-1)?.dataset.record}};
  const form = moving(node, ...Object.entries(to).map(([name, value = '']) => make('input', {type: 'hidden', name, value})));
  const name = group.getAttribute('aria-label') ?? group.querySelector('h2')?.textContent.trim();
  const said = `Moved ${node.dataset.key || 'the issue'} to ${name}, ${place + 1} of ${rows.length + 1}. Undo with Ctrl Z`;
  addEventListener('tandem:stored', () => { for (const place of document.querySelectorAll('[data-announce]')) place.textContent = said; }, {once: true});
  // Not requestSubmit: before its event it would bring the style of the whole board up to date, which takes most of a frame.
  form.dispatchEvent(new SubmitEvent('submit', {cancelable: true}));
  setTimeout(() => {
    const now = list.querySelector(`[data-record="${CSS.escape(key)}"]:not(form)`);
    if (!document.activeElement?.closest('[data-record]')) now?.querySelector('a[href]')?.focus({preventScroll: true});
    now?.scrollIntoView({block: 'nearest', inline: 'nearest'});
  });
}

function unmark(list) {
  for (const one of list.querySelectorAll('[data-drop]')) delete one.dataset.drop;
  for (const one of list.querySelectorAll('[data-insert]')) delete one.dataset.insert;
  if (drag) drag.before = null;
}
