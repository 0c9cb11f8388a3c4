import assert from 'node:assert/strict';
import {test} from 'node:test';
import {foreign} from '../page.js';
import {concerns, pause, stale} from '../stale.js';

test('a bump concerns the regions of its records, of its topics, or all', () => {
  assert.ok(concerns('issue:1 team:1', {records: ['issue:1']}));
  assert.ok(concerns('issue:1 team:1', {topics: ['team:1']}));
  assert.ok(!concerns('issue:1 team:1', {records: ['issue:11'], topics: ['team:2']}));
  assert.ok(concerns('vocabulary', {all: true}));
});

test('S29: a region asks only for a later V than it shows', () => {
  assert.equal(stale({want: 58}, '57'), true);
  assert.equal(stale({want: 57}, '57'), false);
  assert.equal(stale({want: 56}, '57'), false);
  assert.equal(stale({want: 0, force: true}, '57'), true);
});

/** run counts the refreshes that bumps at these times cause, when each takes `lasts` ms. */
function run(bumps, lasts) {
  const starts = [], own = {marks: [], started: -1e9};
  let wanted = false, free = 0;
  for (let now = 0; now < 5000; now++) {
    if (bumps.includes(now)) { wanted = true; own.marks.push(now); }
    if (wanted && now >= free && pause(own, now) === 0) { wanted = false; own.started = now; free = now + lasts; starts.push(now); }
  }
  return starts;
}

test('S40: 100 bumps in a second cause at most 10 requests, the last after the last bump', () => {
  const bumps = Array.from({length: 100}, (_, i) => i * 10);
  for (const lasts of [0, 5, 50, 300]) {
    const starts = run(bumps, lasts);
    assert.ok(starts.length <= 10, `${starts.length} requests of ${lasts} ms`);
    assert.ok(starts.at(-1) >= 990 && starts.at(-1) < 1500);
    assert.equal(starts[0], 0);
  }
});

test('S83: ten bumps a second are each followed at once', () => {
  const bumps = Array.from({length: 20}, (_, i) => i * 100);
  assert.deepEqual(run(bumps, 5), bumps);
});

test('S66: a region takes the answers of our server alone, and of those only fragments', () => {
  const answer = (build, raw) => ({status: 200, headers: new Headers(build ? {'Tandem-Build': build} : {}), raw});
  assert.ok(!foreign(answer('b', {redirected: false})));
  assert.ok(!foreign(answer('b', {redirected: true, url: 'http://t/acme/f/issue/OPS-5'})), 'an issue that has another key by now');
  assert.ok(foreign(answer('', {redirected: false})), 'a portal answers anything with 200');
  assert.ok(foreign(answer('b', {redirected: true, url: 'http://t/sign-in'})));
  assert.ok(foreign(undefined), 'no answer at all');
});
