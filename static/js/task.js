// Boxes of task lists: a press on one writes its line of the text, which the server names. A box without such a line stays as it is drawn.

import {editor} from './comment.js';
import {origin} from './drafts.js';
import {painters, records, write} from './field.js';
import {add} from './form.js';
import {paint} from './overlay.js';
import {having} from './page.js';
import {outbox} from './queue.js';
import {toast} from './toast.js';

const item = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+\[([ xX])\]/, drawn = 'input[data-line]';
let here = false;

export function install(root) {
  mark(root.id === 'vocabulary' ? document : root); // which brings the forms of comments
  if (here) return;
  here = true;
  painters.tasks = lay;
  document.addEventListener('tandem:fresh', ({target}) => mark(target));
  document.addEventListener('htmx:before:swap', ({detail}) => detail.tasks.forEach(({fragment}) => fragment && mark(fragment)));
  document.addEventListener('change', ({target}) => target.matches(drawn) && press(target));
  document.addEventListener('click', touched);
  for (const at of document.querySelectorAll('[data-markdown][data-raw]')) paint(at.closest('[data-live]'), true); // what waits since before this page
}

/** done tells whether the box in a line of a text is ticked; undefined where the line begins with none. */
export function done(text, line) {
  const state = item.exec(text.split('\n')[line] ?? '')?.[1];
  return state && state !== ' ';
}

/** ticked is a text with the box of one line ticked or not. */
export function ticked(text, line, tick) {
  const lines = text.split('\n');
  lines[line] = lines[line].replace(item, before => `${before.slice(0, -2)}${tick ? 'x' : ' '}]`);
  return lines.join('\n');
}

/** apart lists the lines in which two texts differ by their boxes alone; undefined where they differ by more. */
export function apart(text, other) {
  const lines = text.split('\n'), others = other.split('\n'), found = [];
  if (lines.length !== others.length) return undefined;
  for (const [n, line] of lines.entries()) {
    if (line === others[n]) continue;
    if (done(line, 0) === undefined || ticked(line, 0, true) !== ticked(others[n], 0, true)) return undefined;
    found.push(n);
  }
  return found;
}

/** typed is where the text of an element is edited by whoever reads; undefined where they may not. */
function typed(at) {
  const node = at.closest(records), form = node?.querySelector(`form[data-op="text"]${having('data-record', node.dataset.record)}${having('data-field', at.dataset.field)}`);
  return form?.closest('[data-for][hidden]') ? undefined : (form ?? editor(node))?.elements[at.dataset.field];
}

/** mark makes the boxes live that stand for their line, and names them by it. */
function mark(root) {
  if (!outbox.usable()) return; // there the whole text is edited, which a form can send
  for (const box of root.querySelectorAll(`[data-markdown] ${drawn}`)) {
    const control = typed(box.closest('[data-markdown]')), tick = box.hasAttribute('checked');
    if (!control || done(control.defaultValue, box.dataset.line) !== tick) continue;
    box.disabled = false;
    box.checked = tick; // which a press has parted
    box.ariaLabel = named(box);
  }
}

function named(box) {
  const line = box.closest('li')?.cloneNode(true);
  line?.querySelectorAll('ul, ol').forEach(list => list.remove());
  return line?.textContent.trim() || 'Task';
}

async function press(box) {
  const at = box.closest('[data-markdown]'), control = typed(at), back = () => { box.checked = box.hasAttribute('checked'); };
  if (!control) return back();
  if (control.form.hasAttribute('data-dirty')) return back(), edit(control);
  const {base, from} = origin(control), {record, field, label} = control.form.dataset, text = ticked(control.defaultValue, box.dataset.line, box.checked);
  if (!await add([{op: 'text', record, base: Number(base) || 0, field, from, text}], label)) back();
}

/** edit opens a text that somebody is writing: a tick beside it would be lost with what is written, or take it along. */
function edit(control) {
  control.closest('details').open = true;
  control.focus();
  toast('You are writing this text: tick it there.', {kind: 'plain', alert: true});
}

/** A box is small for a finger: its line is pressed. */
function touched({target, pointerType}) {
  const line = pointerType === 'touch' && !target.closest('a, input') && target.closest('[data-markdown] li');
  line && line.querySelector(':is(:scope, :scope > p) > input:enabled')?.click();
}

/** lay shows a text that differs from what is drawn in boxes alone, by all of them, for a form that somebody writes in may lag behind what is drawn; any
 * other text is not its business. */
function lay(at, text) {
  const shown = typed(at)?.defaultValue, lines = shown === undefined ? undefined : apart(shown, text), boxes = [...at.querySelectorAll(drawn)];
  if (!boxes.length || !lines?.every(line => boxes.some(box => box.dataset.line === String(line)))) return false;
  for (const box of boxes) {
    const tick = done(text, box.dataset.line);
    if (tick === undefined || tick === box.hasAttribute('checked')) continue;
    box.dataset.was ??= tick ? '' : 'x';
    write(box, tick ? 'x' : '');
  }
  return true;
}
