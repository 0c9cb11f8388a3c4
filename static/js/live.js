// The stream of bumps: the leading tab holds the only EventSource and tells the others what it hears.
import {fire, on, scope, send, tell} from './channel.js';
import {lead} from './leader.js';
import {page} from './page.js';
import {backoff, heard, meaning, read, restarted} from './stream.js';

const silence = 45_000, late = 25_000, patience = 5_000, slow = 30_000, spread = 2_000;

let told; // V up to which this tab has been told
let epoch, newer;

export function install(root) {
  if (root !== document || !scope()) return;
  ({version: told, epoch} = page());
  on('bump', hear);
  on('reset', reset);
  on('access', ({version, lost}) => {
    fire('access', {version, lost});
    hear({version: Math.max(version, told), all: true, force: true, spread: spread / 2}); // whose access ended must not wait for two seconds
  });
  on('hello', ({build}) => {
    if (!build || build === page().build || build === newer) return;
    newer = build; // once, and not all browsers at once
    setTimeout(() => fire('build', {build}), restarted());
  });
  on('at', at => at.epoch === epoch ? hear({version: at.version, all: true}) : reset(at));
  addEventListener('pageshow', event => event.persisted && send('where'));
  lead('stream', signal => { new Stream(signal); });
  send('where');
  if (document.querySelector('[data-presence]')) import('./presence.js').then(({install}) => install(), console.error);
}

function hear(bump) {
  const detail = heard(told, bump);
  if (!detail) return;
  told = Math.max(told, detail.version);
  fire('bump', detail);
}

/** Versions count anew (restored from a backup): whatever is shown is stale. */
function reset(at) {
  ({version: told, epoch} = at);
  document.querySelector('meta[name=tandem-epoch]')?.setAttribute('content', epoch);
  for (const region of document.querySelectorAll('[data-live]')) region.dataset.version = 0;
  fire('bump', heard(0, {version: told, all: true, force: true, spread}));
}

/** Stream is the EventSource of the leading tab, until signal aborts. */
export class Stream {
  #signal; #source; #timer; #watch; #last = 0; #tries = 0; #broken = false; #cursor = told;
  #events = `/${page().workspace}/sync/`;

  constructor(signal) {
    this.#signal = signal;
    signal.addEventListener('abort', () => this.#close());
    addEventListener('online', () => this.#hurry(true), {signal});
    addEventListener('offline', () => this.#lost(), {signal});
    addEventListener('tandem:state', ({detail}) => { if (detail.source !== 'stream' && detail.sync === 'live') this.#hurry(); }, {signal});
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#hurry(); }, {signal});
    on('where', () => { send('at', {epoch, version: this.#cursor}); this.#hurry(); }, {signal});
    try {
      const last = JSON.parse(localStorage.getItem(`${scope()}:cursor`)); // of the leader before
      if (last.epoch === epoch) this.#save(last.version);
    } catch { /* none */ }
    hear({version: this.#cursor, all: true});
    this.#open();
  }

  #open() {
    const source = this.#source = new EventSource(`${this.#events}events?since=${this.#cursor}`);
    for (const type of Object.keys(this.#on)) source.addEventListener(type, event => { if (source === this.#source) this.#take(type, event); });
    source.onerror = () => { if (source === this.#source) this.#lost(); };
    this.#listen();
  }

  #close() {
    clearTimeout(this.#timer);
    clearTimeout(this.#watch);
    this.#source?.close();
    this.#source = null;
  }

  #take(type, event) {
    this.#listen();
    try {
      this.#on[type](read(type, event.data), Number(event.lastEventId));
    } catch (error) {
      console.error(error);
      this.#lost();
      tell('bump', {version: this.#cursor, all: true, force: true});
    }
  }

  #on = {
    hello: (hello, id) => {
      this.#tries = 0;
      this.#say('live');
      if (hello.epoch !== epoch) {
        tell('reset', {epoch: hello.epoch, version: this.#cursor = hello.version});
        this.#save(0);
      } else if (id > this.#cursor) this.#bump({from: this.#cursor, version: id, all: true});
      tell('hello', hello);
    },
    bump: bump => this.#bump(bump),
    access: access => {
      this.#save(access.version);
      tell('access', access);
    },
    presence: presence => tell('presence', presence),
    bye: ({reason}) => {
      if (reason !== 'signed-out') return this.#lost(reason === 'restart' ? restarted() : undefined);
      this.#close();
      this.#say('signed-out');
      this.#wait(slow);
    },
  };

  #bump(bump) {
    if (this.#broken) bump.spread = Math.max(bump.spread || 0, spread);
    this.#broken = false;
    this.#save(bump.version);
    tell('bump', bump);
  }

  #save(version) {
    this.#cursor = Math.max(this.#cursor, version);
    try { localStorage.setItem(`${scope()}:cursor`, JSON.stringify({epoch, version: this.#cursor})); } catch { /* the page's V will do */ }
  }

  #listen() {
    this.#last = Date.now();
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.#lost(), silence);
  }

  /** Tries at once, unless a stream is up that was heard of lately. */
  #hurry(anyway) {
    if (this.#source && !anyway && Date.now() - this.#last < late) return;
    this.#close();
    this.#tries = 0;
    this.#open();
  }

  #lost(delay = backoff(this.#tries++)) {
    this.#close();
    if (!this.#broken) this.#say('reconnecting');
    this.#wait(delay);
  }

  #wait(delay) {
    this.#broken = true;
    this.#timer = setTimeout(() => this.#again(), delay);
  }

  /** Asks what is wrong only now that it is this tab's turn: all tabs lose their node in the same instant. */
  async #again() {
    const timer = this.#timer, status = await this.#probe();
    if (timer !== this.#timer || this.#source || this.#signal.aborted) return; // somebody was in a hurry
    if (status !== 200) this.#say(meaning(status));
    this.#open();
  }

  /** EventSource does not tell why it failed; 0 = no answer. */
  async #probe() {
    const options = {cache: 'no-store', redirect: 'manual', headers: {Accept: 'application/json'}, signal: AbortSignal.timeout(patience)};
    try { return (await fetch(`${this.#events}pull?since=${this.#cursor}&limit=1`, options)).status; } catch { return 0; }
  }

  #say(sync) { fire('state', {source: 'stream', sync, live: sync === 'live'}); }
}
