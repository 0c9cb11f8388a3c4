// Sends the outbox: one tab at a time, in order, one request in flight. Only a result in an answer of ours ends a transaction.

import {outbox} from './queue.js';
import {page} from './page.js';

const most = 200, room = 1e6, idle = 30e3, longest = 30e3, patience = 30e3;

/** createSender drains box; answer(batch) posts it; allowed() says whether this user is still the one signed in; tell(state) says what was met. */
export function createSender({box, answer, pull, allowed = () => true, tell = () => {}, random = Math.random, timer = globalThis}) {
  let wake = () => {}, sleeping = '';
  return {run, kick};

  /** kick wakes the sender: a new write only an idle one, a sign of life (`hope`) also one that backs off. */
  function kick(hope) { if (hope || sleeping === 'idle') wake(hope); }

  /** run sends until signal aborts. */
  async function run(signal) {
    let tries = 0, odd = 0, size = most, bytes = room;
    signal.addEventListener('abort', () => wake());
    while (!signal.aborted) {
      settleOldEpoch();
      const batch = allowed() ? take(size, bytes) : [];
      if (!batch.length) { await pause(idle, 'idle'); continue; }
      const before = new Map(batch.map(e => [e.id, e.sent])), epoch = box.epoch();
      for (const e of batch) if (e.sent !== (epoch || true)) box.mark(e.id, {sent: epoch || true}, true); // nothing that is shown hangs on it
      const met = await answer(message(batch, epoch), signal);
      if (met.kind === 'results') {
        box.epoch(met.epoch);
        tell('live');
        const ended = met.results.filter(result => box.finish(result)).length;
        odd = 0, size = Math.min(most, size * 2), bytes = Math.min(room, bytes * 2);
        if (ended) { tries = 0; continue; }
      } else if (met.kind === 'epoch') {
        for (const e of batch) box.mark(e.id, {sent: before.get(e.id)});
        const told = await pull(epoch, signal);
        if (told && told !== epoch) { box.epoch(told); continue; }
      } else if (met.kind === 'large' && batch.length > 1) {
        size = Math.ceil(batch.length / 2), bytes = Math.max(1, bytes / 2);
        continue;
      } else if (met.kind === 'refused' || met.kind === 'large') {
        if (batch.length > 1 && odd++) { size = 1; continue; }
        if (batch.length === 1 && met.problem && (met.kind === 'large' || odd++)) {
          box.finish({id: batch[0].id, status: 'rejected', error: met.problem});
          continue;
        }
      } else tell(met.kind === 'signed-out' ? 'signed-out' : 'offline');
      if (signal.aborted) break;
      const hope = await pause(met.kind === 'signed-out' ? 60e3 : delay(tries++, met.after), 'backoff');
      if (hope) tries = 0;
    }
  }

  /** settleOldEpoch puts to the user what an earlier life of the server may have taken: sent under another epoch, never answered. */
  function settleOldEpoch() {
    const epoch = box.epoch();
    for (const e of box.waiting()) if (typeof e.sent === 'string' && e.sent !== epoch) {
      box.finish({id: e.id, status: 'rejected', error: {code: 'epoch', text: 'The server was restored from a backup; this may already be there.'}});
    }
  }

  function take(size, bytes) {
    const list = box.waiting(), batch = [];
    for (const e of list.slice(0, size)) {
      bytes -= new TextEncoder().encode(JSON.stringify(e.ops)).length + 300;
      if (batch.length && (bytes < 0 || e.client !== batch[0].client)) break;
      batch.push(e);
    }
    return batch;
  }

  function message(batch, epoch) {
    const transactions = batch.map(({id, label, ops}) => ({id, label, queued: box.queued(id), ops}));
    return {client: batch[0].client, ...epoch && {epoch}, transactions};
  }

  function delay(tries, after) {
    const step = Math.min(longest, 2000 * 2 ** Math.min(tries, 10));
    return Math.max(after ?? 0, step / 2 + random() * step / 2);
  }

  function pause(ms, why) {
    return new Promise(resolve => {
      const id = timer.setTimeout(() => wake(), ms);
      sleeping = why;
      wake = hope => { timer.clearTimeout(id); sleeping = ''; wake = () => {}; resolve(hope); };
    });
  }
}

/** judge says what an answer means: results, epoch, signed-out, large, refused, or try again. */
export async function judge(response) {
  const {status} = response, type = response.headers.get('Content-Type') ?? '';
  const body = /\bjson\b/.test(type) ? await response.json().catch(() => null) : null;
  if (status === 200 && body?.epoch && Array.isArray(body.results)) return {kind: 'results', ...body};
  const problem = /problem\+json/.test(type) && body ? {code: body.code, text: body.detail || body.title || '', fields: body.fields} : undefined;
  if (status === 401 || problem?.code === 'client_taken') return {kind: 'signed-out'};
  if (status === 409 && problem?.code === 'epoch') return {kind: 'epoch'};
  if (status === 413) return {kind: 'large', problem};
  if (status >= 400 && status < 500 && ![408, 425, 429].includes(status)) return {kind: 'refused', problem};
  return {kind: 'again', after: Math.min(300, Number(response.headers.get('Retry-After')) || 0) * 1000};
}

/** install sends from whichever tab leads. */
export function install(root) {
  const {workspace, member, version} = page();
  if (root !== document || !outbox.usable()) return;
  const sync = `/${workspace}/sync/`;
  const sender = createSender({
    box: outbox,
    allowed: () => outbox.store.get(`tandem:${workspace}:who`) === member,
    tell: state => dispatchEvent(new CustomEvent('tandem:state', {detail: {source: 'sender', sync: state}})),
    answer: (body, signal) => ask(`${sync}push`, signal, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)})
      .then(judge).catch(() => ({kind: 'again'})),
    pull: (epoch, signal) => ask(`${sync}pull?since=${version}&limit=1&epoch=${epoch}`, signal).then(r => r.json()).then(told => {
      dispatchEvent(new CustomEvent('tandem:bump', {detail: {version: told.version, all: true}}));
      return told.epoch;
    }).catch(() => null),
  });
  const hope = () => sender.kick(true);
  addEventListener('tandem:outbox', () => document.hidden ? sender.kick() : setTimeout(() => sender.kick())); // what was written is seen first
  addEventListener('online', hope);
  addEventListener('tandem:retry', hope);
  addEventListener('tandem:state', ({detail}) => { if (detail.source === 'stream' && detail.live) hope(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) hope(); });
  const run = signal => sender.run(signal);
  // Without a leader each tab sends: twice the same is a replay, never is a loss.
  import('./leader.js').then(({lead}) => lead('sender', run), () => run(new AbortController().signal));
}

function ask(url, signal, init) {
  const cut = new AbortController(), timer = setTimeout(() => cut.abort(), patience), end = () => cut.abort();
  signal.addEventListener('abort', end);
  return fetch(url, {...init, headers: {Accept: 'application/json', ...init?.headers}, redirect: 'manual', cache: 'no-store', signal: cut.signal})
    .finally(() => { clearTimeout(timer); signal.removeEventListener('abort', end); });
}
