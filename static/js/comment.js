// What one does with a comment. Each tool is a link to the page that has its form, until it is pressed: then the vocabulary's form takes the link's
// place, and stays there through what the server draws anew.

import {adopt} from './htmx.js';
import {refill} from './overlay.js';
import {blank, having} from './page.js';
import {fill} from './paint.js';
import {outbox} from './queue.js';

const comment = '[data-record^="comment:"]:not(form)';
let here = false;

export function install() {
  if (outbox.usable()) drafted();
  if (here) return;
  here = true;
  if (outbox.usable()) outbox.store.union(`${outbox.scope}draft:`).then(drafted, () => {});
  document.addEventListener('htmx:before:swap', ({detail}) => detail.tasks.forEach(({target, fragment}) => fragment && again(target, fragment)));
}

/** drafted makes the forms that somebody was typing in: drafts.js brings the text back. */
function drafted() {
  for (const edit of document.querySelectorAll(`${comment} a[data-source]`)) {
    if (outbox.store.get(`${outbox.scope}draft:${edit.closest(comment).dataset.record}/body`)) grown(edit);
  }
}

/** pick puts a tool's form in the place of its link, and opens it; where there is no such form, it throws. A link may have been drawn anew meanwhile. */
export function pick(field, row, from) {
  const at = from.isConnected ? from : link(document, row.dataset.record, from.dataset.action);
  if (at) grown(at).open = true;
}

const link = (root, record, action) => root.querySelector(`${having('data-record', record)}:not(form) a${having('data-action', action)}`);

/** editor is the form that a comment's text is edited in by whoever may. */
export function editor(node) {
  const edit = node?.matches(comment) && node.querySelector('a[data-source]');
  return edit && !edit.closest('[data-for][hidden]') ? grown(edit)?.querySelector('form') : undefined;
}

/** held puts what shows a comment's reactions into the form that takes them back. */
export function held(set) {
  const form = made(set.closest(comment), 'form.reactions');
  if (!form) return;
  set.before(form);
  form.firstElementChild.replaceWith(set);
  if (form.isConnected) adopt(form);
}

function grown(from) {
  const node = from.closest(comment), {action, source} = from.dataset, tool = made(node, `details:has(> ${having('data-action', action)})`);
  if (!tool) return undefined;
  const area = tool.querySelector('textarea');
  if (area) {
    area.defaultValue = source;
    tool.querySelector('label').htmlFor = area.id = `${node.id}-body`;
  }
  from.replaceWith(tool);
  for (const form of tool.querySelectorAll('form')) refill(form);
  if (!tool.isConnected) return tool;
  adopt(tool);
  node.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
  return tool;
}

/** made is a part of the tools, for one comment. */
function made(node, css) {
  const part = blank('comment-tools')?.querySelector(css), {record, version} = node.dataset;
  if (!part) return undefined;
  fill(part, {record, set: {}, at: 0});
  for (const form of part.matches('form') ? [part] : part.querySelectorAll('form')) {
    const url = form.getAttribute('action').replace(/\/comment\/(?=[a-z]+$)/, `/comment/${record.slice(8)}/`);
    form.setAttribute('action', url);
    form.setAttribute('hx-post', url);
    if (form.dataset.base) form.dataset.base = form.elements._base.value = version;
  }
  return part;
}

/** again: a tool that is a form here is one in what comes, too. */
function again(target, fragment) {
  for (const {dataset, parentNode} of target?.querySelectorAll?.(`${comment} details > summary[data-action]`) ?? []) {
    const from = link(fragment, parentNode.closest(comment).dataset.record, dataset.action);
    const tool = from && grown(from);
    if (tool) tool.open = parentNode.open;
  }
}
