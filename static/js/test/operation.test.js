import test from 'node:test';
import assert from 'node:assert/strict';
import {amended, mentions, operations, reworded, text, until} from '../operation.js';
import {followed, inverse, rebased, steps} from '../steps.js';
import {said, words} from '../words.js';
import {uuid7} from '../ids.js';
import {ids} from './fakes.js';

const status = 'status:0198a000-0000-7000-8000-000000000001', issue = 'issue:0198a000-0000-7000-8000-000000000002';
const names = ref => ({[status]: 'Done', [issue]: 'ENG-12', 'priority:2': 'High', 'label:1': 'bug', u1: 'Set status of ENG-12 to Done'})[ref] ?? ref;

test('set: numbers, null for empty, texts as they are, ours left out', () => {
  const data = [['_base', '57'], ['_tx', 'x'], ['status', status], ['priority', '2'], ['assignee', ''], ['title', ''], ['estimate', ''], ['due', '']];
  assert.deepEqual(operations({op: 'set', record: issue, base: '57', data}, ids()),
    [{op: 'set', record: issue, base: 57, set: {status, priority: 2, assignee: null, title: '', estimate: null, due: null}}]);
});

test('create: mints the id of a bare kind, keeps sets as sorted arrays, leaves out what is absent', () => {
  const data = [['team', 'team:1'], ['title', 'Fix'], ['description', ''], ['assignee', ''], ['labels', 'label:b'], ['labels', 'label:a'], ['labels', 'label:b']];
  assert.deepEqual(operations({op: 'create', record: 'issue', data}, ids()),
    [{op: 'create', record: 'issue:id-0001', set: {team: 'team:1', title: 'Fix', description: '', labels: ['label:a', 'label:b']}}]);
});

test('S64 values come through byte for byte', () => {
  const title = '2024-01-01T00:00:00Z', body = `emoji 👩‍👩‍👧 \u0001\u001f </script> $& $$ "\\ ${'x'.repeat(100_000)}\n\r`;
  const [op] = operations({op: 'create', record: 'issue', data: [['title', title], ['description', body]]}, ids());
  const back = JSON.parse(JSON.stringify(op));
  assert.equal(back.set.title, title);
  assert.equal(back.set.description, body);
});

test('text: base and from are those of the first keystroke', () => {
  assert.deepEqual(operations({op: 'text', record: issue, base: '41', field: 'description', from: 'old', data: [['description', 'new']]}, ids()),
    [{op: 'text', record: issue, base: 41, field: 'description', from: 'old', text: 'new'}]);
});

test('add and remove repeat; move leaves out what is empty; delete, restore, undo', () => {
  assert.deepEqual(operations({op: 'add', record: issue, field: 'labels', data: [['add', 'label:1'], ['add', 'label:2'], ['remove', 'label:3']]}, ids()), [
    {op: 'add', record: issue, field: 'labels', value: 'label:1'}, {op: 'add', record: issue, field: 'labels', value: 'label:2'},
    {op: 'remove', record: issue, field: 'labels', value: 'label:3'}]);
  assert.deepEqual(operations({op: 'move', record: issue, data: [['status', status], ['before', ''], ['after', 'issue:9']]}, ids()),
    [{op: 'move', record: issue, set: {status}, after: 'issue:9'}]);
  for (const [name, value, set] of [['priority', 'priority:2', {priority: 2}], ['assignee', 'member:', {assignee: null}], ['assignee', 'member:7', {assignee: 'member:7'}]])
    assert.deepEqual(operations({op: 'move', record: issue, data: [[name, value]]}, ids()), [{op: 'move', record: issue, set}]);
  assert.deepEqual(operations({op: 'move', record: issue, data: [['status', ''], ['before', 'issue:9']]}, ids()), [{op: 'move', record: issue, before: 'issue:9'}]);
  assert.deepEqual(operations({op: 'delete', record: issue, data: []}, ids()), [{op: 'delete', record: issue}]);
  assert.deepEqual(operations({op: 'undo', data: [['transaction', 'u1']]}, ids()), [{op: 'undo', transaction: 'u1'}]);
});

test('S77 a bulk edit is one transaction', () => {
  const ops = operations({op: 'set', base: '5', data: [['record', 'issue:1'], ['record', 'issue:2'], ['priority', '1']]}, ids());
  assert.deepEqual(ops.map(op => [op.record, op.set]), [['issue:1', {priority: 1}], ['issue:2', {priority: 1}]]);
});

test('words say what was done', () => {
  const say = op => words([op], names);
  assert.equal(say({op: 'set', record: issue, set: {status}}), 'Set status of ENG-12 to Done');
  assert.equal(say({op: 'set', record: issue, set: {priority: 2}}), 'Set priority of ENG-12 to High');
  assert.equal(say({op: 'set', record: issue, set: {assignee: null}}), 'Clear assignee of ENG-12');
  assert.equal(say({op: 'create', record: 'comment:1', set: {issue, body: 'Hello'}}), 'Comment on ENG-12: “Hello”');
  assert.equal(say({op: 'add', record: issue, field: 'labels', value: 'label:1'}), 'Add label bug to ENG-12');
  assert.equal(say({op: 'move', record: issue, set: {status}}), 'Move ENG-12 to Done');
  assert.equal(say({op: 'undo', transaction: 'u1'}), 'Undo “Set status of ENG-12 to Done”');
  assert.equal(words([{op: 'delete', record: issue}, {op: 'delete', record: 'issue:2'}], names), 'Delete ENG-12 and 1 more');
  assert.equal(said([{op: 'set', record: issue, set: {status}}], names), 'Status changed to Done');
  assert.equal(said([{op: 'set', record: issue, set: {title: 'priority:2'}}], names), 'Title changed to “priority:2”');
  assert.equal(said([{op: 'create', record: 'comment:1', set: {issue, body: ''}}], names), '');
});

test('S57 a text that was typed on top of one\'s own earlier one replaces it unsent, and starts from it when under way', () => {
  const op = (from, to) => ({op: 'text', record: issue, base: 4, field: 'description', from, text: to});
  const earlier = {id: 'a', state: 'waiting', ops: [{...op('A', 'B'), base: 3}]};
  assert.deepEqual(followed([op('B', 'C')], [earlier]), {ops: [{...op('A', 'C'), base: 3}], replaces: earlier});
  assert.deepEqual(followed([op('B', 'C')], [{...earlier, sent: 'e'}]), {ops: [op('B', 'C')]});
  assert.deepEqual(followed([op('B', 'C')], [{...earlier, state: 'done'}]), {ops: [op('B', 'C')]});
  assert.deepEqual(followed([op('A', 'C')], [{...earlier, state: 'failed'}]), {ops: [op('A', 'C')]});
});

test('a text that began before another tab saved its own keeps what it began from, to be merged with that', () => {
  const op = (from, to) => ({op: 'text', record: issue, base: 4, field: 'description', from, text: to});
  const other = {id: 'a', state: 'waiting', ops: [op('A', 'B')]};
  for (const state of [{}, {sent: 'e'}, {state: 'done'}]) assert.deepEqual(followed([op('A', 'C')], [{...other, ...state}]), {ops: [op('A', 'C')]});
});

test('S69 retry of a conflict carries theirs as base and from', () => {
  const ops = [{op: 'text', record: issue, base: 4, field: 'description', from: 'a', text: 'mine'}, {op: 'set', record: issue, base: 4, set: {status}}];
  assert.deepEqual(rebased(ops, [{record: issue, field: 'description', theirs: 'theirs', version: 9}]), [{...ops[0], base: 9, from: 'theirs'}, ops[1]]);
});

test('S76 S79 undo and redo walk one\'s own steps', () => {
  const e = (id, target, state = 'done') => ({id, state, ops: [target ? {op: 'undo', transaction: target} : {op: 'set'}]});
  assert.deepEqual(steps([e('a'), e('b')]), {undo: ['a', 'b'], redo: []});
  assert.deepEqual(steps([e('a'), e('b'), e('ub', 'b')]), {undo: ['a'], redo: ['ub']});
  assert.deepEqual(steps([e('a'), e('b'), e('ub', 'b'), e('r', 'ub')]), {undo: ['a', 'r'], redo: []});
  assert.deepEqual(steps([e('a'), e('b'), e('ub', 'b'), e('ua', 'a'), e('r', 'ua')]), {undo: ['r'], redo: ['ub']});
  assert.deepEqual(steps([e('a'), e('ua', 'a'), e('c')]), {undo: ['c'], redo: []});
});

test('S78 a step whose undo was refused is gone', () => {
  assert.deepEqual(steps([{id: 'a', state: 'done', ops: [{op: 'set'}]}, {id: 'ua', state: 'failed', ops: [{op: 'undo', transaction: 'a'}]}]), {undo: [], redo: []});
});

test('inverse, mentions, text and reworded', () => {
  assert.deepEqual(inverse([{op: 'set', record: issue, set: {status}}], {[issue]: {status: 'status:old'}}), [{op: 'set', record: issue, set: {status: 'status:old'}}]);
  assert.deepEqual(inverse([{op: 'delete', record: issue}]), [{op: 'restore', record: issue}]);
  assert.ok(mentions([{op: 'create', record: 'comment:1', set: {issue}}], issue));
  assert.ok(!mentions([{op: 'set', record: 'issue:3', set: {}}], issue));
  const ops = [{op: 'create', record: 'comment:1', set: {issue, body: 'one'}}];
  assert.equal(text(ops), 'one');
  assert.equal(text(reworded(ops, 'two')), 'two');
  assert.equal(ops[0].set.body, 'one');
});

test('S59 what may have arrived is changed by one more operation on top', () => {
  assert.deepEqual(amended([{op: 'create', record: 'comment:1', set: {issue, body: 'one'}}], 'two'), [{op: 'text', record: 'comment:1', base: 0, field: 'body', from: 'one', text: 'two'}]);
  assert.deepEqual(amended([{op: 'text', record: issue, base: 7, field: 'description', from: 'a', text: 'b'}], 'c'), [{op: 'text', record: issue, base: 0, field: 'description', from: 'b', text: 'c'}]);
  assert.deepEqual(amended([{op: 'set', record: issue, base: 7, set: {title: 'a', priority: 1}}], 'b'), [{op: 'set', record: issue, base: 0, set: {title: 'b'}}]);
});

test('ids are UUIDv7 without crypto.randomUUID', () => {
  const id = uuid7(0x0198a0b1c2d3, bytes => bytes.fill(0xff));
  assert.equal(id, '0198a0b1-c2d3-7fff-bfff-ffffffffffff');
});

test('an issue is declined with a word about why, or without', () => {
  const form = why => ({op: 'set', record: issue, base: '7', data: [['status', 'status:9'], ['comment', why]]});
  assert.deepEqual(operations(form(''), ids()), [{op: 'set', record: issue, base: 7, set: {status: 'status:9'}}]);
  const [closed, said] = operations(form('We dropped this.'), ids());
  assert.deepEqual(closed.set, {status: 'status:9'});
  assert.deepEqual([said.op, said.set], ['create', {issue, body: 'We dropped this.'}]);
  assert.match(said.record, /^comment:/);
});

test('an issue sleeps until a time of this very moment', () => {
  const now = new Date(2026, 10, 22, 22, 30), at = word => until(word, new Date(now));
  assert.equal(at('later'), new Date(2026, 10, 23, 1, 30).toISOString());
  assert.equal(at('tomorrow'), new Date(2026, 10, 23, 9).toISOString());
  assert.equal(at('week'), new Date(2026, 10, 23, 9).toISOString());
  assert.equal(until('week', new Date(2026, 10, 23, 8)), new Date(2026, 10, 30, 9).toISOString());
  assert.equal(at('activity'), '9999-01-01T00:00:00Z');
  assert.equal(at(''), null);
});
