// Toasts: one at a time per kind, 8 s, paused on hover, focus and in a hidden tab. And undo, by toast, key and menu.

import {outbox} from './queue.js';
import {blank, having, names, page} from './page.js';

const shownFor = 8000, toldOf = new Set();

/** toast says words; act names its button and run is what that does; alert is for what went wrong, stays for what would be lost with it. */
export function toast(words, {kind = 'plain', act = '', run, alert = false, stays = false} = {}) {
  const home = document.querySelector('[data-toasts]'), node = blank('toast');
  const spoken = document.querySelector(alert ? '[data-alert]' : '[data-announce]');
  if (spoken) spoken.textContent = words;
  if (!home || !node) return;
  home.querySelector(`[data-kind="${kind}"]`)?.remove();
  node.dataset.kind = kind;
  node.toggleAttribute('data-error', alert);
  node.querySelector('[data-words]').textContent = words;
  const button = node.querySelector('[data-toast-do]');
  if (button && act) {
    button.hidden = false, button.textContent = act;
    button.dataset.action = act.toLowerCase();
    button.addEventListener('click', () => { node.remove(); run(); });
  }
  node.querySelector('[data-toast-close]')?.addEventListener('click', () => node.remove());
  home.append(node);
  if (stays) return;
  let left = shownFor;
  const clock = setInterval(() => {
    if (!node.isConnected) return clearInterval(clock);
    if (!document.hidden && !node.matches(':hover, :focus-within') && (left -= 500) <= 0) node.remove();
  }, 500);
}

/** install tells of stored writes, of results, and of one's own values that lost a race. */
export function install(root) {
  for (const {dataset} of root.querySelectorAll(`[data-lost]${having('data-for', page().member)}`)) told(dataset);
  if (root !== document) return;
  addEventListener('tandem:stored', ({detail}) => { if (detail.said) toast(detail.said, undoable(detail)); });
  addEventListener('tandem:result', ({detail}) => { if (!document.hidden) met(detail); });
}

/** undo takes back the last own step; redo undoes that. */
export async function undo(redo) {
  if (!outbox.usable()) return;
  const which = redo ? 'redo' : 'undo', id = outbox.steps()[which].at(-1), step = id ? outbox.find(id) : await elsewhere(which);
  if (!step) return toast(`Nothing to ${which}`, {kind: 'stored'});
  takeBack(step.id, step.words);
  toast(redo ? 'Done again' : `Undone: ${step.words}`, {kind: 'stored'});
}

/** elsewhere is the last own step of which this browser keeps nothing: made on another device, or before signing in here. */
async function elsewhere(which) {
  if (outbox.counts().unsent) return;
  try {
    const told = await (await fetch(`/${page().workspace}/sync/steps`)).json(), mine = outbox.entries();
    const step = told[which].find(({transaction}) => !mine.some(e => e.id === transaction || e.ops[0]?.transaction === transaction));
    return step && {id: step.transaction, words: step.label};
  } catch { /* not now: offline */ }
}

function met(result) {
  for (const {code, field, by, record, theirs} of result.notices ?? []) {
    if (code !== 'overwrote') continue;
    const was = theirs === null || theirs === undefined ? 'nothing' : `“${names(field === 'priority' ? `priority:${theirs}` : String(theirs))}”`;
    toast(`You replaced ${by ? names(by) : 'someone'}’s ${field} of ${names(record)}: ${was}`, {...undoable(result), kind: 'notice'});
  }
  const {size} = new Set((result.notices ?? []).filter(({code}) => code === 'not_undone').map(({record}) => record));
  if (size) toast(`Undone but for ${size === 1 ? 'what others have' : `${size} issues that others have`} changed since`, {kind: 'notice'});
  if (result.status === 'applied') return;
  document.querySelector('[data-toasts] [data-kind="stored"]')?.remove();
  const entry = outbox.find(result.id), why = result.status === 'conflict' ? 'someone else changed it' : result.error?.text || result.error?.code;
  toast(`Not saved: ${entry?.words ?? 'a change'} (${why})`, {kind: 'failed', alert: true, act: 'Open', run: () => location.assign(`/${page().workspace}/outbox`)});
}

/** told says once that somebody's write of the same moment replaced one's own, as the activity does from then on. */
function told({lost, words}) {
  if (toldOf.has(lost) || lost.split('/')[1] <= page().version) return;
  toldOf.add(lost);
  toast(words, {kind: 'notice', act: 'Undo', run: () => document.querySelector(`${having('data-lost', lost)} form`)?.requestSubmit()});
}

const undoable = ({id}) => ({act: 'Undo', kind: 'stored', run: () => takeBack(id)});
const takeBack = (id, words) => { try { outbox.undo(id, words); } catch { toast('Could not undo: nothing can be kept here', {kind: 'stored', alert: true}); } };
