// A role without Web Locks: a lease in localStorage, renewed each second and taken over after three.
import {start} from './leader.js';

const renew = 1000, lapse = 3000, settle = 60;

export class LeaseRole {
  #key; #run; #storage; #held; #timer; #claim; #tab = Math.random().toString(36).slice(2);

  constructor(key, run, storage = localStorage) {
    this.#key = `${key}:lease`;
    this.#run = run;
    this.#storage = storage;
    globalThis.window?.addEventListener('storage', event => {
      if (event.key === this.#key && !event.newValue && this.#timer) this.#turn();
    });
  }

  enlist() {
    if (this.#timer) return;
    this.#timer = setInterval(() => this.#turn(), renew);
    this.#turn();
  }

  resign() {
    clearInterval(this.#timer);
    clearTimeout(this.#claim);
    this.#timer = this.#claim = null;
    this.#give();
  }

  #give() {
    if (this.#held && this.#read()?.tab === this.#tab) this.#storage.removeItem(this.#key);
    this.#lose();
  }

  #turn() {
    const now = Date.now(), turn = leaseTurn(this.#read(), this.#tab, now);
    if (turn !== 'keep') this.#lose();
    if (turn === 'yield') return;
    try {
      this.#storage.setItem(this.#key, JSON.stringify({tab: this.#tab, at: now}));
    } catch {
      return this.#win(); // storage is denied: each tab for itself
    }
    // Two may claim at once: who reads their own claim back a moment later has it.
    if (!this.#held) this.#claim ??= setTimeout(() => {
      this.#claim = null;
      if (this.#read()?.tab === this.#tab) this.#win();
    }, settle * (1 + Math.random()));
  }

  #win() {
    if (this.#held) return;
    this.#held = new AbortController();
    start(this.#run, this.#held.signal, () => this.#give());
  }

  #lose() {
    this.#held?.abort();
    this.#held = null;
  }

  #read() {
    try { return JSON.parse(this.#storage.getItem(this.#key)); } catch { return null; }
  }
}

/** leaseTurn tells what to do with a lease: "keep" one's own, "claim" a free one, "yield" to another's. */
export function leaseTurn(lease, tab, now) {
  if (lease?.tab === tab) return 'keep';
  return !lease || Math.abs(now - lease.at) > lapse ? 'claim' : 'yield';
}
