import assert from 'node:assert/strict';
import {mock, test} from 'node:test';
import {on} from '../channel.js';
import {Stream} from '../live.js';
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

/** crowd is the leading tabs of many browsers, whose requests to come are listed with their time; turn(ms) lets time pass. */
function crowd(t, count) {
  let dice = 1;
  const sources = [], asked = [], fired = [], old = {...globalThis}, none = () => {}, server = {status: 200};
  class EventSource {
    #on = {};
    constructor(url) { this.url = url; sources.push(this); asked.push({what: 'stream', at: Date.now()}); }
    addEventListener(type, run) { this.#on[type] = run; }
    close() { this.closed = true; }
    tell(type, data, id = 0) { this.#on[type]?.({data: typeof data === 'string' ? data : JSON.stringify(data), lastEventId: String(id)}); }
  }
  mock.timers.enable({apis: ['setTimeout', 'Date'], now: 0});
  mock.method(Math, 'random', () => (dice = dice * 48271 % 2147483647) / 2147483647);
  Object.assign(globalThis, {
    EventSource, localStorage: {getItem: () => null, setItem: none}, addEventListener: none, dispatchEvent: ({type, detail}) => fired.push({type, ...detail}),
    document: {addEventListener: none, querySelector: () => null, querySelectorAll: () => []},
    fetch: async () => { asked.push({what: 'probe', at: Date.now()}); return server; },
  });
  const ending = new AbortController();
  t.after(() => { ending.abort(); mock.timers.reset(); mock.restoreAll(); for (const name of ['document', 'EventSource', 'localStorage', 'addEventListener', 'dispatchEvent', 'fetch']) globalThis[name] = old[name]; });
  for (let i = 0; i < count; i++) new Stream(ending.signal);
  asked.length = 0;
  return {sources, asked, fired, server, turn: async ms => { for (let i = 0; i < ms; i += 20) { mock.timers.tick(20); await null; await null; await null; } }};
}

/** busiest is the most of these times that lie within one second. */
const busiest = times => Math.max(...times.map(from => times.filter(at => at >= from && at < from + 1000).length));

test('S86: of 1,000 tabs whose node restarts no more than a fifth ask, or come back, in any one second', async t => {
  const {sources, asked, turn} = crowd(t, 1000);
  [...sources].forEach(source => source.tell('bye', {reason: 'restart'}));
  await turn(10_000);
  for (const kind of ['probe', 'stream']) {
    const times = asked.filter(({what}) => what === kind).map(({at}) => at);
    assert.equal(times.length, 1000, kind);
    assert.ok(busiest(times) <= 200, `${busiest(times)} of kind ${kind} in one second`);
  }
});

test('S86: a tab that loses its stream asks for the reason not at once, but with its next try', async t => {
  const {sources: [source], asked, turn} = crowd(t, 1);
  source.onerror();
  await turn(480);
  assert.deepEqual(asked, []);
  await turn(600);
  assert.deepEqual(asked.map(({what}) => what), ['probe', 'stream']);
});

/** live is a stream whose server has said hello, in the epoch that it names. */
function live(t, version = 5) {
  const one = crowd(t, 1), greet = () => one.sources.at(-1).tell('hello', {epoch: 'e', version}, version);
  greet();
  one.fired.length = 0;
  return {...one, greet, states: () => one.fired.filter(({type}) => type === 'tandem:state').map(({sync}) => sync)};
}

test('S36: heartbeats keep a stream; 45 s of silence end it, are said, and another is opened', async t => {
  const {sources, greet, turn, states} = live(t);
  for (let i = 0; i < 6; i++) { await turn(20_000); greet(); }
  assert.equal(sources.length, 1);
  await turn(44_900);
  assert.equal(sources[0].closed, undefined);
  await turn(200);
  assert.equal(sources[0].closed, true);
  assert.equal(states().at(-1), 'reconnecting');
  await turn(2000);
  assert.equal(sources.length, 2);
  greet();
  assert.equal(states().at(-1), 'live');
});

test('S36: a stream that is opened and says nothing is given up too', async t => {
  const {sources, turn} = live(t);
  sources[0].onerror();
  await turn(1500);
  assert.equal(sources.length, 2);
  await turn(48_000);
  assert.equal(sources[1].closed, true);
  assert.ok(sources.length >= 3);
});

test('S37: a server that is away is asked ever more seldom, at least every 30 s, and 401 is signed out', async t => {
  const {sources, asked, server, turn, states} = live(t);
  server.status = 503;
  sources[0].onerror();
  for (let i = 0, seen = 1; i < 200_000; i += 100) {
    await turn(100);
    if (sources.length > seen) { seen = sources.length; sources.at(-1).onerror(); }
  }
  const probes = asked.filter(({what}) => what === 'probe').map(({at}) => at), gaps = probes.slice(1).map((at, i) => at - probes[i]);
  assert.ok(gaps[0] < 3000 && gaps.at(-1) > 12_000 && Math.max(...gaps) <= 30_300, String(gaps));
  assert.ok(!states().includes('live') && !states().includes('signed-out'));
  server.status = 401;
  sources.at(-1).onerror();
  await turn(31_000);
  assert.equal(states().at(-1), 'signed-out');
});

for (const text of ['{"from":5,', '{"from":5,"version":9,"records":"all"}', '{"from":5,"version":"9"}']) {
  test(`S41: ${text} closes the stream, everything is fetched anew, and no half of it is applied`, async t => {
    const {sources, turn, greet} = live(t), bumps = [];
    on('bump', bump => bumps.push(bump));
    mock.method(console, 'error', () => {});
    sources[0].tell('bump', text, 9);
    assert.equal(sources[0].closed, true);
    assert.deepEqual(bumps, [{version: 5, all: true, force: true}]);
    await turn(1500);
    assert.equal(sources.length, 2);
    assert.match(sources[1].url, /since=5$/);
    greet();
    assert.equal(console.error.mock.callCount(), 1);
  });
}

test('S41: events that are not known pass by', async t => {
  const {sources, fired} = live(t);
  sources[0].tell('weather', '{', 9);
  assert.equal(sources[0].closed, undefined);
  assert.deepEqual(fired, []);
});
