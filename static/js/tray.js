// The outbox page and the failed tray: what is unsent and what failed, in words, with every way out. And signing out with unsent writes.

import {changed, uploading} from './drafts.js';
import {outbox} from './queue.js';
import {text} from './operation.js';
import {blank, names, page, taken} from './page.js';
import {parse} from './store.js';
import {toast} from './toast.js';

const cards = new Map(), patience = 10e3;
let draining; // aborts the wait for the last write before somebody leaves

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

/** exported is what "export" writes: everything needed to do it again by hand, and texts that were never sent. */
export const exported = (entries, drafts = []) => JSON.stringify([
  ...entries.map(({id, words, at, state, ops, result, raw}) => ({id, words, at: new Date(at).toISOString(), state, ops, result, raw})),
  ...drafts.map(({of, at, text}) => ({state: 'draft', of, at: new Date(at).toISOString(), text})),
], null, 2);

/** unsaid words what would be lost: changes of the outbox, and texts that were typed only. */
export function unsaid(changes, drafts) {
  const many = (n, one) => n ? [`${n} ${one}${n === 1 ? '' : 's'}`] : [];
  return [...many(changes, 'unsent change'), ...many(drafts, 'draft')].join(' and ');
}

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

function download(entries, drafts) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([exported(entries, drafts)], {type: 'application/json'}));
  link.download = `tandem-outbox-${page().workspace}.json`;
  link.click();
  setTimeout(URL.revokeObjectURL, 60e3, link.href);
}

/** drafts lists the texts that were typed in any tab and never sent, those of this page as they stand in their fields. */
function drafts() {
  const all = new Map(), {scope, store} = outbox, prefix = `${scope}draft:`;
  for (const key of store.keys(prefix)) all.set(key.slice(prefix.length), parse(store.get(key)));
  for (const one of document.querySelectorAll('form[data-dirty]:not([data-passkey]) :is(textarea, input:not([type=checkbox], [type=radio], [type=hidden]))')) {
    const of = one.dataset.draftKey ?? (one.ariaLabel || one.name);
    if (changed(one)) all.set(of, {at: Date.now(), text: one.value.replace(uploading, '')});
  }
  return [...all].filter(([, kept]) => kept?.text?.trim()).map(([of, {at, text}]) => ({of, at, text}));
}

function signOut(event) {
  const form = event.target, button = form.querySelector('[data-action="sign-out"]') ?? form.closest('[data-action="sign-out"]');
  if (!button || form.dataset.leaving || !outbox.scope) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  question(form);
}

/** question asks what becomes of what would be lost; where that is nothing, it just leaves. */
function question(form) {
  draining?.abort();
  document.querySelector('[data-toasts] [data-kind="sign-out"]')?.remove();
  const {unsent, failed} = outbox.counts(), changes = unsent + failed, typed = drafts(), n = changes + typed.length;
  if (!n) return leave(form);
  ask(`${unsaid(changes, typed.length)}: ${changes ? 'send, ' : ''}download or discard?`, changes, choice => {
    if (choice === 'download') { download([...outbox.waiting(), ...outbox.failed()], drafts()); question(form); }
    if (choice === 'discard' && confirm(`Really discard ${n === 1 ? 'it' : `all ${n}`} and sign out? This cannot be undone.`)) leave(form);
    if (choice === 'send') drain(form);
  });
}

/** drain leaves once everything is sent. What was refused or typed meanwhile is asked for again, and until then one may stay after all. */
function drain(form) {
  const {signal} = draining = new AbortController(), stop = draining;
  dispatchEvent(new CustomEvent('tandem:retry'));
  toast('Signing out once everything is sent…', {kind: 'sign-out', stays: true, act: 'Cancel', run: () => stop.abort()});
  addEventListener('tandem:outbox', ({detail}) => { if (!detail.unsent) question(form); }, {signal});
  if (!outbox.counts().unsent) question(form);
}

function ask(words, changes, run) {
  const dialog = document.querySelector('dialog[data-dialog="sign-out"]');
  if (!dialog) return confirm(`${words} OK discards.`) && run('discard');
  dialog.querySelector('[data-words]').textContent = words;
  dialog.querySelector('[value=send]').hidden = !changes;
  dialog.returnValue = '';
  dialog.addEventListener('close', () => run(dialog.returnValue), {once: true});
  dialog.showModal();
}

/** leave signs out, and then removes this user's keys and caches here, no one else's: until the server has answered, nothing is lost. */
async function leave(form) {
  form.dataset.leaving = 'true';
  dispatchEvent(new Event('pagehide')); // the stream and the sender end: they keep cursors and results, and nothing discarded is sent
  let answer;
  try { answer = await fetch(form.action, {method: 'POST', body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(patience)}); } catch { /* no line */ }
  if (!taken(answer)) {
    delete form.dataset.leaving;
    dispatchEvent(new Event('pageshow'));
    return toast('Not signed out: the server did not answer. Nothing was removed here.', {kind: 'sign-out', alert: true});
  }
  const {scope, store} = outbox, {workspace} = page();
  // Each by itself: what is denied or slow keeps no other from going.
  await Promise.allSettled([
    import('./offline.js').then(({forget}) => forget()),
    import('./web_push.js').then(({quit}) => quit()),
    store.forget(scope),
    (async () => localStorage.removeItem(`tandem:${workspace}:who`))(),
  ]);
  location.assign(answer.url);
}
