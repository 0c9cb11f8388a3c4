// Marks of the inbox go straight to the server: they are nobody else's, so no operation. All tabs look again then.
import {tell} from './channel.js';
import {write} from './outbox.js';
import {page} from './page.js';

const long = 1000;
let waiting, watched;

export function install(root) {
  if (root === document) {
    document.addEventListener('submit', event => {
      const form = event.target;
      if (!form.matches('form[data-mark]')) return;
      event.preventDefault();
      mark(form.action, new FormData(form, event.submitter)).then(refused);
    });
    document.addEventListener('visibilitychange', look);
  }
  look();
}

/** look marks the issue of this page as read, up to what it shows, once it was before somebody's eyes for a second. */
function look() {
  const issue = document.querySelector('main [data-live] > article[data-record^="issue:"]'), {record} = issue?.dataset ?? {};
  const sight = !document.hidden && unread(record, document.getElementById('unread')?.dataset.live) ? record : '';
  if (sight === watched) return;
  clearTimeout(waiting);
  watched = sight;
  if (sight) waiting = setTimeout(() => mark(`/${page().workspace}/inbox/${record.slice(6)}/read`, {seen: issue.closest('[data-live]').dataset.version}), long);
}

/** unread tells whether the inbox has a record as unread. */
export const unread = (record, inbox = '') => inbox.split(' ').includes(record);

/** mark answers what was refused, in words. */
async function mark(url, data) {
  const answer = await fetch(url, {method: 'POST', body: new URLSearchParams(data), headers: {'HX-Request': 'true'}}).catch(() => null);
  if (answer?.ok) tell('bump', {version: 0, topics: [page().member], force: true});
  else return answer ? 'Not marked: the server refused.' : 'Not marked: the server did not answer.';
}

function refused(words) {
  if (words) write().then(({toast}) => toast(words, {kind: 'failed', alert: true})).catch(console.error);
}
