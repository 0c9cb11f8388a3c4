// What becomes of a form that writes: described as a transaction, kept in the outbox, and only then emptied.

import {origin, settle} from './drafts.js';
import {uuid7} from './ids.js';
import {operations} from './operation.js';
import {refill, shown} from './overlay.js';
import {page, taken} from './page.js';
import {outbox} from './queue.js';
import {toast} from './toast.js';

const last = new WeakMap();

/** keep puts the write of a form, as the user left it (data), into the outbox and empties it at once; instead is what happens where nothing can be stored. */
export async function keep(form, data, instead) {
  if (!outbox.usable()) return straight(form, data, instead);
  const {ops, more} = described(form, data);
  let kept;
  if (!ops.length || ops[0].op === 'create' && twice(form, data)) return done();
  try { kept = outbox.add(ops, more); } catch {
    toast('This browser keeps nothing: sent straight to the server.', {kind: 'kept', alert: true});
    return straight(form, data, instead);
  }
  // Before the disk has it: what is typed from here on is another write. A draft leaves the disk after its write got there.
  close(form, data);
  if (form.dataset.resolves) { outbox.drop(form.dataset.resolves); form.closest('[data-conflict]')?.remove(); }
  try {
    const entry = await kept;
    dispatchEvent(new CustomEvent('tandem:stored', {detail: entry}));
  } catch {
    toast('Not on the disk of this browser yet: do not close it before this is sent.', {kind: 'failed', alert: true});
  }
  return done();
}

/** add keeps operations that come of no form; false tells that it could not. */
export async function add(ops, label) {
  try {
    dispatchEvent(new CustomEvent('tandem:stored', {detail: await outbox.add(ops, {label})}));
    return true;
  } catch {
    toast('Not saved: this browser keeps nothing.', {kind: 'failed', alert: true});
    return false;
  }
}

/** straight sends a form to its URL, and empties it once it was taken. */
async function straight(form, data, instead) {
  const answer = await instead();
  if (!taken(answer)) return answer;
  close(form, data);
  if (!answer.headers.has('HX-Refresh')) return answer;
  dispatchEvent(new CustomEvent('tandem:bump', {detail: {version: 0, all: true, force: true}})); // the regions are enough
  return done();
}

/** close leaves a form as it is after its write: empty, or showing by the overlay what was sent; menus and dialogs shut. One that was typed in since stays. */
function close(form, data) {
  if (settle(form, Object.fromEntries(data))) return;
  const around = form.closest('details[data-edit], details[data-menu]'), focused = around?.contains(document.activeElement);
  if (around && !/^(add|create)$/.test(form.dataset.op)) around.open = false; // those are for more than one
  if (focused && !around.open) around.querySelector('summary')?.focus();
  if (!('again' in form.dataset)) shut(form.closest('dialog'));
  refill(form);
}

/** shut closes a dialog once the frame is there that shows what was written: all that it made inert is restyled then, which takes two frames. */
function shut(dialog) {
  if (!dialog?.open) return;
  dialog.dataset.closing = '';
  // What is typed meanwhile is not for it. It keeps focus: to take that away would bring the page's style up to date before its frame.
  const deaf = new AbortController(), close = () => { deaf.abort(); delete dialog.dataset.closing; dialog.close(); };
  for (const type of ['keydown', 'beforeinput']) dialog.addEventListener(type, event => event.preventDefault(), deaf);
  document.hidden ? close() : requestAnimationFrame(() => setTimeout(close));
}

/** described turns a form, as the user left it, into what the outbox takes. */
function described(form, data) {
  const {op, record, base, field, label} = form.dataset, typed = Object.fromEntries(data);
  const start = op === 'text' ? origin(form.elements[field]) : {};
  const ops = operations({op, record, base: start.base ?? typed._base ?? base, field, from: typed._from ?? start.from, data}, uuid7);
  return {ops, more: {label, before: shown(ops)}};
}

/** twice tells a double click on a form that makes something: the same again within a second and a half. */
function twice(form, data) {
  const body = JSON.stringify(data), now = performance.now(), before = last.get(form);
  last.set(form, {body, now});
  return before?.body === body && now - before.now < 1500;
}

const done = () => new Response(null, {status: 204});
