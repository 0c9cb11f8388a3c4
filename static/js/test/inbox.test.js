import assert from 'node:assert/strict';
import {test} from 'node:test';
import {unread} from '../inbox.js';

test('unread tells whether the inbox has the issue of a page as unread', () => {
  assert.ok(unread('issue:1', 'member:9 issue:2 issue:1'));
  assert.ok(!unread('issue:1', 'member:9 issue:12'));
  assert.ok(!unread('issue:1', undefined));
  assert.ok(!unread(undefined, 'member:9 issue:1'));
});
