import assert from 'node:assert/strict';
import {test} from 'node:test';
import {backoff, heard, meaning, read} from '../stream.js';

const bump = (from, version, more = {}) => ({from, version, records: ['issue:1'], topics: ['team:1'], ...more});

test('S33: a bump that goes on from where the tab was told names only its keys', () => {
  assert.deepEqual(heard(57, bump(57, 58)), {from: 57, version: 58, records: ['issue:1'], topics: ['team:1'], all: false, force: false, spread: 0});
});

test('S33: a tab that is behind `from` takes everything that lies between for stale', () => {
  const detail = heard(50, bump(57, 58));
  assert.equal(detail.all, true);
  assert.equal(detail.from, 50);
});

test('a bump that is known already is not heard again, a forced one is', () => {
  assert.equal(heard(58, bump(57, 58)), null);
  assert.equal(heard(59, bump(57, 58)), null);
  assert.equal(heard(59, bump(57, 58, {force: true})).force, true);
});

test('S41: unknown members are ignored', () => {
  const got = read('bump', JSON.stringify({...bump(1, 2), later: {x: 1}, spread: 300}));
  assert.deepEqual(got, {from: 1, version: 2, records: ['issue:1'], topics: ['team:1'], all: false, spread: 300});
  assert.equal(read('hello', '{"epoch":"e","version":3,"mood":"fine"}').version, 3);
});

test('S41: a malformed event throws, so that no half of it is applied', () => {
  for (const [type, text] of [
    ['bump', '{"from":1,'], ['bump', 'null'], ['bump', '[]'], ['bump', '{"version":2}'], ['bump', '{"from":1,"version":"2"}'],
    ['bump', '{"from":1,"version":2,"records":"issue:1"}'], ['bump', '{"from":1,"version":2,"topics":[1]}'], ['bump', '{"from":-1,"version":2}'],
    ['hello', '{"version":3}'], ['hello', '{"epoch":"e"}'], ['access', '{}'], ['bye', 'x'],
  ]) assert.throws(() => read(type, text), undefined, `${type} ${text}`);
});

test('a bump may leave out what it has none of', () => {
  assert.deepEqual(read('bump', '{"from":1,"version":2,"all":true,"records":null}'), {from: 1, version: 2, records: [], topics: [], all: true, spread: 0});
});

test('S37: the backoff grows, has jitter and stays below 30 s', () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 20, 2000].map(tries => backoff(tries, 0)), [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  assert.equal(backoff(3, 1), 4000);
  for (let i = 0; i < 200; i++) assert.ok(backoff(i) <= 30_000 && backoff(i) >= 500);
  assert.notEqual(new Set(Array.from({length: 20}, () => backoff(5))).size, 1);
});

test('S37: 401 means signed out, no answer offline, anything else a server that will come', () => {
  assert.deepEqual([401, 0, 502, 503, 200, 429].map(meaning), ['signed-out', 'offline', 'reconnecting', 'reconnecting', 'reconnecting', 'reconnecting']);
});
