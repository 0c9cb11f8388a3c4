import test from 'node:test';
import assert from 'node:assert/strict';
import {apart, done, ticked} from '../task.js';

const text = '- [ ] one\n  1. [x] two\n> - [X] quoted\n- - [ ] twice\n-[ ] no\n[ ] no\n10) [ ] ten';

test('a line has a box or none', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 6, 7].map(line => done(text, line)), [false, true, true, false, undefined, undefined, false, undefined]);
  assert.equal(done('-  '.repeat(2000), 0), undefined, 'and many marks come to an end');
});

test('a box is ticked in its line alone', () => {
  assert.equal(ticked('a\n- [ ] b [ ]\n- [x] c', 1, true), 'a\n- [x] b [ ]\n- [x] c');
  assert.equal(ticked('a\n- [ ] b\n- [X] c', 2, false), 'a\n- [ ] b\n- [ ] c');
  assert.equal(ticked('- [ ] $& $1', 0, true), '- [x] $& $1');
});

test('texts differ by their boxes alone, or by more', () => {
  assert.deepEqual(apart('- [ ] a\nb\n- [x] c', '- [x] a\nb\n- [ ] c'), [0, 2]);
  assert.deepEqual(apart('same', 'same'), []);
  for (const other of ['- [ ] a\nB', '- [x] A\nb', '- [x] a', 'a\nb']) assert.equal(apart('- [ ] a\nb', other), undefined, other);
});
