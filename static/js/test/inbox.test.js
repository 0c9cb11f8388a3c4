import assert from 'node:assert/strict';
import {test} from 'node:test';
import {unread} from '../inbox.js';

test('unread finds the issues of a page that the inbox has as unread', () => {
  assert.deepEqual(unread('issue:1 vocabulary', 'member:9 issue:2 issue:1'), ['1']);
  assert.deepEqual(unread('issue:1 vocabulary', 'member:9 issue:12'), []);
  assert.deepEqual(unread('issue:1', undefined), []);
  assert.deepEqual(unread(undefined, 'issue:1'), []);
  assert.deepEqual(unread('vocabulary', 'vocabulary'), []);
});
