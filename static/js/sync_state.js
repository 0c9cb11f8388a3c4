// One word for how this browser stands to the server, from the stream, the sender and the outbox; the same in all tabs.
import {fire, on, scope, send} from './channel.js';

const severity = ['online-only', 'signed-out', 'offline', 'reconnecting', 'live'];

const said = {};        // by source: stream, sender
const own = new Set();  // the sources that this tab speaks for
let counts = {unsent: 0, failed: 0, kept: true};
let shown;

export function install(root) {
  if (root !== document || !scope()) return;
  if (document.documentElement.hasAttribute('data-cached')) said.stream = 'reconnecting';
  addEventListener('tandem:state', ({detail}) => heard(detail));
  addEventListener('tandem:outbox', ({detail}) => { if (detail) counts = detail; show(); });
  on('state', detail => fire('state', {...detail, remote: true}));
  on('state?', () => own.forEach(source => send('state', {source, sync: said[source], live: said[source] === 'live'})));
  send('state?');
  import('./outbox.js').then(outbox => { counts = outbox.counts(); show(); }).catch(console.error);
}

function heard({source = 'sender', sync, remote, live = sync === 'live'}) {
  if (!severity.includes(sync)) return;
  if (remote) own.delete(source);
  else {
    own.add(source);
    if (said[source] !== sync) send('state', {source, sync, live});
  }
  said[source] = sync;
  if (source === 'stream' && live) delete said.sender; // who is let in to the stream is let in to push
  show();
}

function show() {
  const html = document.documentElement, sync = merge(said, counts), text = words(sync, counts);
  html.dataset.sync = sync;
  html.dataset.unsent = counts.unsent;
  for (const [css, says] of [['[data-sync-text]', text], ['[data-unsent-text]', counts.unsent + counts.failed || '']]) {
    const place = document.querySelector(css); // of the sidebar, which comes first: the rest of the page is not looked through
    if (!place || place.textContent == says) continue; // of a number, the digits
    if (says === text) place.ariaLive = shown === undefined || shown === sync ? 'off' : 'polite'; // counts alone are not announced
    place.textContent = says;
  }
  shown = sync;
}

/** merge is the gravest of what is said; that pushes fail counts only while something is unsent. */
export function merge({stream = 'live', sender = 'live'}, {unsent = 0, kept = true}) {
  const all = [stream, sender !== 'offline' || unsent ? sender : 'live', kept === false ? 'online-only' : 'live'];
  return severity.find(one => all.includes(one));
}

/** words tells the state and what waits in it. */
export function words(sync, {unsent = 0, failed = 0}) {
  const many = unsent === 1 ? '1 change' : `${unsent} changes`;
  const text = {
    'live': unsent ? `Sending ${many}…` : 'Live',
    'reconnecting': unsent ? `Reconnecting… ${many} waiting` : 'Reconnecting…',
    'offline': unsent ? `Offline – ${many} waiting` : 'Offline',
    'signed-out': unsent ? `Signed out: sign in to send ${many}` : 'Signed out',
    'online-only': 'Online only: nothing can be kept in this browser',
  }[sync];
  return failed ? `${text} · ${failed} not accepted` : text;
}
