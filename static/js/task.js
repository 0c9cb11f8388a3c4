// Boxes of task lists: a press on one writes its line of the text. Which line a box stands for follows from their order; where a text has other
// boxes than those of its lines, such as in HTML, all stay as they are drawn, and the text is edited instead.

import {origin} from './drafts.js';
import {painters, records, write} from './field.js';
import {add} from './form.js';
import {paint} from './overlay.js';
import {having} from './page.js';

const item = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+\[([ xX])\]/, fenced = /^[ \t>]*(`{3,}|~{3,})/;
let here = false;

export function install(root) {
  mark(root);
  if (here) return;
  here = true;
  painters.tasks = lay;
  document.addEventListener('tandem:fresh', ({target}) => mark(target));
  document.addEventListener('htmx:before:swap', ({detail}) => detail.tasks.forEach(({fragment}) => fragment && mark(fragment)));
  document.addEventListener('change', ({target}) => target.closest('[data-markdown]') && press(target));
  document.addEventListener('click', touched);
  for (const at of document.querySelectorAll('[data-markdown][data-raw]')) paint(at.closest('[data-live]'), true); // what waits since before this page
}

/** tasks are the lines of a text that begin with a box. */
export function tasks(text) {
  const found = [];
  let fence = '';
  text.split('\n').forEach((line, at) => {
    const mark = fenced.exec(line)?.[1];
    if (fence ? mark?.startsWith(fence) : mark) fence = fence ? '' : mark;
    else if (!fence && item.test(line)) found.push({at, done: item.exec(line)[1] !== ' '});
  });
  return found;
}

/** checked is a text with its nth box done or not. */
export function checked(text, n, done) {
  const lines = text.split('\n'), {at} = tasks(text)[n];
  lines[at] = lines[at].replace(item, before => `${before.slice(0, -2)}${done ? 'x' : ' '}]`);
  return lines.join('\n');
}

const boxes = at => [...at.querySelectorAll('input[type=checkbox]')];
const bare = text => tasks(text).reduce((left, _, n) => checked(left, n, false), text);

/** typed is where the text of an element is edited by whoever reads; undefined where they may not. */
function typed(at) {
  const node = at.closest(records), form = node?.querySelector(`form[data-op="text"]${having('data-record', node.dataset.record)}${having('data-field', at.dataset.field)}`);
  return form?.closest('[data-for][hidden]') ? undefined : form?.elements[at.dataset.field];
}

/** mark makes the boxes live that stand for a line each, and names them by it. */
function mark(root) {
  for (const at of root.querySelectorAll('[data-markdown]:has(input[type=checkbox])')) {
    const all = boxes(at), text = typed(at)?.defaultValue, lines = tasks(text ?? '');
    if (text === undefined || lines.length !== all.length || lines.some(({done}, n) => done !== all[n].hasAttribute('checked'))) continue;
    for (const box of all) {
      box.disabled = false;
      box.checked = box.hasAttribute('checked'); // which a press has parted
      box.ariaLabel = named(box);
    }
  }
}

function named(box) {
  const line = box.closest('li')?.cloneNode(true);
  line?.querySelectorAll('ul, ol').forEach(list => list.remove());
  return line?.textContent.trim() || 'Task';
}

function press(box) {
  const at = box.closest('[data-markdown]'), control = typed(at);
  if (!control) return;
  const {base, from} = origin(control), {record, field, label} = control.form.dataset;
  add([{op: 'text', record, base: Number(base) || 0, field, from, text: checked(control.defaultValue, boxes(at).indexOf(box), box.checked)}], label);
}

/** A box is small for a finger: its line is pressed. */
function touched({target, pointerType}) {
  const line = pointerType === 'touch' && !target.closest('a, input') && target.closest('[data-markdown] li');
  line && line.querySelector(':scope > input:enabled')?.click();
}

/** lay shows a text that differs from the one that is drawn in its boxes alone; any other is not its business. */
function lay(at, text) {
  const all = boxes(at), lines = tasks(text), shown = typed(at)?.defaultValue;
  if (!all.length || shown === undefined || lines.length !== all.length || bare(shown) !== bare(text)) return false;
  lines.forEach(({done}, n) => {
    all[n].dataset.was ??= all[n].hasAttribute('checked') ? 'x' : '';
    write(all[n], done ? 'x' : '');
  });
  return true;
}
