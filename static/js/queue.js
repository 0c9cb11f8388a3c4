// The outbox: every write of this browser's user, from the act until no page needs it any more.
// An entry is {id, label, ops, words, at, state, sent, result, …}; state is waiting, done or failed. Nothing else sends or forgets a write.

import {uuid7} from './ids.js';
import {amended, mentions, needs, records, reworded} from './operation.js';
import {names, page} from './page.js';
import {followed, inverse, rebased, steps} from './steps.js';
import {openStore, parse} from './store.js';
import {said, words} from './words.js';

const format = 1, day = 86400e3, most = 4 << 20, keptDone = 300;

/** createOutbox keeps entries below scope ("tandem:acme:<member>:"); emit(entry) is called after each change (entry: one that got its result). */
export function createOutbox({store, scope, mint = uuid7, elapsed = () => performance.now(), wall = Date.now, epoch = () => '', names = x => x, emit = () => {}}) {
  const prefix = `${scope}tx:`, cache = new Map(), acted = new Map();
  const unkept = new Map(); // states that the disk has no room for, by key: what they stand over, and what they say
  let seen = 0, life;
  const self = {entries, waiting, failed, find, counts, add, mark, finish, drop, retry, amend, undo, steps: () => steps(entries()), queued, client, usable, heard, start, store, scope, epoch: kept};
  return self;

  /** usable tells whether writes can be kept here; if not, forms go to their URLs. */
  function usable() { return !!scope && store.ok; }

  /** start brings back what only the disk remembers, and drops what no page needs any more. */
  async function start() {
    if (!scope) return;
    await store.union(scope);
    const done = entries().filter(e => e.state === 'done');
    done.forEach((e, i) => { if (Math.abs(wall() - e.at) > day || i < done.length - keptDone) drop(e.id, true); });
    emit();
  }

  function entries() {
    const list = [];
    for (const key of scope ? new Set([...store.keys(prefix), ...unkept.keys()]) : []) {
      const raw = get(key);
      if (cache.get(key)?.raw !== raw) cache.set(key, {raw, entry: read(key, raw)});
      if (raw !== null) list.push(cache.get(key).entry);
    }
    list.sort((a, b) => a.n - b.n || (a.id < b.id ? -1 : 1));
    seen = Math.max(seen, list.at(-1)?.n ?? 0);
    return list;
  }

  /** get reads an entry: as this tab knows it, unless another tab has changed it since. */
  function get(key) {
    const kept = store.get(key), {over, raw} = unkept.get(key) ?? {};
    return raw && over === kept ? raw : (unkept.delete(key), kept);
  }

  function waiting() { return entries().filter(e => e.state === 'waiting'); }
  function failed() { return entries().filter(e => e.state === 'failed'); }
  function find(id) {
    const known = [...cache.values()].find(({entry}) => entry.id === id)?.entry;
    return known && cache.get(known.key).raw === get(known.key) ? known : entries().find(e => e.id === id);
  }
  function counts() {
    const all = entries(), of = state => all.filter(e => e.state === state).length;
    return {unsent: of('waiting'), failed: of('failed'), kept: usable()};
  }

  /** queued tells whether an entry lay in the outbox: over 2 s by a clock that cannot jump, or from before this page. */
  function queued(id) { return !(elapsed() - acted.get(id) <= 2000); }

  /** add takes a transaction at once (throws when it cannot); the promise resolves when it is kept for good. */
  function add(given, more = {}) {
    if (!usable()) throw new Error('nothing can be kept here');
    const list = entries(), {ops, replaces} = followed(given, list), known = {};
    const name = ref => known[ref] ??= list.find(e => e.id === ref)?.words ?? names(ref);
    const entry = {v: format, rev: 1, n: replaces?.n ?? seen + 1, id: mint(), ops, words: words(ops, name), said: said(ops, name), at: wall(),
      state: 'waiting', client: client(), ...more};
    entry.label = (more.label || entry.words).slice(0, 120);
    const kept = write(entry);
    if (replaces) drop(replaces.id, true);
    acted.set(entry.id, elapsed());
    emit();
    return kept.then(() => entry);
  }

  /** mark changes an entry. A disk without room for a state does not stop the sending: after a reload the same is sent again, and replayed. */
  function mark(id, patch, quiet) {
    const entry = find(id);
    if (!entry) return;
    const next = {...entry, ...patch, rev: entry.rev + 1};
    let kept;
    try { kept = write(next); } catch (error) {
      if (patch.ops) throw error;
      if (patch.state === 'done') drop(id, true);
      unkept.set(entry.key, {over: store.get(entry.key), raw: JSON.stringify(next)});
    }
    kept?.catch(() => {});
    if (!quiet) emit();
    return kept;
  }

  /** finish takes a result; a refused create takes what refers to its record along. */
  function finish(result) {
    const entry = find(result.id), state = {applied: 'done', rejected: 'failed', conflict: 'failed'}[result.status];
    if (!entry || entry.state !== 'waiting' || !state) return false;
    if (result.error?.code === 'depends') result = {...result, error: {...result.error, text: 'not sent: parent refused'}};
    mark(entry.id, {state, result, at: wall()});
    emit({...result, records: records(entry.ops)});
    for (const {op, record} of state === 'failed' ? entry.ops : []) if (op === 'create') {
      for (const e of waiting()) if (needs(e.ops, record)) finish({id: e.id, status: 'rejected', error: {code: 'depends', text: ''}});
    }
    return true;
  }

  function drop(id, quiet) {
    const entry = find(id);
    if (!entry) return;
    unkept.delete(entry.key);
    store.remove(entry.key).catch(() => {});
    if (!quiet) emit();
  }

  /** retry sends a failed entry again under a new id, with what waited for it; `text` replaces what was typed. */
  function retry(id, text) {
    const entry = find(id), list = failed();
    if (entry?.state !== 'failed' || !entry.ops.length) return;
    const ops = rebased(entry.ops, entry.result?.conflicts);
    const kept = add(text === undefined ? ops : reworded(ops, text), {label: entry.label, before: entry.before});
    drop(id);
    for (const {op, record} of ops) if (op === 'create') {
      for (const e of list) if (e.id !== id && e.result?.error?.code === 'depends' && needs(e.ops, record)) retry(e.id);
    }
    return kept;
  }

  /** amend changes the text of an unsent entry; of one that may have arrived already by another transaction after it. */
  function amend(id, text) {
    const {ops, sent, label} = find(id), other = reworded(ops, text);
    return sent ? add(amended(ops, text), {label}) : mark(id, {ops: other, words: words(other, names)});
  }

  /** undo takes back one's own step: a write never sent just goes, any other is undone by the server; label names one that is not kept here. */
  function undo(id, label) {
    const entry = find(id), later = entry ? waiting().filter(e => e.n > entry.n) : [];
    if (entry?.state === 'waiting' && !entry.sent && !later.some(e => e.ops.some(o => o.transaction === id) || records(entry.ops).some(r => mentions(e.ops, r)))) return drop(id);
    const target = entry?.ops[0]?.op === 'undo' ? find(entry.ops[0].transaction)?.ops : entry && inverse(entry.shows ?? entry.ops, entry.before);
    return add([{op: 'undo', transaction: id}], {shows: target ?? [], ...!entry && {words: `Undo “${label}”`}});
  }

  /** client is this browser's id for this user and workspace; kept for good, since ids of transactions are unique below it only. */
  function client() {
    const key = `${scope}client`, had = parse(store.get(key) ?? '')?.id;
    if (had) return had;
    const id = mint();
    store.put(key, JSON.stringify({rev: 1, id})).catch(() => {});
    return id;
  }

  /** kept reads or sets the epoch that the server told last. */
  function kept(value) {
    const key = `${scope}epoch`;
    const had = life ?? parse(store.get(key) ?? '')?.epoch;
    if (value && value !== had) try { life = undefined, store.put(key, JSON.stringify({rev: wall(), epoch: value})).catch(() => {}); } catch { life = value; }
    return value || had || epoch();
  }

  /** heard passes on what another tab changed (a storage event). */
  function heard({key, oldValue, newValue}) {
    if (!key?.startsWith(prefix)) return;
    const was = parse(oldValue ?? ''), is = parse(newValue ?? '');
    if (is && !was) acted.set(is.id, elapsed());
    emit(is?.result && is.state !== was?.state ? {...is.result, records: records(is.ops)} : undefined);
  }

  function write({key, ...entry}) {
    key = `${prefix}${entry.n}.${entry.id}`;
    for (const raw = JSON.stringify(entry); ;) {
      const others = entry.rev === 1 ? entries() : [];
      try {
        if (others.reduce((size, e) => size + cache.get(e.key).raw.length, raw.length) > most) throw new Error('the outbox is full');
        return store.put(key, raw);
      } catch (error) {
        const old = entries().find(e => e.state === 'done' && e.key !== key && !unkept.has(e.key))?.key
          ?? store.keys('tandem:').find(other => /:tx:/.test(other) && !other.startsWith(prefix) && parse(store.get(other))?.state === 'done');
        if (!old) throw error;
        store.remove(old).catch(() => {});
      }
    }
  }

  function read(key, raw) {
    const entry = parse(raw ?? ''), [n, id] = key.slice(prefix.length).split(/\.(.*)/);
    if (entry?.v === format && Array.isArray(entry.ops)) return {...entry, key, n: Number(n)};
    const error = {code: 'update_needed', text: 'Made by another version of this page; the text is kept.'};
    return {key, n: Number(n), id, at: 0, rev: entry?.rev ?? 0, label: '', ops: [], words: 'A change of another version', raw, state: 'failed', result: {id, error}};
  }
}

/** outbox is this page's; null outside of a browser. */
export const outbox = typeof document === 'undefined' ? null : here();

/** install brings the outbox back from the disk and listens to other tabs. */
export function install(root) {
  if (root !== document) return;
  const {workspace, member} = page();
  if (workspace && member && outbox.usable()) try { localStorage.setItem(`tandem:${workspace}:who`, member); } catch { /* read only */ }
  addEventListener('storage', event => outbox.heard(event));
  return outbox.start();
}

function here() {
  const {workspace, member, epoch} = page();
  const tell = (name, detail) => dispatchEvent(new CustomEvent(name, {detail}));
  let told = true;
  const changed = () => { if (told) queueMicrotask(() => { told = true; tell('tandem:outbox', self.counts()); }); told = false; };
  const self = createOutbox({
    store: openStore(), scope: workspace && member ? `tandem:${workspace}:${member.replace('member:', '')}:` : '', epoch: () => epoch, names,
    emit(result) { if (result) tell('tandem:result', result); changed(); },
  });
  return self;
}
