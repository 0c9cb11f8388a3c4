import assert from 'node:assert/strict';
import {test} from 'node:test';
import {found} from '../kept.js';
import pack from '../../pack.js';

const {stalePages, fitting, framed} = pack;

test('only what is missing or older than its last change is fetched', () => {
  const told = [{path: '/a', stale: 5}, {path: '/b', stale: 7}, {path: '/c', stale: 9}], kept = {'/a': 5, '/b': 6};
  assert.deepEqual(stalePages(told, path => kept[path]).map(({path}) => path), ['/b', '/c']);
});

test('what is most wanted is kept as long as there is room', () => {
  assert.equal(fitting([4, 3, 3, 1], 10), 3);
  assert.equal(fitting([4, 3], 10), 2);
  assert.equal(fitting([11, 1], 10), 0, 'a later one does not take the place of an earlier one');
});

const frame = '<html><title>Outbox - Tandem</title><meta name="tandem-version" content="9"><meta name="tandem-clock" content="2026-01-01T00:00:00Z">'
  + '<nav><a href="/acme/outbox" aria-current="page">Outbox</a></nav><main class="page" id="main"><p>Outbox</p></main><footer>$1</footer>';

test('an issue is put into the frame of another page, byte for byte', () => {
  const main = '<p>$& $1 $` \u2028</p>', page = framed(frame, {title: 'ENG-1 </title><script>"$&"', version: '7', clock: '2026-02-02T00:00:00Z', main});
  assert.equal(page, '<html><title>ENG-1 &#60;/title&#62;&#60;script&#62;&#34;$&#38;&#34; - Tandem</title><meta name="tandem-version" content="7"><meta name="tandem-clock" content="2026-02-02T00:00:00Z">'
    + `<nav><a href="/acme/outbox">Outbox</a></nav><main class="page" id="main">${main}</main><footer>$1</footer>`);
});

const issues = [{key: 'ENG-1', set: {title: 'Café menu won’t load'}}, {key: 'ENG-12', set: {title: 'Home-page says ENG-1'}}, {key: 'OPS-1', set: {title: 'Load balancer'}}];
const keys = text => found(issues, text).map(({key}) => key);

test('titles and keys are searched by the beginnings of words', () => {
  assert.deepEqual(keys('load'), ['ENG-1', 'OPS-1']);
  assert.deepEqual(keys('cafe LO'), ['ENG-1']);
  assert.deepEqual(keys('page'), ['ENG-12']);
  assert.deepEqual(keys('eng-12'), ['ENG-12']);
  assert.deepEqual(keys('eng-1')[0], 'ENG-1');
  assert.deepEqual(keys('oad'), []);
  assert.deepEqual(keys('  '), []);
});

/** A browser whose worker keeps member:1's pack of acme from a server that told() describes; cut says which requests fail. */
function browser({told, cut = () => false, member = 'member:1', length = 10}) {
  const shelves = new Map(), asked = [], kept = [];
  const open = name => { if (!shelves.has(name)) shelves.set(name, new Map()); return shelves.get(name); };
  globalThis.caches = {
    has: async name => shelves.has(name), delete: async name => shelves.delete(name),
    open: async name => { const shelf = open(name); return {
      match: async at => shelf.get(at.url ? new URL(at.url).pathname : at)?.clone(), put: async (path, response) => { shelf.set(path, response); },
      delete: async at => shelf.delete(at.url ? new URL(at.url).pathname : at), keys: async () => [...shelf.keys()].map(path => ({url: `http://t${path}`})),
    }; },
  };
  globalThis.fetch = async (url, {headers}) => {
    const {pathname, searchParams} = url, list = told();
    asked.push(pathname + (searchParams.size ? `?${searchParams.getAll('key').length}` : ''));
    if (cut(asked.length)) throw new TypeError('Failed to fetch');
    const more = {'Tandem-Build': list.drawn ?? list.build, 'Tandem-Member': member, 'Tandem-Version': list.version, Date: 'Sun, 22 Nov 2026 10:00:00 GMT', ETag: `W/"${list.version}"`};
    if (pathname === '/acme/f/pack') return headers['If-None-Match'] === more.ETag ? new Response(null, {status: 304, headers: more}) : Response.json(list, {headers: more});
    if (pathname === '/acme/outbox') return new Response(frame, {headers: {...more, 'Content-Type': 'text/html'}});
    return Response.json(searchParams.getAll('key').map(key => ({path: `/acme/issue/${key}`, version: list.version, clock: '2026-11-22T10:00:00Z', main: `<p>${key} at ${list.version}</p>`.padEnd(length)})), {headers: more});
  };
  let left = 0;
  const forget = async () => { left++; shelves.clear(); };
  const made = pack.createPack({origin: 'http://t', shelf: () => 'pack', life: () => left, hold: (began, run) => began === left ? run() : undefined,
    keep: async (began, pages) => { kept.push(...pages.map(({path}) => path)); return began; }, forget, visited: async () => [{path: '/acme/issue/OLD-1'}], member: async () => 'member:1'});
  return {...made, asked, kept, forget, held: () => [...shelves.get('pack')?.keys() ?? []].filter(path => path.includes('/issue/')), take: () => asked.splice(0)};
}

const listOf = (n, {version = 9, stale = () => 5, ...more} = {}) => ({version, shown: ['member', 't1', 't2'], epoch: 'e', build: 'b', pages: [{path: '/acme/f/vocabulary', stale: 1}, {path: '/acme', stale: 1}],
  issues: Array.from({length: n}, (_, i) => ({key: `ENG-${i}`, path: `/acme/issue/ENG-${i}`, record: `issue:${i}`, stale: stale(i), set: {title: `Title ${i}`}})), ...more});

test('a fetch that was cut off goes on where it stopped', async () => {
  let down = true;
  const b = browser({told: () => listOf(60), cut: n => down && n > 3});
  await b.refresh('acme', 'member:1', 9);
  assert.deepEqual(b.take(), ['/acme/f/pack', '/acme/outbox', '/acme/f/pack/issue?25', '/acme/f/pack/issue?25']);
  assert.equal(b.held().length, 25);
  down = false;
  await b.refresh('acme', 'member:1', 9);
  assert.deepEqual(b.take(), ['/acme/f/pack', '/acme/f/pack/issue?25', '/acme/f/pack/issue?10']);
  assert.equal(b.held().length, 60);
  await b.refresh('acme', 'member:1', 9);
  assert.deepEqual(b.take(), [], 'not again while it is fresh');
  assert.deepEqual(b.kept.slice(0, 2), ['/acme/f/vocabulary', '/acme']);
});

test('only what changed is fetched again, and what is no longer open goes', async () => {
  let list = listOf(3);
  const b = browser({told: () => list});
  await b.refresh('acme', 'member:1', 9);
  b.take();
  list = listOf(2, {version: 12, stale: i => i ? 5 : 11});
  await b.refresh('acme', 'member:1', 12);
  assert.deepEqual(b.take(), ['/acme/f/pack', '/acme/f/pack/issue?1']);
  assert.deepEqual(b.held(), ['/acme/issue/ENG-0', '/acme/issue/ENG-1']);
  const page = await b.page('/acme/issue/ENG-1');
  assert.equal(page.headers.get('Tandem-Version'), '12', 'what did not change is as fresh as the list');
  assert.match(await page.text(), /<title>ENG-1 Title 1 - Tandem<\/title>.*content="12".*<p>ENG-1 at 9<\/p>/);
  assert.match(await (await b.page('/acme/issue/1')).text(), /ENG-1 at 9/, 'by its id too');
  assert.equal(await b.page('/acme/issue/ENG-2'), undefined);
});

test('S48: what more one may see takes nothing away of what is kept', async () => {
  let list = listOf(3);
  const b = browser({told: () => list});
  await b.refresh('acme', 'member:1', 9);
  b.take();
  list = listOf(4, {version: 10, shown: ['member', 't0', 't1', 't2']});
  await b.refresh('acme', 'member:1', 10);
  assert.deepEqual(b.take(), ['/acme/f/pack', '/acme/f/pack/issue?1']);
});

test('S46: with fewer rights nothing of what was kept stays', async () => {
  let list = listOf(3);
  const b = browser({told: () => list});
  await b.refresh('acme', 'member:1', 9);
  list = listOf(1, {version: 10, shown: ['member', 't2']});
  await b.refresh('acme', 'member:1', 10);
  assert.deepEqual(b.take().slice(3), ['/acme/f/pack', '/acme/outbox', '/acme/f/pack/issue?1'], 'the frame and what is still seen are fetched anew');
  assert.deepEqual(b.held(), ['/acme/issue/ENG-0']);
});

test('S46: what left is fetched anew at once, also when it left midway', async () => {
  const b = browser({told: () => listOf(60), cut: n => { if (n === 4) b.forget(); return false; }});
  await Promise.all([b.refresh('acme', 'member:1', 9), b.refresh('acme', 'member:1', 9)]);
  assert.equal(b.held().length, 60);
  await b.forget();
  await b.refresh('acme', 'member:1', 9);
  assert.equal(b.held().length, 60);
});

test('S62: what is another member\'s is not kept, nor what comes after one left', async () => {
  const other = browser({told: () => listOf(3), member: 'member:2'});
  await other.refresh('acme', 'member:1', 9);
  assert.deepEqual(other.held(), []);
  const leaving = browser({told: () => listOf(60), cut: n => { if (n === 4) leaving.forget(); return false; }});
  await leaving.refresh('acme', 'member:1', 9);
  assert.deepEqual(leaving.held(), []);
});

test('S63: the parts of a page are of one build', async () => {
  let list = listOf(2);
  const b = browser({told: () => list});
  await b.refresh('acme', 'member:1', 9);
  b.take();
  list = listOf(2, {version: 10, build: 'c'});
  await b.refresh('acme', 'member:1', 10);
  assert.deepEqual(b.take(), ['/acme/f/pack', '/acme/outbox', '/acme/f/pack/issue?2'], 'all anew');
  assert.deepEqual(b.kept.filter(path => path.includes('OLD')), ['/acme/issue/OLD-1'], 'what was seen lately too, once');
  list = listOf(2, {version: 11, build: 'd', drawn: 'c'});
  await b.refresh('acme', 'member:1', 11);
  assert.deepEqual(b.held(), [], 'what an older node drew is not taken');
});

test('long issues do not fill the disk: the most wanted are kept', async () => {
  const b = browser({told: () => listOf(60), length: 1 << 20});
  await b.refresh('acme', 'member:1', 9);
  assert.equal(b.held().length, 12);
  assert.ok(b.held().includes('/acme/issue/ENG-0'));
});
