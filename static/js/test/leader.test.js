import assert from 'node:assert/strict';
import {mock, test} from 'node:test';
import {LockRole, unanswered} from '../leader.js';
import {LeaseRole, leaseTurn} from '../lease.js';

class Storage {
  #all = new Map();
  getItem(key) { return this.#all.get(key) ?? null; }
  setItem(key, value) { this.#all.set(key, value); }
  removeItem(key) { this.#all.delete(key); }
}

/** tabs makes roles over one storage; holders lists who runs now. */
function tabs(storage, count) {
  const holders = new Set();
  const made = Array.from({length: count}, (_, i) => new LeaseRole('tandem:acme:1:stream', signal => {
    holders.add(i);
    signal.addEventListener('abort', () => holders.delete(i));
  }, storage));
  return {made, holders};
}

const clock = t => { mock.timers.enable({apis: ['setInterval', 'setTimeout', 'Date'], now: 1e12}); t.after(() => mock.timers.reset()); return ms => { for (let i = 0; i < ms; i += 10) mock.timers.tick(10); }; };

test('S38: of seven tabs without locks one leads', t => {
  const tick = clock(t), {made, holders} = tabs(new Storage(), 7);
  made.forEach(role => role.enlist());
  for (let i = 0; i < 100; i++) { tick(100); assert.ok(holders.size <= 1); }
  assert.equal(holders.size, 1);
  made.forEach(role => role.resign());
  assert.equal(holders.size, 0);
});

test('S61: a leader that resigns is followed within a second, one that dies within four', t => {
  const tick = clock(t), storage = new Storage(), {made, holders} = tabs(storage, 2);
  made[0].enlist();
  tick(200);
  made[1].enlist();
  assert.deepEqual([...holders], [0]);
  made[0].resign();
  tick(1200);
  assert.deepEqual([...holders], [1]);
  storage.setItem('tandem:acme:1:stream:lease', JSON.stringify({tab: 'dead', at: Date.now()}));
  tick(1000);
  assert.deepEqual([...holders], [], 'another took it over');
  tick(4000);
  assert.deepEqual([...holders], [1]);
  made[1].resign();
});

test('a tab that is denied storage leads for itself', t => {
  const tick = clock(t), storage = {getItem() { throw new Error('denied'); }, setItem() { throw new Error('denied'); }, removeItem() { throw new Error('denied'); }};
  const {made, holders} = tabs(storage, 1);
  made[0].enlist();
  tick(10);
  assert.equal(holders.size, 1);
  made[0].resign();
});

test('S65: a lease from a clock that was ahead is free', () => {
  assert.equal(leaseTurn({tab: 'b', at: 86_400_000}, 'a', 1000), 'claim');
  assert.equal(leaseTurn({tab: 'b', at: 900}, 'a', 1000), 'yield');
  assert.equal(leaseTurn({tab: 'a', at: 0}, 'a', 1e9), 'keep');
  assert.equal(leaseTurn(null, 'a', 1), 'claim');
});

test('a holder is dead when a question stays unanswered for 2 s, not when none was asked', () => {
  assert.equal(unanswered(0, 1e12), false);
  assert.equal(unanswered(1000, 2500), false);
  assert.equal(unanswered(1000, 3000), true);
});

test('S61: a lock whose holder does not answer is stolen, and the holder is told', async t => {
  const tick = clock(t), said = [], locks = {
    queue: [], held: null,
    request(key, {steal, signal}, run) {
      return new Promise((done, fail) => {
        const entry = {run, fail, grant: () => { locks.held = entry; Promise.resolve(run()).then(() => { if (locks.held === entry) { locks.held = null; locks.queue.shift()?.grant(); } done(); }); }};
        if (steal) { locks.held?.fail(Object.assign(new Error(), {name: 'AbortError'})); return entry.grant(); }
        signal.addEventListener('abort', () => { locks.queue = locks.queue.filter(one => one !== entry); fail(Object.assign(new Error(), {name: 'AbortError'})); });
        locks.held ? locks.queue.push(entry) : entry.grant();
      });
    },
  };
  const role = name => new LockRole('k', signal => { said.push(`+${name}`); signal.addEventListener('abort', () => said.push(`-${name}`)); }, locks);
  const settle = () => new Promise(done => setImmediate(done));
  const [first, second] = [role('a'), role('b')];
  first.enlist(); second.enlist();
  await settle();
  assert.deepEqual(said, ['+a']);
  for (let i = 0; i < 3; i++) { tick(1000); await settle(); } // no channel here: nothing is answered
  await settle();
  assert.deepEqual(said, ['+a', '+b', '-a']);
  second.resign();
  await settle();
  assert.deepEqual(said, ['+a', '+b', '-a', '-b', '+a'], 'the first had enlisted again');
  first.resign();
  await settle();
});

test('a leader whose work throws gives the role to another, and stands again after a while', async t => {
  const tick = clock(t), said = [], queue = [];
  t.mock.method(console, 'error', () => {});
  let held;
  const grant = () => { held = queue.shift(); held?.run().then(held.done, held.fail).finally(grant); };
  const locks = {request: (key, {signal}, run) => new Promise((done, fail) => {
    queue.push({run: async () => run(), done, fail});
    if (!held) grant();
  })};
  const settle = () => new Promise(done => setImmediate(done));
  const role = (name, throws) => new LockRole('k', async () => { said.push(name); if (throws) throw new Error('the disk is full'); }, locks);
  const [first, second] = [role('a', true), role('b')];
  first.enlist(); second.enlist();
  for (let i = 0; i < 5; i++) await settle();
  assert.deepEqual(said, ['a', 'b']);
  second.resign();
  for (let i = 0; i < 5; i++) await settle();
  assert.deepEqual(said, ['a', 'b'], 'not at once');
  tick(1000);
  for (let i = 0; i < 5; i++) await settle();
  assert.deepEqual(said, ['a', 'b', 'a']);
  first.resign();
});

test('a lease whose holder throws is free for the next one', async t => {
  const tick = clock(t), storage = new Storage(), said = [];
  t.mock.method(console, 'error', () => {});
  const role = new LeaseRole('k', async () => { said.push('a'); throw new Error('the disk is full'); }, storage);
  role.enlist();
  tick(200);
  for (let i = 0; i < 5; i++) await Promise.resolve();
  assert.equal(storage.getItem('k:lease'), null);
  tick(1200);
  assert.deepEqual(said, ['a', 'a'], 'it tries again, not more often than once a second');
  role.resign();
});
