// Small stand-ins for what a browser has. Not a test.

export class FakeArea {
  #map = new Map();
  constructor(room = Infinity) { this.room = room; }
  get length() { return this.#map.size; }
  key(i) { return [...this.#map.keys()][i] ?? null; }
  getItem(key) { return this.#map.get(key) ?? null; }
  setItem(key, value) {
    const size = [...this.#map].reduce((n, [k, v]) => n + (k === key ? 0 : k.length + v.length), key.length + String(value).length);
    if (size > this.room) throw new DOMException('full', 'QuotaExceededError');
    this.#map.set(key, String(value));
  }
  removeItem(key) { this.#map.delete(key); }
}

globalThis.IDBKeyRange ??= {bound: (low, high) => ({low, high})};

/** fakeIDB is one database that outlives "the browser"; broken = commits fail; it opens after `opening`. */
export function fakeIDB({rows = new Map(), broken = false, opening = Promise.resolve()} = {}) {
  const store = tx => ({
    put(value, key) { tx.rows.push(() => rows.set(key, value)); },
    delete(key) { tx.rows.push(() => { for (const k of [...rows.keys()]) if (key.low ? k >= key.low && k <= key.high : k === key) rows.delete(k); }); },
    openCursor(range) {
      const keys = [...rows.keys()].filter(k => k >= range.low && k <= range.high).sort(), request = {};
      let i = 0;
      const step = () => {
        request.result = i < keys.length ? {key: keys[i], value: rows.get(keys[i]), continue: () => { i++; queueMicrotask(step); }} : null;
        request.onsuccess?.();
        if (!request.result) queueMicrotask(() => tx.oncomplete?.());
      };
      tx.reads = true;
      queueMicrotask(step);
      return request;
    },
  });
  return {
    rows,
    open() {
      const request = {result: {
        createObjectStore() {},
        transaction() {
          const tx = {rows: [], objectStore: () => store(tx)};
          setTimeout(() => {
            if (tx.reads) return;
            if (broken) return tx.onabort?.();
            tx.rows.forEach(run => run());
            tx.oncomplete?.();
          });
          return tx;
        },
      }};
      opening.then(() => { request.onupgradeneeded?.(); request.onsuccess(); }, error => { request.error = error; request.onerror(); });
      return request;
    },
  };
}

/** ids counts instead of drawing lots. */
export const ids = (start = 0) => () => `id-${String(++start).padStart(4, '0')}`;

export const turn = () => new Promise(resolve => setTimeout(resolve, 5));
