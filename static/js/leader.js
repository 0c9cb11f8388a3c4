// One tab at a time has a role. A Web Lock gives it; without locks (plain http) a lease in localStorage does.
import {on, scope, send} from './channel.js';

const ask = 1000, silent = 2000;

/** lead calls run(signal) while this tab holds the role `name` of its member and workspace; signal aborts on loss. Returns what resigns for good. */
export function lead(name, run) {
  const ending = new AbortController(), {signal} = ending, key = `${scope()}:${name}`;
  let role;
  const enlist = () => { if (!signal.aborted) role?.enlist(); }, resign = () => role?.resign();
  // A page in the back/forward cache would keep its lock.
  addEventListener('pagehide', resign, {signal});
  document.addEventListener('freeze', resign, {signal});
  addEventListener('pageshow', enlist, {signal});
  document.addEventListener('resume', enlist, {signal});
  if (navigator.locks) { role = new LockRole(key, run); enlist(); }
  else import('./lease.js').then(({LeaseRole}) => { role = new LeaseRole(key, run); enlist(); });
  return () => { ending.abort(); resign(); };
}

/** LockRole is a role by Web Lock; a holder that leaves a question unanswered for 2 s loses it by steal. */
export class LockRole {
  #key; #run; #locks; #try; #leads = false; #asked = 0; #timer;

  constructor(key, run, locks = navigator.locks) {
    this.#key = key;
    this.#run = run;
    this.#locks = locks;
    on(`ask:${key}`, () => this.#leads && send(`here:${key}`));
    on(`here:${key}`, () => { this.#asked = 0; });
  }

  enlist() {
    if (this.#try) return;
    this.#stand({});
    // The timers of hidden tabs are slowed down, but not their messages: a slow asker finds its answer waiting.
    this.#timer = setInterval(() => this.#watch(), ask);
  }

  resign() {
    clearInterval(this.#timer);
    const last = this.#try;
    this.#try = null;
    last?.abort();
  }

  async #stand({steal}) {
    const attempt = this.#try = new AbortController(), {signal} = attempt;
    this.#asked = 0;
    try {
      await this.#locks.request(this.#key, steal ? {steal} : {signal}, () => this.#hold(signal));
    } catch (error) {
      if (error.name !== 'AbortError') await new Promise(done => setTimeout(done, ask));
    }
    attempt.abort(); // it may have been stolen
    if (this.#try === attempt) this.#stand({});
  }

  #hold(signal) {
    if (signal.aborted) return;
    this.#leads = true;
    send(`here:${this.#key}`);
    return new Promise((done, fail) => {
      signal.addEventListener('abort', () => { this.#leads = false; done(); });
      start(this.#run, signal, fail);
    });
  }

  #watch() {
    if (this.#leads) return;
    if (unanswered(this.#asked, Date.now())) {
      const last = this.#try;
      this.#stand({steal: true});
      last.abort();
    } else {
      this.#asked ||= Date.now();
      send(`ask:${this.#key}`);
    }
  }
}

/** unanswered tells whether a holder that was asked at that time (0 = not asked) is to be taken for dead. */
export const unanswered = (asked, now) => asked > 0 && now - asked >= silent;

/** start runs what a holder does; one that throws gives up its role, for a moment. */
export async function start(run, signal, fail) {
  try { await run(signal); } catch (error) { console.error(error); fail(0); }
}
