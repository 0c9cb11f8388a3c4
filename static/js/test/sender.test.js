import test from 'node:test';
import assert from 'node:assert/strict';
import {createOutbox} from '../queue.js';
import {createSender, judge} from '../sender.js';
import {openStore} from '../store.js';
import {FakeArea, fakeIDB, ids} from './fakes.js';

const settle = async () => { for (let i = 0; i < 30; i++) await Promise.resolve(); };

/** A sender with a scripted server and a clock that only the test moves. */
function setup(script = [], area = new FakeArea()) {
  const store = openStore({local: () => area, idb: () => fakeIDB()});
  const again = () => createOutbox({store, scope: 'tandem:acme:me:', mint: ids(), elapsed: () => 0, epoch: () => 'e1'}), box = again();
  const timers = [], sent = [], told = [], pulls = [];
  let now = 0, version = 10, may = true, pulled = 'e2';
  const timer = {
    setTimeout(run, ms) { const t = {run, at: now + ms}; timers.push(t); return t; },
    clearTimeout(t) { const i = timers.indexOf(t); if (i >= 0) timers.splice(i, 1); },
  };
  const applied = body => ({kind: 'results', epoch: body.epoch, results: body.transactions.map(t => ({id: t.id, status: 'applied', version: ++version}))});
  const sender = createSender({box, timer, random: () => 1, allowed: () => may, tell: s => told.push(s), pull: async e => { pulls.push(e); return pulled; },
    answer: async body => { sent.push(body); const next = script.shift() ?? applied; return typeof next === 'function' ? next(body) : next; }});
  const stop = new AbortController();
  return {
    box, again, sender, sent, told, pulls, stop, timers, script, applied,
    start: async () => { sender.run(stop.signal); await settle(); },
    tick: async ms => { const end = now + ms; for (;;) { const next = timers.filter(t => t.at <= end).sort((a, b) => a.at - b.at)[0]; if (!next) break; now = next.at; timer.clearTimeout(next); next.run(); await settle(); } now = end; await settle(); },
    allow: value => { may = value; }, pull: value => { pulled = value; },
    add: (title, ops) => { box.add(ops ?? [{op: 'set', record: 'issue:1', base: 1, set: {title}}]).catch(() => {}); return box.entries().at(-1); },
    titles: i => sent[i].transactions.map(t => t.ops[0].set?.title),
  };
}
const again = {kind: 'again'}, rejected = code => body => ({kind: 'results', epoch: 'e1', results: body.transactions.map(t => ({id: t.id, status: 'rejected', error: {code, text: code}}))});

test('sends what waits, in order, in one request, under the client and epoch', async () => {
  const s = setup();
  s.add('a'); s.add('b');
  await s.start();
  assert.equal(s.sent.length, 1);
  assert.deepEqual(s.titles(0), ['a', 'b']);
  assert.deepEqual([s.sent[0].epoch, s.sent[0].client, s.sent[0].transactions[0].queued], ['e1', s.box.client(), false]);
  assert.equal(s.box.counts().unsent, 0);
});

test('S55 while item 1 waits for its retry, item 2 does not go ahead', async () => {
  const s = setup([again]);
  s.add('a');
  await s.start();
  s.add('b');
  s.sender.kick();
  await settle();
  assert.equal(s.sent.length, 1);
  await s.tick(2000);
  assert.deepEqual(s.titles(1), ['a', 'b']);
  assert.equal(s.sent[1].transactions[0].id, s.sent[0].transactions[0].id);
});

test('S55 when item 1 is refused for good, item 2 goes on', async () => {
  const s = setup([body => ({kind: 'results', epoch: 'e1', results: [{id: body.transactions[0].id, status: 'rejected', error: {code: 'invalid'}}]})]);
  s.add('a'); s.add('b');
  await s.start();
  assert.deepEqual(s.titles(1), ['b']);
  assert.deepEqual(s.box.counts(), {unsent: 0, failed: 1, kept: true});
});

test('S56 retries go on by timer alone, beyond 10 tries and after an hour', async () => {
  const s = setup(Array(10_000).fill(again));
  s.add('a');
  await s.start();
  await s.tick(3600e3);
  assert.ok(s.sent.length > 100 && s.sent.length < 200, `${s.sent.length} tries in an hour`);
  s.script.length = 0;
  await s.tick(30e3);
  assert.equal(s.box.counts().unsent, 0);
});

test('S56 the pauses grow to their cap and shrink after a sign of life', async () => {
  const s = setup(Array(20).fill(again));
  s.add('a');
  await s.start();
  await s.tick(2000 + 4000 + 8000 + 16000);
  assert.equal(s.sent.length, 5);
  s.sender.kick(true);
  await settle();
  assert.equal(s.sent.length, 6);
  await s.tick(2000);
  assert.equal(s.sent.length, 7);
});

test('S57 two edits of one field go out in order, both applied', async () => {
  const s = setup();
  s.add('B'); s.add('C');
  await s.start();
  assert.deepEqual(s.titles(0), ['B', 'C']);
  assert.deepEqual(s.box.entries().map(e => e.state), ['done', 'done']);
});

test('S58 a refused create takes along what depends on it, also what was not in its request', async () => {
  const s = setup([rejected('forbidden')]);
  s.add('', [{op: 'create', record: 'issue:n', set: {title: 'x'}}]);
  await s.start();
  assert.equal(s.box.counts().failed, 1);
  const t = setup([body => { t.add('', [{op: 'create', record: 'comment:c', set: {issue: 'issue:n', body: 'b'}}]); return rejected('forbidden')(body); }]);
  t.add('', [{op: 'create', record: 'issue:n', set: {title: 'x'}}]);
  await t.start();
  assert.deepEqual(t.box.failed().map(e => e.result.error.code), ['forbidden', 'depends']);
  assert.equal(t.sent.length, 1);
});

test('S59 a conflict goes to the tray with its values', async () => {
  const conflicts = [{record: 'issue:1', field: 'title', base: 'o', mine: 'a', theirs: 't', version: 12}];
  const s = setup([body => ({kind: 'results', epoch: 'e1', results: [{id: body.transactions[0].id, status: 'conflict', version: 12, conflicts}]})]);
  s.add('a');
  await s.start();
  assert.deepEqual(s.box.failed()[0].result.conflicts, conflicts);
  s.box.retry(s.box.failed()[0].id).catch(() => {});
  s.sender.kick();
  await settle();
  assert.equal(s.sent[1].transactions[0].ops[0].base, 12);
});

test('401 pauses until sign-in and loses nothing', async () => {
  const s = setup([{kind: 'signed-out'}]);
  s.add('a');
  await s.start();
  assert.deepEqual(s.told, ['signed-out']);
  await s.tick(59e3);
  assert.equal(s.sent.length, 1);
  s.sender.kick(true);
  await settle();
  assert.deepEqual(s.told, ['signed-out', 'live']);
  assert.equal(s.box.counts().unsent, 0);
});

test('S62 nothing is sent once another user is signed in', async () => {
  const s = setup();
  s.allow(false);
  s.add('a');
  await s.start();
  await s.tick(3600e3);
  assert.equal(s.sent.length, 0);
  s.allow(true);
  s.sender.kick();
  await settle();
  assert.equal(s.sent.length, 1);
});

test('S21 409 epoch: what was never sent goes out, what was sent unanswered is put to the user first', async () => {
  const s = setup([again, {kind: 'epoch'}]);
  s.add('sent');
  await s.start();
  s.add('new');
  await s.tick(2000);
  assert.deepEqual(s.pulls, ['e1']);
  assert.deepEqual(s.box.failed().map(e => [e.ops[0].set.title, e.result.error.code]), [['sent', 'epoch']]);
  assert.deepEqual([s.titles(2), s.sent[2].epoch], [['new'], 'e2']);
  assert.equal(s.box.counts().unsent, 0);
});

test('S21 409 epoch while the pull does not come: waits, changes nothing', async () => {
  const s = setup([{kind: 'epoch'}, {kind: 'epoch'}]);
  s.pull(null);
  s.add('a');
  await s.start();
  s.pull('e2');
  await s.tick(2000);
  assert.equal(s.sent[2]?.epoch, 'e2');
  assert.equal(s.box.counts().unsent, 0);
  assert.equal(s.box.counts().failed, 0, 'a 409 applied nothing');
});

test('413 sends fewer; a lone one refused by us goes to the tray, by a proxy it stays', async () => {
  const large = {kind: 'large'}, s = setup([large, large]);
  for (const t of 'abcd') s.add(t);
  await s.start();
  assert.deepEqual(s.sent.map(b => b.transactions.length).slice(0, 3), [4, 2, 1]);
  assert.equal(s.box.counts().unsent, 0);
  const t = setup([{kind: 'large', problem: {code: 'too_large', text: 'x'}}]);
  t.add('a');
  await t.start();
  assert.equal(t.box.failed()[0].result.error.code, 'too_large');
  const u = setup([large, large]);
  u.add('a');
  await u.start();
  assert.deepEqual(u.box.counts(), {unsent: 1, failed: 0, kept: true});
});

test('another 4xx that repeats: one by one, and only what is refused alone as our problem goes to the tray', async () => {
  const no = {kind: 'refused', problem: {code: 'malformed', text: 'no'}};
  const s = setup([no, no, body => body.transactions[0].ops[0].set.title === 'a' ? no : s.applied(body)]);
  s.add('a'); s.add('b');
  await s.start();
  await s.tick(10e3);
  assert.deepEqual(s.sent.map(b => b.transactions.length), [2, 2, 1, 1]);
  assert.deepEqual(s.box.failed().map(e => e.ops[0].set.title), ['a']);
  assert.equal(s.box.counts().unsent, 0);
  const t = setup(Array(50).fill({kind: 'refused'}));
  t.add('a');
  await t.start();
  await t.tick(600e3);
  assert.deepEqual(t.box.counts(), {unsent: 1, failed: 0, kept: true});
});

test('S53 400 edits: batches of at most 200, one under way', async () => {
  const s = setup();
  for (let i = 0; i < 400; i++) s.add(`t${i}`);
  await s.start();
  assert.deepEqual(s.sent.map(b => b.transactions.length), [200, 200]);
  assert.deepEqual(s.sent.flatMap((_, i) => s.titles(i)), Array.from({length: 400}, (_, i) => `t${i}`));
});

test('a batch stays below 1 MiB', async () => {
  const s = setup();
  for (let i = 0; i < 6; i++) s.add('é'.repeat(150_000) + i);
  await s.start();
  assert.ok(s.sent.length >= 2 && s.sent.every(b => Buffer.byteLength(JSON.stringify(b)) <= 1 << 20));
});

test('an answer that tells of none of ours is tried again with a pause', async () => {
  const s = setup([{kind: 'results', epoch: 'e1', results: []}]);
  s.add('a');
  await s.start();
  assert.equal(s.sent.length, 1);
  await s.tick(2000);
  assert.equal(s.box.counts().unsent, 0);
});

test('S61 a tab that loses the role sends nothing more', async () => {
  const s = setup([again]);
  s.add('a');
  await s.start();
  s.stop.abort();
  await s.tick(600e3);
  assert.equal(s.sent.length, 1);
});

test('queued goes true for what waited', async () => {
  const store = openStore({local: () => new FakeArea(), idb: () => fakeIDB()});
  let at = 0;
  const box = createOutbox({store, scope: 'x:', mint: ids(), elapsed: () => at});
  box.add([{op: 'delete', record: 'issue:1'}]).catch(() => {});
  at = 2500;
  const bodies = [], stop = new AbortController(), sender = createSender({box, pull: async () => null, answer: async b => { bodies.push(b); stop.abort(); return again; }});
  await sender.run(stop.signal);
  assert.equal(bodies[0].transactions[0].queued, true);
});

const response = (status, type, body, headers = {}) => ({status, headers: new Headers({...type && {'Content-Type': type}, ...headers}), json: async () => JSON.parse(body)});

for (const [name, given, kind] of [
  ['results', response(200, 'application/json', '{"epoch":"e","results":[]}'), 'results'],
  ['S66 a captive portal: 200 with HTML', response(200, 'text/html', '<html>'), 'again'],
  ['S66 a redirect', {...response(0), type: 'opaqueredirect'}, 'again'],
  ['S66 JSON of somebody else', response(200, 'application/json', '{"ok":true}'), 'again'],
  ['broken JSON', response(200, 'application/json', '{'), 'again'],
  ['401', response(401, 'application/problem+json', '{"code":"signed_out"}'), 'signed-out'],
  ['S62 client_taken', response(403, 'application/problem+json', '{"code":"client_taken"}'), 'signed-out'],
  ['409 epoch', response(409, 'application/problem+json', '{"code":"epoch"}'), 'epoch'],
  ['409 of a proxy', response(409, 'text/plain', ''), 'refused'],
  ['413', response(413), 'large'],
  ['408', response(408), 'again'], ['425', response(425), 'again'], ['429', response(429), 'again'], ['500', response(500), 'again'], ['503', response(503), 'again'],
  ['400 malformed', response(400, 'application/problem+json', '{"code":"malformed","detail":"d"}'), 'refused'],
]) test(`judge: ${name} = ${kind}`, async () => assert.equal((await judge(given)).kind, kind));

test('judge: Retry-After is honoured', async () => assert.equal((await judge(response(429, '', '', {'Retry-After': '7'}))).after, 7000));

/** full is a disk that takes nothing more from now on, however little. */
const full = area => { area.room = 0; };

test('S60 a disk that is full stops no sending: what cannot be marked is sent all the same', async () => {
  const area = new FakeArea(), s = setup([again], area);
  s.add('a'); s.add('b');
  full(area);
  await s.start();
  assert.deepEqual(s.titles(0), ['a', 'b']);
  await s.tick(2000);
  assert.deepEqual(s.titles(1), ['a', 'b']);
  assert.deepEqual(s.box.counts(), {unsent: 0, failed: 0, kept: true});
  assert.equal(s.box.entries().filter(e => e.state === 'done').length, 2, 'pages behind are painted still');
});

test('S60 a conflict that the disk has no room for is in the tray of this page, and met again after a reload', async () => {
  const area = new FakeArea(), mine = 'mine '.repeat(100);
  const conflict = body => ({kind: 'results', epoch: 'e1', results: body.transactions.map(({id}) => ({id, status: 'conflict', conflicts: [{record: 'issue:1', field: 'title', mine, theirs: mine, base: mine}]}))});
  const s = setup([conflict], area);
  s.add(mine);
  full(area);
  await s.start();
  assert.deepEqual(s.box.counts(), {unsent: 0, failed: 1, kept: true});
  assert.equal(s.box.failed()[0].result.conflicts[0].theirs, mine);
  assert.equal(s.again().waiting()[0].ops[0].set.title, mine, 'the text is on the disk, to be sent again');
  s.box.drop(s.box.failed()[0].id);
  assert.deepEqual(s.box.entries(), []);
});

test('S60 done writes of another workspace make room for the state of this one', async () => {
  const area = new FakeArea(), s = setup([], area), other = 'tandem:other:me:tx:1.x';
  area.setItem(other, JSON.stringify({id: 'x', state: 'done', ops: [], raw: 'x'.repeat(500)}));
  area.setItem('tandem:other:me:tx:2.y', JSON.stringify({id: 'y', state: 'waiting', ops: []}));
  s.add('a');
  area.room = [...Array(area.length).keys()].reduce((n, i) => n + area.key(i).length + area.getItem(area.key(i)).length, 0);
  await s.start();
  assert.equal(area.getItem(other), null);
  assert.ok(area.getItem('tandem:other:me:tx:2.y'), 'what waits there stays');
  assert.equal(s.again().entries()[0].state, 'done');
});

test('S60 an epoch that cannot be written down is known all the same', async () => {
  const area = new FakeArea(), s = setup([{kind: 'epoch'}], area);
  s.add('a');
  full(area);
  await s.start();
  assert.deepEqual([s.sent.length, s.sent[1].epoch], [2, 'e2']);
  assert.equal(s.box.counts().unsent, 0);
});
