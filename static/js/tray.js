// The outbox page and the failed tray: what is unsent and what failed, in words, with every way out. And signing out with unsent writes.

import {outbox} from './queue.js';
import {text} from './operation.js';
import {blank, names, page, taken} from './page.js';
import {toast} from './toast.js';

const cards = new Map();

/** install fills the outbox page and listens to its buttons, to cards of failed writes, and to sign-out. */
export function install(root) {
  if (root !== document) return;
  draw();
  addEventListener('tandem:outbox', draw);
  document.addEventListener('tandem:swap', ({target}) => { if (target.id === 'vocabulary') draw(); }); // it brings the template of an item
  document.addEventListener('click', clicked);
  document.addEventListener('submit', signOut, true);
}

/** reason words why a transaction failed. */
export function reason({result}) {
  const {error, conflicts = []} = result ?? {};
  if (conflicts.length && !error) return `Someone else changed ${conflicts.map(c => c.field).join(', ')} meanwhile.`;
  return [error?.text || error?.code, ...Object.values(error?.fields ?? {})].filter(Boolean).join(' ') || 'Refused.';
}

/** exported is what "export" writes: everything needed to do it again by hand. */
export const exported = entries => JSON.stringify(entries.map(({id, words, at, state, ops, result, raw}) => ({id, words, at: new Date(at).toISOString(), state, ops, result, raw})), null, 2);

function draw() {
  const home = document.querySelector('[data-outbox]');
  if (!home) return;
  let empty = true;
  for (const list of home.querySelectorAll('[data-rows]')) {
    const entries = list.dataset.rows === 'failed' ? outbox.failed() : outbox.waiting(), there = new Map([...list.children].map(item => [item.dataset.transaction, item]));
    for (const [id, item] of there) if (!entries.some(e => e.id === id)) item.remove();
    list.append(...entries.filter(e => !there.has(e.id)).map(item).filter(Boolean));
    for (const e of entries) if (there.has(e.id)) there.get(e.id).querySelector('[data-words]').textContent = e.words;
    empty &&= !entries.length;
  }
  home.querySelector('[data-empty]')?.toggleAttribute('hidden', !empty);
}

function item(entry) {
  const node = blank('outbox-item'), part = name => node.querySelector(name) ?? document.createElement('i'), typed = text(entry.ops);
  if (!node) return;
  node.dataset.transaction = entry.id;
  part('[data-words]').textContent = entry.words;
  const time = part('[data-field="created"]'), at = new Date(entry.at);
  time.setAttribute('datetime', at.toISOString());
  time.textContent = at.toLocaleString('en-GB', {dateStyle: 'medium', timeStyle: 'short'});
  part('[data-text]').value = typed || entry.raw || '';
  part('[data-action="edit"]').hidden = !typed;
  if (entry.state !== 'failed') return node;
  const conflicts = entry.result.conflicts ?? [], sides = entry.result.error ? [] : conflicts;
  part('[data-why]').textContent = [reason(entry), ...sides.map(c => `Yours: ${value(c, c.mine)}. Theirs: ${value(c, c.theirs)}.`)].join(' ');
  if (conflicts.length) card(entry.id, node.querySelector('[data-card]'));
  return node;
}

const value = ({field}, v) => v === null || v === undefined ? 'none' : `“${names(field === 'priority' ? `priority:${v}` : String(v))}”`;

/** card puts the server's card of a conflict in place, when the server answers. */
async function card(id, home) {
  if (!home) return;
  try {
    if (!cards.has(id)) {
      const answer = await fetch(`/${page().workspace}/f/transaction/${id}`, {redirect: 'manual', headers: {Accept: 'text/html'}});
      if (taken(answer)) cards.set(id, await answer.text());
    }
    const drawn = new DOMParser().parseFromString(cards.get(id) ?? '', 'text/html').body;
    home.replaceChildren(...drawn.childNodes);
    for (const twin of home.querySelectorAll('[data-refusal] button')) twin.remove(); // the item has the same ones
    globalThis.htmx?.process(home);
  } catch { /* offline: the words and both values stand there already */ }
}

async function clicked({target}) {
  const button = target.closest?.('[data-action]'), action = button?.dataset.action;
  const at = button?.closest('[data-transaction], [data-refusal]'), id = at?.dataset.transaction || at?.dataset.refusal, entry = id && outbox.find(id);
  if (action === 'export') return download(entry ? [entry] : [...outbox.waiting(), ...outbox.failed()]);
  if (!entry) return;
  const area = at.querySelector('[data-text]'), typed = area && !area.hidden ? area.value : undefined;
  try {
    if (action === 'retry') {
      if (entry.state === 'failed') await outbox.retry(id, typed);
      else if (typed && typed !== text(entry.ops)) await outbox.amend(id, typed);
      if (area) area.hidden = true;
      dispatchEvent(new CustomEvent('tandem:retry'));
    } else if (action === 'discard') {
      outbox.drop(id);
      if (entry.state === 'waiting' && entry.sent) toast('Discarded here. It was on its way: it may be saved already.', {kind: 'discarded'});
    } else if (action === 'copy') await navigator.clipboard.writeText(typed ?? (text(entry.ops) || entry.raw || entry.words));
    else if (action === 'edit' && area) { area.hidden = false; area.focus(); }
  } catch { toast('That did not work; the text is still here.', {kind: 'failed', alert: true}); }
}

function download(entries) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([exported(entries)], {type: 'application/json'}));
  link.download = `tandem-outbox-${page().workspace}.json`;
  link.click();
  setTimeout(URL.revokeObjectURL, 60e3, link.href);
}

function signOut(event) {
  const form = event.target, button = form.querySelector('[data-action="sign-out"]') ?? form.closest('[data-action="sign-out"]');
  if (!button || form.dataset.leaving || !outbox.scope) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const {unsent, failed} = outbox.counts(), n = unsent + failed;
  if (!n) return leave(form);
  const again = () => signOut({target: form, preventDefault() {}, stopImmediatePropagation() {}});
  ask(`${n} unsent ${n === 1 ? 'change' : 'changes'}: send, download or discard?`, choice => {
    if (choice === 'download') { download([...outbox.waiting(), ...outbox.failed()]); again(); }
    if (choice === 'discard' && confirm(`Really discard ${n === 1 ? 'it' : `all ${n}`} and sign out? This cannot be undone.`)) leave(form);
    if (choice !== 'send') return;
    dispatchEvent(new CustomEvent('tandem:retry'));
    toast('Signing out once everything is sent…', {kind: 'sign-out'});
    addEventListener('tandem:outbox', function drained({detail}) {
      if (detail.unsent) return;
      removeEventListener('tandem:outbox', drained);
      detail.failed ? again() : leave(form);
    });
  });
}

function ask(words, run) {
  const dialog = document.querySelector('dialog[data-dialog="sign-out"]');
  if (!dialog) return confirm(`${words} OK discards.`) && run('discard');
  dialog.querySelector('[data-words]').textContent = words;
  dialog.returnValue = '';
  dialog.addEventListener('close', () => run(dialog.returnValue), {once: true});
  dialog.showModal();
}

/** leave removes this user's keys and caches here, no one else's, and signs out. */
async function leave(form) {
  form.dataset.leaving = 'true';
  dispatchEvent(new Event('pagehide')); // the stream and the sender end: they keep cursors and results
  const {scope, store} = outbox, {workspace} = page();
  // Each by itself: what is denied or slow keeps no other from going.
  await Promise.allSettled([
    import('./offline.js').then(({forget}) => forget()),
    import('./web_push.js').then(({quit}) => quit()),
    store.forget(scope),
    (async () => localStorage.removeItem(`tandem:${workspace}:who`))(),
  ]);
  form.submit();
}
