// Text being typed: kept within 300 ms, brought back on the next page. Also knows which forms are dirty and what their text started from.

import {outbox} from './queue.js';
import {having} from './page.js';
import {parse} from './store.js';

const soon = 250, origins = new WeakMap(), waiting = new Map();
const seen = new WeakMap(); // what a control's draft says, as this page knows: what another tab has made of it is not this page's to drop
const keyOf = control => `${outbox.scope}draft:${control.dataset.draftKey}`;
const stored = control => parse(outbox.store.get(keyOf(control)) ?? '');

/** uploading stands in a text for a file on its way: no draft keeps it, for after a reload nothing would take its place. */
export const uploading = /!\[Uploading [^\]\n]*\(\d+\)…\]\(\)/g;

/** install watches typing (document, once) and brings drafts back below root. */
export function install(root) {
  if (root === document) {
    for (const type of ['input', 'change', 'reset']) document.addEventListener(type, typed);
    addEventListener('pagehide', flush);
    document.addEventListener('visibilitychange', () => document.hidden && flush());
    for (const target of document.querySelectorAll('[data-draft-key]')) if (changed(target)) typed({target}); // before this module was there
    if (outbox.usable()) outbox.store.union(`${outbox.scope}draft:`).then(() => restore(document));
  }
  if (outbox.usable()) restore(root);
}

/** origin tells what a control's text started from and at which base: fixed at the first keystroke, kept with the draft. */
export const origin = control => origins.get(control) ?? {from: control.defaultValue ?? '', base: control.form?.dataset.base};

/** settle empties a form once what it sent is stored. What was typed since stays, starting from what was sent; it tells whether there is any. */
export function settle(form, sent) {
  const later = [...form.elements].filter(one => one.dataset.draftKey && one.name in sent && one.value !== sent[one.name]).map(one => [one, one.value]);
  emptied(form);
  for (const control of form.elements) {
    if (!control.dataset.draftKey) continue;
    for (const twin of document.querySelectorAll(having('data-draft-key', control.dataset.draftKey))) if (twin !== control) revert(twin);
  }
  form.reset();
  for (const [target, text] of later) {
    target.value = text;
    origins.set(target, {...origin(target), from: sent[target.name]});
    typed({target});
  }
  return later.length > 0;
}

/** changed tells whether a control differs from what the server sent. */
export function changed(control) {
  if (control.type === 'hidden') return false;
  if (control.type === 'checkbox' || control.type === 'radio') return control.checked !== control.defaultChecked;
  if (control.options) return [...control.options].some(o => o.selected !== o.defaultSelected) && [...control.options].some(o => o.defaultSelected);
  return control.defaultValue !== undefined && control.value !== control.defaultValue;
}

/** newest picks what a draft control shows: the draft, unless it says what is there already. */
export const newest = (draft, shown) => draft?.text !== undefined && draft.text !== shown ? draft : null;

function typed({target, type}) {
  const form = target.form ?? target;
  if (form?.method !== 'post' || !form.elements) return;
  if (type === 'reset') return emptied(form);
  if (!origins.has(target) && target.matches('input,textarea')) origins.set(target, origin(target));
  form.toggleAttribute('data-dirty', [...form.elements].some(changed));
  if (!target.dataset.draftKey || !outbox.usable()) return;
  met(target);
  if (!waiting.has(target)) waiting.set(target, setTimeout(() => save(target), soon));
}

function emptied(form) {
  for (const control of [...form.elements]) {
    origins.delete(control);
    if (control.dataset.draftKey) drop(control);
  }
  delete form.dataset.dirty;
}

function save(control) {
  clearTimeout(waiting.get(control));
  waiting.delete(control);
  const text = control.value.replace(uploading, '');
  if (text === control.defaultValue) return drop(control);
  const draft = {rev: Date.now(), text, at: Date.now(), ...origin(control)};
  seen.set(control, text);
  try { outbox.store.put(keyOf(control), JSON.stringify(draft)).catch(() => {}); } catch { /* full: the text stays in its field */ }
  mark(control, true);
}

function flush() { for (const control of [...waiting.keys()]) save(control); }

function drop(control) {
  clearTimeout(waiting.get(control));
  waiting.delete(control);
  const kept = stored(control);
  if (kept && kept.text === seen.get(control)) outbox.store.remove(keyOf(control), Date.now()).catch(() => {});
  if ('draft' in control.dataset) mark(control, false);
  note(control)?.remove();
}

/** met reads what is kept for a control; at first sight that is this page's. */
function met(control) {
  const kept = stored(control);
  if (!seen.has(control)) seen.set(control, kept?.text);
  return kept;
}

function restore(root) {
  for (const control of root.querySelectorAll('[data-draft-key]')) {
    const kept = met(control), draft = newest(kept, control.value);
    if (origins.has(control) || changed(control)) continue;
    if (!draft) continue;
    control.value = draft.text;
    seen.set(control, draft.text);
    origins.set(control, {from: draft.from, base: draft.base});
    const {form} = control;
    if (form && draft.base) form.dataset.base = draft.base;
    if (form?.elements._base && draft.base) form.elements._base.value = draft.base;
    form?.setAttribute('data-dirty', '');
    mark(control, true);
    if (!note(control)) import('./draft_note.js').then(({put}) => put(control, draft, revert)).catch(console.error);
  }
}

function revert(control) {
  control.value = control.defaultValue;
  origins.delete(control);
  drop(control);
  control.form?.toggleAttribute('data-dirty', [...control.form.elements].some(changed));
}

function mark(control, on) {
  const rows = document.querySelectorAll(`${having('data-record', control.dataset.draftKey.split('/')[0])}:not(form)`);
  for (const node of [control, ...rows]) node.toggleAttribute('data-draft', on);
}

const note = control => control.nextElementSibling?.matches('[data-draft-note]') ? control.nextElementSibling : null;
