import test from 'node:test';
import assert from 'node:assert/strict';
import {createOutbox} from '../queue.js';
import {openStore} from '../store.js';
import {FakeArea, fakeIDB, ids, turn} from './fakes.js';

const scope = 'tandem:acme:me:';

function setup({area = new FakeArea(), idb = fakeIDB(), patience, mint = ids(), now = {at: 0}, wall = () => 1e12, events = []} = {}) {
  const store = openStore({local: () => area, idb: () => idb, patience});
  const box = createOutbox({store, scope, mint, wall, elapsed: () => now.at, epoch: () => 'e1', emit: r => events.push(r)});
  return {area, idb, store, box, now, events, mint};
}
const set = (record, title) => [{op: 'set', record, base: 1, set: {title}}];
const titles = box => box.waiting().map(e => e.ops[0].set?.title);

test('S61 numbering goes on from the greatest number seen, in any tab; one key per transaction', async () => {
  const {area, idb, box, mint} = setup(), other = setup({area, idb, mint}).box;
  await box.add(set('issue:1', 'a'));
  await other.add(set('issue:1', 'b'));
  await box.add(set('issue:1', 'c'));
  assert.deepEqual(titles(other), ['a', 'b', 'c']);
  assert.deepEqual(box.entries().map(e => e.n), [1, 2, 3]);
});

test('S61 two tabs that take the same number at once lose nothing', async () => {
  const {area, box} = setup();
  await box.add(set('issue:1', 'a'));
  const key = box.entries()[0].key;
  area.setItem(key.replace(/\.id-.*/, '.zz-other'), JSON.stringify({...box.entries()[0], key: undefined, id: 'zz-other', ops: set('issue:1', 'b')}));
  assert.deepEqual(titles(box), ['a', 'b']);
});

test('S54 kill -9: what localStorage forgot comes back from IndexedDB, in order, and counts as queued', async () => {
  const {idb, box} = setup();
  for (const t of ['a', 'b', 'c']) await box.add(set('issue:1', t));
  const after = setup({idb, area: new FakeArea()});
  await after.box.start();
  assert.deepEqual(titles(after.box), ['a', 'b', 'c']);
  assert.equal(after.box.client(), box.client(), 'the client id survives, else ids would no longer be unique under it');
  assert.ok(after.box.waiting().every(e => after.box.queued(e.id)));
});

test('S54 the union takes the later state of each; what was removed stays removed', async () => {
  const {idb, area, box} = setup();
  await box.add(set('issue:1', 'a'));
  await box.add(set('issue:1', 'b'));
  const late = new FakeArea();
  for (const e of box.entries()) late.setItem(e.key, area.getItem(e.key)); // the disk's copy, a minute old
  box.drop(box.entries()[1].id);
  box.mark(box.entries()[0].id, {sent: 'e1'});
  await turn();
  const after = setup({idb, area: late});
  await after.box.start();
  assert.equal(after.box.entries().length, 1);
  assert.equal(after.box.entries()[0].sent, 'e1');
});

test('queued: more than 2 s since the user acted, by a clock that cannot jump; S65', async () => {
  let wall = 1e12;
  const {box, now} = setup({wall: () => wall}), e = await box.add(set('issue:1', 'a'));
  wall -= 86400e3;
  assert.equal(box.queued(e.id), false);
  now.at = 2000;
  assert.equal(box.queued(e.id), false);
  now.at = 2001;
  assert.equal(box.queued(e.id), true);
});

test('S57 two offline edits of a text leave one transaction in the place of the first', async () => {
  const {box} = setup(), edit = (from, text) => [{op: 'text', record: 'issue:1', base: 4, field: 'description', from, text}];
  await box.add(edit('A', 'B'));
  await box.add(set('issue:1', 'between'));
  await box.add(edit('B', 'C'));
  assert.deepEqual(box.waiting().map(e => e.ops[0].text ?? e.ops[0].set.title), ['C', 'between']);
  assert.equal(box.waiting()[0].ops[0].from, 'A');
});

test('S59 a refusal keeps the text; retry sends it under a new id at the end', async () => {
  const {box, events} = setup(), e = await box.add(set('issue:1', 'a'));
  await box.add(set('issue:2', 'b'));
  box.finish({id: e.id, status: 'rejected', version: 9, error: {code: 'invalid', text: 'no'}});
  assert.deepEqual(box.counts(), {unsent: 1, failed: 1, kept: true});
  assert.equal(box.failed()[0].ops[0].set.title, 'a');
  assert.deepEqual(events.filter(Boolean).map(r => [r.id, r.records]), [[e.id, ['issue:1']]]);
  await box.retry(e.id, 'better');
  assert.deepEqual(titles(box), ['b', 'better']);
  assert.equal(box.failed().length, 0);
  assert.notEqual(box.waiting()[1].id, e.id);
});

test('S59 an unsent text is edited in place, one that may have arrived by a transaction after it', async () => {
  const {box} = setup(), e = await box.add(set('issue:1', 'a'));
  await box.amend(e.id, 'b');
  assert.deepEqual([titles(box), box.find(e.id).words], [['b'], 'Set title of issue:1 to “b”']);
  box.mark(e.id, {sent: 'e1'});
  await box.amend(e.id, 'c');
  assert.deepEqual(titles(box), ['b', 'c']);
});

test('S58 when a create is refused, what refers to it ends as "not sent: parent refused"; retry brings both', async () => {
  const {box} = setup(), made = await box.add([{op: 'create', record: 'issue:n', set: {title: 'x'}}]);
  await box.add([{op: 'create', record: 'comment:c', set: {issue: 'issue:n', body: 'text'}}]);
  await box.add(set('issue:other', 'stays'));
  box.finish({id: made.id, status: 'rejected', error: {code: 'forbidden', text: 'no'}});
  assert.deepEqual(box.failed().map(e => e.result.error.text), ['no', 'not sent: parent refused']);
  assert.deepEqual(titles(box), ['stays']);
  await box.retry(made.id);
  assert.deepEqual(box.waiting().map(e => e.ops[0].record), ['issue:other', 'issue:n', 'comment:c']);
});

test('S79 undo of a write never sent: both vanish; of one under way: its inverse follows', async () => {
  const {box} = setup(), e = await box.add(set('issue:1', 'a'));
  box.undo(e.id);
  assert.equal(box.entries().length, 0);
  const f = await box.add(set('issue:1', 'b'), {before: {'issue:1': {title: 'old'}}});
  box.mark(f.id, {sent: 'e1'});
  await box.undo(f.id);
  const last = box.waiting().at(-1);
  assert.deepEqual(last.ops, [{op: 'undo', transaction: f.id}]);
  assert.deepEqual(last.shows, [{op: 'set', record: 'issue:1', set: {title: 'old'}}]);
});

test('S79 undo of an unsent create that others need is sent after them, not dropped', async () => {
  const {box} = setup(), e = await box.add([{op: 'create', record: 'issue:n', set: {title: 'x'}}]);
  await box.add([{op: 'create', record: 'comment:c', set: {issue: 'issue:n', body: 't'}}]);
  await box.undo(e.id);
  assert.deepEqual(box.waiting().map(w => w.ops[0].op), ['create', 'create', 'undo']);
});

test('S58 a move behind what was refused goes on without it', async () => {
  const {box} = setup(), e = await box.add([{op: 'create', record: 'issue:n', set: {title: ''}}]);
  const move = await box.add([{op: 'move', record: 'issue:1', after: 'issue:n'}]), edit = await box.add(set('issue:n', 'x'));
  box.finish({id: e.id, status: 'rejected', error: {code: 'invalid'}});
  assert.equal(box.find(edit.id).result.error.code, 'depends');
  assert.equal(box.finish({id: move.id, status: 'applied', version: 2}), true);
});

test('S60 storage denied: nothing is usable and add refuses', async () => {
  const store = openStore({local: () => { throw new DOMException('no', 'SecurityError'); }, idb: () => fakeIDB()});
  await store.ready;
  const box = createOutbox({store, scope, mint: ids()});
  assert.equal(box.usable(), false);
  assert.throws(() => box.add(set('issue:1', 'a')));
  assert.deepEqual(box.counts(), {unsent: 0, failed: 0, kept: false});
});

test('S60 storage full: done entries make room first, then add refuses', async () => {
  const {box} = setup({area: new FakeArea(1900)}), e = await box.add(set('issue:1', 'x'.repeat(600)));
  box.finish({id: e.id, status: 'applied', version: 2});
  await turn();
  await box.add(set('issue:2', 'y'.repeat(600)));
  assert.equal(box.find(e.id), undefined);
  assert.throws(() => box.add(set('issue:3', 'z'.repeat(2000))));
  assert.deepEqual(titles(box).map(t => t[0]), ['y']);
});

test('S60 a write that IndexedDB does not commit is not called kept', async () => {
  const {box} = setup({idb: fakeIDB({broken: true})});
  await assert.rejects(box.add(set('issue:1', 'a')));
});

test('S60 a write while IndexedDB opens late waits in localStorage, is not called kept, and reaches the disk', async () => {
  let opens;
  const idb = fakeIDB({opening: new Promise(resolve => { opens = resolve; })}), {box} = setup({idb, patience: 1});
  await assert.rejects(box.add(set('issue:1', 'a')));
  assert.equal(box.usable(), true);
  assert.deepEqual(titles(box), ['a']);
  opens();
  await turn();
  assert.ok(idb.rows.has(box.entries()[0].key));
});

test('S60 IndexedDB denied: nothing is usable', async () => {
  const {box, store} = setup({idb: fakeIDB({opening: Promise.reject(new DOMException('no', 'SecurityError'))})});
  await store.ready;
  assert.equal(box.usable(), false);
});

test('S63 an entry of another version is kept, failed, and breaks nothing', async () => {
  const {area, box} = setup();
  area.setItem(`${scope}tx:1.old`, '{"v":99,"id":"old","ops":"?"}');
  area.setItem(`${scope}tx:2.bad`, '{not json');
  await box.add(set('issue:1', 'a'));
  assert.deepEqual(box.entries().map(e => e.state), ['failed', 'failed', 'waiting']);
  assert.equal(box.failed()[0].result.error.code, 'update_needed');
  assert.equal(box.failed()[1].raw, '{not json');
  await box.start();
});

test('S62 another user\'s queue is not seen; forget removes one\'s own keys only', async () => {
  const {area, idb, box, store} = setup();
  await box.add(set('issue:1', 'a'));
  area.setItem('tandem:acme:you:tx:1.x', '{}');
  idb.rows.set('tandem:acme:you:tx:1.x', '{}');
  await store.forget(scope);
  assert.equal(box.entries().length, 0);
  assert.equal(area.getItem('tandem:acme:you:tx:1.x'), '{}');
  assert.deepEqual([...idb.rows.keys()], ['tandem:acme:you:tx:1.x']);
});

test('what another tab stored or finished is heard', async () => {
  const {box, events, now} = setup();
  now.at = 5000;
  const entry = {id: 'z', v: 1, rev: 1, ops: set('issue:1', 'a'), state: 'waiting'}, key = `${scope}tx:1.z`;
  box.heard({key, oldValue: null, newValue: JSON.stringify(entry)});
  assert.equal(box.queued('z'), false);
  box.heard({key, oldValue: JSON.stringify(entry), newValue: JSON.stringify({...entry, state: 'done', result: {id: 'z', status: 'applied', version: 3}})});
  assert.deepEqual(events.at(-1), {id: 'z', status: 'applied', version: 3, records: ['issue:1']});
});
