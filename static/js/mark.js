// Marks of the inbox go straight to the server: they are nobody else's, so no operation. All tabs look again then.
import {tell} from './channel.js';
import {write} from './outbox.js';
import {page} from './page.js';

/** press sends a form of a row. */
export const press = (url, data) => mark(url, data).then(refused);

/** read marks an issue's row as read, up to a V. */
export const read = (issue, seen) => mark(`/${page().workspace}/inbox/${issue}/read`, {seen});

/** mark answers what was refused, in words. */
async function mark(url, data) {
  const answer = await fetch(url, {method: 'POST', body: new URLSearchParams(data), headers: {'HX-Request': 'true'}}).catch(() => null);
  if (answer?.ok) tell('bump', {version: 0, topics: [page().member], force: true});
  else return answer ? 'Not marked: the server refused.' : 'Not marked: the server did not answer.';
}

function refused(words) {
  if (words) write().then(({toast}) => toast(words, {kind: 'failed', alert: true})).catch(console.error);
}
