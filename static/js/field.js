// The fields of a record's node: what the server drew is kept beside what is shown instead, in a <template data-server> or data-was.

import {having, names, vocabulary} from './page.js';

const kindOf = {assignee: 'member', author: 'member', lead: 'member', parent: 'issue'}, kept = ['data-value', 'datetime', 'data-raw'];

/** records are the nodes that show a record. */
export const records = '[data-record]:not(form)';

/** indexed finds the nodes that show what operations are about, by record. All are looked for at once, and where they are many no selector names them: there may be a thousand. */
export function indexed(root, ops) {
  const keys = [...new Set(ops.flatMap(({record, set}) => [record, set?.issue, set?.parent]))].filter(Boolean), found = new Map();
  const all = keys.length < 9 ? keys.map(key => `${having('data-record', key)}:not(form)`) : [records]; // one at a time: a list of selectors takes many times as long
  for (const node of [...root.matches?.(records) ? [root] : [], ...all.flatMap(css => [...root.querySelectorAll(css)])]) found.set(node.dataset.record, [...found.get(node.dataset.record) ?? [], node]);
  return found;
}

/** ref writes a field's value as data-value has it: "status:<uuid>", "priority:0", "member:" for none. */
export const ref = (name, value) => value === null || value === undefined || value === '' ? (name === 'priority' ? 'priority:0' : `${kindOf[name] ?? name}:`) : name === 'priority' ? `priority:${value}` : String(value);

/** unpatch shows what the server drew in an element, by the template that keeps it, or in a control. */
export function unpatch(was) {
  const {server, was: written} = was.dataset;
  if (server === undefined) {
    if (was.closest('form[data-dirty]')) return; // what somebody is typing stays; the form shows the server's value once it is let go
    write(was, written);
    return void delete was.dataset.was;
  }
  const node = was.parentNode;
  for (const [name, value] of Object.entries(JSON.parse(server))) value === null ? node.removeAttribute(name) : node.setAttribute(name, value);
  node.replaceChildren(...was.content.childNodes);
}

/** field shows a value in a record's node, and in its forms that nobody is typing in. */
export function field(node, name, value) {
  for (const at of node.querySelectorAll(`${having('data-field', name)}:not(form)`)) if (at.closest(records) === node) patch(at, name, value);
  for (const control of node.querySelectorAll(`form[data-op]:not([data-dirty])${having('data-record', node.dataset.record)} [name="${name}"]`)) {
    const was = read(control);
    control.dataset.was ??= was;
    write(control, control.type === 'submit' ? String(control.value === String(value ?? '')) : value ?? '');
  }
}

/** patch shows a value in one element. */
export function patch(at, name, value) {
  const text = Array.isArray(value) ? '' : String(value ?? '');
  if ('markdown' in at.dataset && painters.tasks?.(at, text)) return;
  const was = save(at);
  if ('markdown' in at.dataset) at.dataset.raw = '';
  if (at.matches('time')) value ? at.setAttribute('datetime', value) : at.removeAttribute('datetime');
  if (Array.isArray(value)) return at.replaceChildren(was, ...value.map(chip));
  if (!at.hasAttribute('data-value')) return at.replaceChildren(was, text);
  const drawn = at.dataset.value = ref(name, value), clone = vocabulary(drawn)?.content.cloneNode(true), {show} = at.dataset;
  at.replaceChildren(was, ...!clone ? [names(drawn)] : show ? clone.querySelectorAll(`[data-part="${show}"]`) : clone.childNodes);
}

/** save keeps what the server drew in a template, once. */
function save(at) {
  if (at.firstElementChild?.matches('template[data-server]')) return at.firstElementChild;
  const was = at.ownerDocument.createElement('template');
  was.dataset.server = JSON.stringify(Object.fromEntries(kept.map(name => [name, at.getAttribute(name)])));
  was.content.append(...[...at.childNodes].map(child => child.cloneNode(true)));
  at.prepend(was);
  return was;
}

function chip(value) {
  const node = vocabulary(value)?.content.firstElementChild?.cloneNode(true) ?? document.createElement('span');
  node.dataset.value = value;
  return node;
}

/** painters show sets of which more is shown than their values: {field: (element, operation)}; tasks(element, text) tells whether it showed a text as it is drawn. */
export const painters = {};

/** member shows a value added to a set or taken out of it. */
export function member(node, {op, field: name, value}) {
  for (const at of node.querySelectorAll(`${having('data-field', name)}:not(form)`)) {
    if (at.closest(records) !== node) continue;
    if (painters[name]) { save(at); painters[name](at, {op, value}); continue; }
    const had = at.querySelector(having('data-value', value));
    if ((op === 'add') === !!had) continue;
    save(at);
    had ? had.remove() : at.append(chip(value));
  }
  for (const button of node.querySelectorAll(`form${having('data-field', name)} button${having('value', value)}`)) {
    button.dataset.was ??= button.name;
    write(button, op === 'add' ? 'remove' : 'add');
  }
}

const read = control => control.type !== 'submit' ? control.value : /^(add|remove)$/.test(control.name) ? control.name : String(control.getAttribute('aria-current') === 'true');

/** write shows a value in a control; "" is a box without its tick. */
export function write(control, value) {
  if (control.type === 'checkbox') control.checked = control.toggleAttribute('checked', !!value);
  else if (control.type === 'submit') {
    if (/^(add|remove)$/.test(control.name)) { control.name = value; control.setAttribute('aria-pressed', value === 'remove'); }
    else value === 'true' ? control.setAttribute('aria-current', value) : control.removeAttribute('aria-current');
  } else if (control.options) for (const option of control.options) option.selected = option.defaultSelected = option.value === String(value);
  else if (control.type !== 'hidden') control.defaultValue = control.value = value;
}
