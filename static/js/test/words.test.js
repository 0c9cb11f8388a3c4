import assert from 'node:assert/strict';
import {test} from 'node:test';
import {mine} from '../mine.js';
import {merge, words as state} from '../sync_state.js';
import {nth, step as walk} from '../menu.js';
import {step} from '../drag.js';
import {actions, find} from '../action.js';
import {caption} from '../caption.js';
import {target} from '../cursor.js';
import {offset, words} from '../time.js';

const at = new Date('2026-11-22T10:00:00Z'), after = ms => at.getTime() + ms, minute = 60_000, hour = 60 * minute, day = 24 * hour;

test('times are worded by how long ago they are', () => {
  assert.equal(words(at, after(0)), 'just now');
  assert.equal(words(at, after(-30_000)), 'just now');
  assert.equal(words(at, after(59_000)), 'just now');
  assert.equal(words(at, after(minute)), '1 min ago');
  assert.equal(words(at, after(2 * hour + 59 * minute)), '2 h ago');
  assert.equal(words(at, after(3 * day)), '3 d ago');
  assert.equal(words(at, after(8 * day)), '22 Nov');
  assert.equal(words(at, after(400 * day)), '22 Nov 2026');
});

test('S65: a clock a day fast is set right by the server\'s, a slow answer is not', () => {
  assert.equal(offset(at.getTime(), after(day)), -day);
  assert.equal(offset(at.getTime(), after(20_000)), 0);
});

test('S54: the state says what waits', () => {
  assert.equal(state('live', {}), 'Live');
  assert.equal(state('reconnecting', {}), 'Reconnecting…');
  assert.equal(state('offline', {unsent: 3}), 'Offline – 3 changes waiting');
  assert.equal(state('offline', {unsent: 1}), 'Offline – 1 change waiting');
  assert.equal(state('signed-out', {unsent: 3}), 'Signed out: sign in to send 3 changes');
  assert.equal(state('live', {unsent: 0, failed: 2}), 'Live · 2 not accepted');
});

test('S36, S37: the gravest state counts', () => {
  assert.equal(merge({}, {}), 'live');
  assert.equal(merge({stream: 'reconnecting'}, {}), 'reconnecting');
  assert.equal(merge({stream: 'reconnecting', sender: 'signed-out'}, {}), 'signed-out');
  assert.equal(merge({stream: 'live', sender: 'offline'}, {unsent: 0}), 'live');
  assert.equal(merge({stream: 'live', sender: 'offline'}, {unsent: 1}), 'offline');
  assert.equal(merge({stream: 'offline'}, {kept: false}), 'online-only');
});

test('an author and an admin may use what is for the author', () => {
  assert.ok(mine('member:1', 'member:1'));
  assert.ok(!mine('member:1', 'member:2', 'member'));
  assert.ok(mine('member:1', 'member:2', 'admin'));
});

test('menus are walked round, digits choose', () => {
  assert.deepEqual(['ArrowDown', 'ArrowUp', 'Home', 'End', 'x'].map(key => walk(key, 2, 3)), [0, 1, 0, 2, undefined]);
  assert.equal(walk('ArrowUp', -1, 3), 2);
  const list = [4, 0, 1].map(value => ({name: 'priority', value: String(value)}));
  assert.equal(nth('0', list), list[1]);
  assert.equal(nth('2', [{name: 'status'}, {name: 'status', value: 'b'}]).value, 'b');
  assert.equal(nth('9', list), undefined);
});

test('keys lead over rows and columns', () => {
  const [a, b, c, d] = 'abcd', groups = [[a, b, c], [], [d]];
  assert.equal(target(groups, a, 0, 1), b);
  assert.equal(target(groups, c, 0, 1), c);
  assert.equal(target(groups, c, 1, 0), d, 'over the empty column, to the last row of the shorter one');
  assert.equal(target(groups, d, 1, 0), d);
  assert.equal(target(groups, 'x', 0, 1), undefined);
});

test('a key may do more than one thing, and each has its own words', () => {
  assert.deepEqual(find('ArrowDown'), find('j'));
  assert.deepEqual(find('e').map(({on}) => on), ['edit', 'done']);
  assert.deepEqual(['gi', 'S', 'Mod+k', 'Mod+Shift+z', 'ArrowUp', '?'].map(caption), ['G I', 'Shift S', 'Ctrl K', 'Ctrl Shift Z', '↑', '?']);
  const names = actions.map(({words}) => words);
  assert.equal(new Set(names).size, names.length);
});

test('a card goes one step, or to an end', () => {
  assert.deepEqual([step(0, -1, 3), step(1, -1, 3), step(2, 1, 3), step(3, 1, 3), step(2, -1, 3, true), step(0, 1, 3, true)], [0, 0, 3, 3, 0, 3]);
});
