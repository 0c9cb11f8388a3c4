// Marks of the inbox go straight to the server: they are nobody else's, so no operation. All tabs look again then.
import {tell} from './channel.js';
import {write} from './outbox.js';
import {page} from './page.js';

const seen = 1000;
let waiting;

export function install(root) {
  if (root === document) document.addEventListener('submit', event => {
    const form = event.target;
    if (!form.matches('form[data-mark]')) return;
    event.preventDefault();
    mark(form.action, new FormData(form, event.submitter));
  });
  if (root === document) document.addEventListener('visibilitychange', look);
  look();
}

/** look marks the issue of this page as read, once it was before somebody's eyes for a second. */
function look() {
  const [id] = unread(document.querySelector('main [data-live^="issue:"]')?.dataset.live, document.getElementById('unread')?.dataset.live);
  clearTimeout(waiting);
  if (id && !document.hidden) waiting = setTimeout(() => mark(`/${page().workspace}/inbox/${id}/read`, new FormData()), seen);
}

/** unread are those issues of a region that the inbox has as unread, without their kind. */
export const unread = (region = '', inbox = '') =>
  region.split(' ').filter(key => key.startsWith('issue:') && inbox.split(' ').includes(key)).map(key => key.slice(6));

async function mark(url, data) {
  const answer = await fetch(url, {method: 'POST', body: new URLSearchParams(data), headers: {'HX-Request': 'true'}}).catch(() => null);
  if (answer?.ok) return tell('bump', {version: 0, topics: [page().member], force: true});
  write().then(({toast}) => toast(answer ? 'Not marked: the server refused.' : 'Not marked: the server did not answer.', {kind: 'failed', alert: true})).catch(console.error);
}
