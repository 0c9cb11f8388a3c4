import test from 'node:test';
import assert from 'node:assert/strict';
import {folded, laid} from '../overlay.js';
import {answers, filters, stays} from '../membership.js';
import {newest, uploading} from '../drafts.js';
import {exported, reason, unsaid} from '../tray.js';

const op = n => ({op: 'set', record: `issue:${n}`, set: {}});

test('an operation is laid until the region has reached its result', () => {
  const entries = [{id: 'a', state: 'done', result: {version: 57}, ops: [op(1)]}, {id: 'b', state: 'waiting', ops: [op(2)]}, {id: 'c', state: 'failed', ops: [op(3)]}];
  assert.deepEqual(laid(entries, 56).map(o => [o.id, o.pending]), [['a', false], ['b', true]]);
  assert.deepEqual(laid(entries, 57).map(o => o.id), ['b']);
});

test('S53 many edits of one record are laid as one, the last of each field; others keep their order', () => {
  const move = (record, status, more) => ({op: 'move', record, set: {status}, ...more}), set = (record, set, more) => ({op: 'set', record, set, ...more});
  assert.deepEqual(folded([move('a', 1, {before: 'b', pending: true}), set('b', {title: 'B'}), move('a', 2), set('a', {priority: 3}), {op: 'add', record: 'a'}, set('a', {priority: 4})]), [
    set('b', {title: 'B'}), {...move('a', 2), set: {status: 2, priority: 3}, pending: true}, {op: 'add', record: 'a'}, set('a', {priority: 4})]);
  const [one] = folded([move('a', 1, {before: 'b'}), set('a', {priority: 3})]);
  assert.deepEqual([one.before, one.set], ['b', {status: 1, priority: 3}]);
});

test('an undo shows its inverse until the server says', () => {
  assert.deepEqual(laid([{id: 'u', state: 'waiting', ops: [{op: 'undo', transaction: 'a'}], shows: [op(1)]}], 0).map(o => o.op), ['set']);
});

test('filters of a list: OR within a field, each minus by itself', () => {
  const f = filters('/acme/f/team/ENG?f=status:todo&f=status:in-progress&f=-label:bug&view=list');
  assert.equal(f.length, 3);
  assert.ok(stays(f, 'status', answers('status:1', 'In Progress')));
  assert.ok(!stays(f, 'status', answers('status:2', 'Done')));
  assert.ok(stays(f, 'priority', answers('priority:1', 'High')));
  assert.ok(!stays(f, 'label', answers('label:1', 'Bug')));
});

test('none, me and ids are names of values too', () => {
  assert.deepEqual(answers(null, ''), ['none']);
  assert.deepEqual(answers('member:', 'No assignee'), ['none']);
  assert.deepEqual(answers('member:7', 'Ann Lee', 'member:7'), ['7', 'ann-lee', 'me']);
});

test('a draft comes back unless it says what is there', () => {
  assert.equal(newest({text: 'a'}, 'a'), null);
  assert.equal(newest(undefined, 'a'), null);
  assert.equal(newest({text: ''}, 'a').text, '');
});

test('a draft is kept without the mark of a file on its way, and with all else', () => {
  const sign = '![Uploading login (1).png (12)…]()';
  assert.equal(`a ${sign}${sign} b`.replace(uploading, ''), 'a  b');
  for (const text of ['![Uploading…]()', '![Uploading a (1)…](/b)', '[Uploading a (1)…]()']) assert.equal(text.replace(uploading, ''), text);
});

test('S59 the tray says why, and exports everything', () => {
  assert.equal(reason({result: {error: {code: 'invalid', text: 'Too long.', fields: {title: 'At most 512.'}}}}), 'Too long. At most 512.');
  assert.equal(reason({result: {conflicts: [{field: 'title'}]}}), 'Someone else changed title meanwhile.');
  assert.equal(JSON.parse(exported([{id: 'a', words: 'w', at: 0, state: 'failed', ops: [op(1)]}]))[0].ops[0].record, 'issue:1');
});

test('S62 what signing out would lose is said in words, and drafts are in the file', () => {
  assert.equal(unsaid(1, 0), '1 unsent change');
  assert.equal(unsaid(2, 1), '2 unsent changes and 1 draft');
  assert.equal(unsaid(0, 3), '3 drafts');
  assert.deepEqual(JSON.parse(exported([], [{of: 'comment:/body', at: 0, text: 'Long.'}])), [{state: 'draft', of: 'comment:/body', at: '1970-01-01T00:00:00.000Z', text: 'Long.'}]);
});
