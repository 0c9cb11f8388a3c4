// What this browser keeps: localStorage, read and written at once, and IndexedDB, which survives kill -9. Same keys in both.
// Values are JSON with a `rev`; the greater one wins. A removed key leaves a tombstone in IndexedDB, since localStorage reaches the disk late.

const day = 86400e3;

/** openStore opens both; ok is false where either is denied, and then nothing may be called kept; patience is how long the disk may take, in ms. */
export function openStore({local = () => localStorage, idb = () => indexedDB, patience = 3000} = {}) {
  let area, base, opened, busy = false;
  const batch = [];
  const self = {ok: true, get, keys, put, remove, union, forget, ready: null};
  try {
    area = local();
    area.setItem('tandem:probe', '1');
    area.removeItem('tandem:probe');
  } catch { self.ok = false; }
  opened = (self.ok ? open() : Promise.resolve()).catch(() => { self.ok = false; });
  // A database may open late, as one page waits for another that was left while it made the database: what is put then waits in localStorage.
  self.ready = within(patience, opened).catch(() => {});
  return self;

  function get(key) { try { return area.getItem(key); } catch { return null; } }

  function keys(prefix) {
    const found = [];
    try { for (let i = 0; i < area.length; i++) if (area.key(i).startsWith(prefix)) found.push(area.key(i)); } catch { /* denied later */ }
    return found;
  }

  /** put writes localStorage now (throws when full); the promise resolves once the copy is on disk, and fails when it is not there in time. */
  function put(key, text) {
    area.setItem(key, text);
    return write(store => store.put(text, key));
  }

  function remove(key, rev = Number.MAX_SAFE_INTEGER) {
    try { area.removeItem(key); } catch { /* denied later */ }
    return write(store => store.put(JSON.stringify({gone: Date.now(), rev}), key));
  }

  /** union makes both sides equal below prefix: what only one of them has comes back, the greater rev wins. */
  async function union(prefix) {
    await self.ready;
    if (!base) return;
    const rows = new Map(await new Promise((resolve, reject) => {
      const tx = base.transaction('kept'), all = [], cursor = tx.objectStore('kept').openCursor(IDBRange(prefix));
      cursor.onsuccess = () => { const at = cursor.result; if (at) { all.push([at.key, at.value]); at.continue(); } };
      tx.oncomplete = () => resolve(all);
      tx.onerror = tx.onabort = () => reject(tx.error);
    }));
    for (const key of new Set([...rows.keys(), ...keys(prefix)])) {
      const here = get(key), there = rows.get(key), row = there && parse(there);
      try {
        if (row?.gone && (here === null || row.rev >= (parse(here)?.rev ?? 0))) {
          area.removeItem(key);
          if (Math.abs(Date.now() - row.gone) > day) write(store => store.delete(key));
        } else if (here === null || row && row.rev > (parse(here)?.rev ?? 0)) area.setItem(key, there);
        else if (here !== there) write(store => store.put(here, key));
      } catch { /* full: what IndexedDB holds stays there */ }
    }
  }

  /** forget removes every key below prefix on both sides, for good. */
  async function forget(prefix) {
    for (const key of keys(prefix)) area.removeItem(key);
    await write(store => store.delete(IDBRange(prefix)));
  }

  /** write commits a change; what comes while a commit is under way goes together into the next, since each waits for the disk. */
  function write(change) {
    return within(patience, new Promise((resolve, reject) => { batch.push({change, resolve, reject}); flush(); }));
  }

  async function flush() {
    if (busy) return;
    busy = true;
    await opened;
    while (batch.length) {
      const now = batch.splice(0);
      await commit(now).then(() => now.forEach(w => w.resolve()), error => now.forEach(w => w.reject(error)));
    }
    busy = false;
  }

  async function commit(writes) {
    if (!self.ok) throw new Error('this browser keeps nothing');
    if (!base) await open();
    await new Promise((resolve, reject) => {
      const tx = base.transaction('kept', 'readwrite', {durability: 'strict'}), store = tx.objectStore('kept');
      for (const {change} of writes) change(store);
      tx.oncomplete = resolve;
      tx.onerror = tx.onabort = () => reject(tx.error ?? new Error('not kept'));
    });
  }

  async function open() {
    base = await new Promise((resolve, reject) => {
      const request = idb().open('tandem', 1);
      request.onupgradeneeded = () => request.result.createObjectStore('kept');
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    base.onclose = () => { base = null; };
    base.onversionchange = () => { base?.close(); base = null; };
  }
}

/** parse reads kept JSON and never throws: what cannot be read is undefined. */
export function parse(text) { try { return JSON.parse(text) ?? undefined; } catch { return undefined; } }

const IDBRange = prefix => IDBKeyRange.bound(prefix, `${prefix}\uffff`);

function within(ms, promise) {
  let timer;
  const late = new Promise((_, reject) => { timer = setTimeout(reject, ms, new Error('too slow')); });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
