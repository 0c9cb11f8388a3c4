import test from 'node:test';
import assert from 'node:assert/strict';
import {common, stretched} from '../bulk.js';
import {operations} from '../operation.js';
import {said, words} from '../words.js';

const all = [...'abcdef'], of = set => [...set].sort().join('');

test('a range grows and shrinks from its anchor, and leaves the rest of the selection alone', () => {
  let chosen = stretched(new Set('f'), all, 'b', 'b', 'c');
  assert.equal(of(chosen), 'bcf');
  chosen = stretched(chosen, all, 'b', 'c', 'd');
  assert.equal(of(chosen), 'bcdf');
  chosen = stretched(chosen, all, 'b', 'd', 'c');
  assert.equal(of(chosen), 'bcf');
  chosen = stretched(chosen, all, 'b', 'c', 'a');
  assert.equal(of(chosen), 'abf');
});

test('a range whose anchor has left the list begins where it is sent to', () => {
  assert.equal(of(stretched(new Set('a'), all, 'gone', 'c', 'd')), 'ad');
  assert.equal(of(stretched(new Set('a'), all, 'b', 'gone', 'c')), 'abc');
});

test('stretching does not change what was given', () => {
  const chosen = new Set('a');
  stretched(chosen, all, 'b', 'b', 'c');
  assert.equal(of(chosen), 'a');
});

test('common is what all have, or nothing', () => {
  assert.equal(common(['x', 'x']), 'x');
  assert.equal(common(['x', 'y']), undefined);
  assert.equal(common([undefined, 'x']), undefined);
  assert.equal(common([]), undefined);
});

const records = [['record', 'issue:1'], ['record', 'issue:2'], ['record', 'issue:3']], names = ref => ({'status:9': 'Done', 'label:7': 'bug', 'issue:1': 'ENG-1'})[ref] ?? ref;

test('S77 what is done to several issues is one transaction with an operation each, and one sentence', () => {
  const form = {op: 'set', base: '41', data: [['_base', '41'], ...records, ['status', 'status:9']]};
  const ops = operations(form);
  assert.deepEqual(ops, [1, 2, 3].map(n => ({op: 'set', record: `issue:${n}`, base: 41, set: {status: 'status:9'}})));
  assert.equal(said(ops, names), 'Status changed to Done for 3 issues');
  assert.equal(words(ops, names), 'Set status of ENG-1 to Done and 2 more');
});

test('labels and the trash of several issues', () => {
  const add = operations({op: 'add', field: 'labels', data: [...records, ['add', 'label:7']]});
  assert.deepEqual(add[2], {op: 'add', record: 'issue:3', field: 'labels', value: 'label:7'});
  assert.equal(said(add, names), 'Label bug added for 3 issues');
  const trash = operations({op: 'delete', data: [...records, ['_do', 'trash']]});
  assert.deepEqual(trash[0], {op: 'delete', record: 'issue:1'});
  assert.equal(said(trash, names), '3 issues deleted');
  assert.equal(said(trash.slice(0, 1), names), 'ENG-1 deleted');
});
