import test from 'node:test';
import assert from 'node:assert/strict';
import {checked, tasks} from '../task.js';

const text = ['Before', '- [ ] one', '  1. [x] two', '> - [X] quoted', '```', '- [ ] code', '````', '- [ ] code still? no', '~~~', '* [ ] fenced', '~~~', '- - [ ] twice', '-[ ] no', '[ ] no', '- []', '10) [ ] ten'].join('\n');

test('lines with a box are found, but for those in code', () => {
  assert.deepEqual(tasks(text).map(({at, done}) => [at, done]), [[1, false], [2, true], [3, true], [7, false], [11, false], [15, false]]);
  assert.deepEqual(tasks(''), []);
});

test('a box is set in its line alone', () => {
  assert.equal(checked('a\n- [ ] b [ ]\n- [x] c', 0, true), 'a\n- [x] b [ ]\n- [x] c');
  assert.equal(checked('a\n- [ ] b\n- [X] c', 1, false), 'a\n- [ ] b\n- [ ] c');
  assert.equal(checked('- [ ] $& $1', 0, true), '- [x] $& $1');
});

test('a line of many marks comes to an end', () => {
  assert.deepEqual(tasks('-  '.repeat(2000)), []);
});
