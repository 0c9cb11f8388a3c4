// Reactions: which are one's own, and one's own that are not sent yet.

import {held} from './comment.js';
import {painters} from './field.js';
import {paint} from './overlay.js';
import {having, page} from './page.js';

let here = false, pressed;

export function install(root) {
  mark(root);
  if (here) return;
  here = true;
  painters.reactions = lay;
  addEventListener('tandem:outbox', () => mark(document));
  document.addEventListener('tandem:fresh', ({target}) => { mark(target); refocus(target); });
  document.addEventListener('htmx:before:swap', ({detail}) => detail.tasks.forEach(({fragment}) => fragment && mark(fragment)));
  document.addEventListener('submit', ({target, submitter}) => sent(target, submitter), true);
  for (const region of document.querySelectorAll('[data-live]')) paint(region, true);
}

/** mark lets a press on one's own reaction take it back; what is not sent yet is the overlay's. */
function mark(root) {
  const {member} = page();
  for (const box of root.querySelectorAll('[data-reactions]')) for (const button of box.querySelectorAll('button[value]:not([data-was])')) {
    const mine = chip(box, button.value)?.dataset.members.split(' ').includes(member);
    button.name = mine ? 'remove' : 'add';
    mine ? button.setAttribute('aria-pressed', 'true') : button.removeAttribute('aria-pressed');
  }
}

/** lay counts one's own reaction in, or out; the server sorts. */
function lay(at, {op, value}) {
  const {member, name} = page(), others = list => list.filter(one => one !== member), add = op === 'add';
  let button = chip(at, value);
  if (!button && !add) return;
  if (!at.closest('form')) held(at);
  if (!button) {
    button = at.closest('[data-reactions]').querySelector(`[data-menu] button${having('value', value)}`)?.cloneNode() ?? document.createElement('button');
    Object.assign(button, {className: 'button button--quiet', name: 'add', value});
    button.dataset.members = '';
    delete button.dataset.was;
    at.append(button);
  }
  const had = button.dataset.members.split(' ').filter(Boolean), has = [...others(had), ...add ? [member] : []];
  if (!has.length) return button.remove();
  const names = button.title.split(', ').filter(Boolean), left = had.length === has.length ? names : add ? [...names, name] : names.filter(one => one !== name);
  button.dataset.members = has.join(' ');
  button.title = left.join(', ');
  button.ariaLabel = `${value} ${has.length}: ${button.title}`;
  button.replaceChildren(`${value} ${has.length}`);
}

/** sent shuts the menu of a reaction, and remembers where focus belongs. */
function sent(form, submitter) {
  const box = form.closest?.('[data-reactions]'), menu = form.closest?.('[data-menu]');
  if (!box) return;
  pressed = {record: form.dataset.record, value: submitter?.value};
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
}

/** refocus gives focus back to the reaction that was pressed, where drawing it anew has taken it. */
function refocus(root) {
  if (!pressed || document.activeElement !== document.body) return;
  const box = root.querySelector(`${having('data-record', pressed.record)}:not(form) [data-reactions]`);
  (box && chip(box, pressed.value) || box?.querySelector('summary, a'))?.focus({preventScroll: true});
}

const chip = (root, value) => root.querySelector(`button[data-members]${having('value', value ?? '')}`);
