// The write side, loaded when something waits, at the first touch of the page, or when the browser is idle: see outbox.js.

import * as drafts from './drafts.js';
import * as left from './left.js';
import * as overlay from './overlay.js';
import * as queue from './queue.js';
import * as sender from './sender.js';
import * as toasts from './toast.js';

export {add, keep} from './form.js';
export {bare, paint} from './overlay.js';
export {toast, undo} from './toast.js';

const {outbox} = queue;

/** counts tells {unsent, failed, kept}. */
export const counts = () => outbox.counts();

/** usable tells whether writes can be kept here. */
export const usable = () => outbox.usable();

/** install runs each part by itself. */
export function install(root) {
  for (const part of [queue, overlay, drafts, toasts, sender, left]) try { part.install(root); } catch (error) { console.error(error); }
  if (document.querySelector('form[data-bulk]')) import('./bulk.js').then(part => part.install(root)).catch(console.error);
  const has = css => (root.id === 'vocabulary' ? document : root).querySelector(css); // the forms of comments come with it
  if (has('[data-reactions]')) import('./reaction.js').then(part => part.install(root)).catch(console.error);
  if (document.querySelector('[data-rows=comment]')) import('./comment.js').then(part => part.install()).catch(console.error);
  if (has('[data-markdown] input[type=checkbox]')) import('./task.js').then(part => part.install(root)).catch(console.error);
  if (document.getElementById('files')) import('./attach.js').then(part => part.install()).catch(console.error);
  if (root === document && document.querySelector('[data-outbox], [data-action="sign-out"]')) tray();
}

function tray() {
  const load = () => import('./tray.js').then(part => part.install(document));
  if (document.querySelector('[data-outbox]')) return load();
  document.addEventListener('submit', async function leaving(event) {
    if (!event.target.querySelector('[data-action="sign-out"]')) return;
    document.removeEventListener('submit', leaving, true);
    event.preventDefault();
    event.stopImmediatePropagation();
    try { await load(); } catch { return event.target.submit(); }
    event.target.requestSubmit(event.submitter);
  }, true);
  document.addEventListener('click', async function card({target}) {
    if (!target.closest?.('[data-refusal]')) return;
    document.removeEventListener('click', card);
    await load();
    target.click();
  });
}
