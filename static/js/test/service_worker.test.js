import assert from 'node:assert/strict';
import {test} from 'node:test';
import worker from '../../service_worker.js';

const {kind, owner, lost, names, shelf, obsolete, changing, marked, current, newer} = worker;
const get = (path, mode = 'navigate') => kind({method: 'GET', mode, path});

test('pages, fragments and assets are the worker\'s, everything else is not', () => {
  assert.equal(get('/acme'), 'page');
  assert.equal(get('/acme/issue/ENG-12'), 'page');
  assert.equal(get('/acme/issue/ENG-12', 'cors'), '');
  assert.equal(get('/acme/f/issue/ENG-12', 'cors'), 'fragment');
  assert.equal(get('/acme/f/search', 'cors'), '', 'asked at each letter');
  assert.equal(get('/assets/b1/js/main.js', 'cors'), 'asset');
  for (const path of ['/', '/sign-in', '/setup', '/e/token', '/e/token/events', '/invite/x', '/acme/sync/events', '/acme/sync/pull', '/acme/attachment/0198/a.html', '/healthz', '/embed/v1.js', '/Acme']) assert.equal(get(path), '', path);
  assert.equal(kind({method: 'POST', mode: 'navigate', path: '/acme/new'}), '');
});

const answer = (more, headers = {'Tandem-Member': 'member:1', 'Content-Type': 'text/html; charset=utf-8'}) => ({status: 200, redirected: false, type: 'basic', headers: new Headers(headers), ...more});

test('S62: nothing is kept but a plain 200 of which it is known whose it is', () => {
  assert.equal(owner(answer({})), 'member:1');
  for (const more of [{status: 304}, {status: 404}, {status: 206}, {redirected: true}, {type: 'opaque'}, {type: 'opaqueredirect', status: 0}]) assert.equal(owner(answer(more)), '');
  assert.equal(owner(answer({}, {'Content-Type': 'text/html'})), '');
  assert.equal(owner(answer({}, {'Tandem-Member': 'member:1', 'Content-Type': 'application/zip'})), '', 'an export');
});

test('S46: what our server says is not there is kept no longer, whoever else says so', () => {
  assert.ok(lost(answer({status: 404}, {'Tandem-Build': 'b1'})));
  assert.ok(!lost(answer({status: 404}, {})), 'a proxy');
  for (const status of [200, 304, 403, 429, 503]) assert.ok(!lost(answer({status}, {'Tandem-Build': 'b1'})), status);
  for (const path of ['/acme/issue/ENG-1', '/acme/f/issue/ENG-1']) assert.deepEqual(names(path), ['/acme/issue/ENG-1', '/acme/f/issue/ENG-1']);
  for (const path of ['/acme', '/acme/f']) assert.deepEqual(names(path), ['/acme', '/acme/f']);
});

test('S62: each member and workspace has a shelf of its own, under the prefix that sign-out clears', () => {
  assert.equal(shelf('/acme/issue/ENG-1', 'member:1'), 'tandem:acme:1:pages');
  assert.notEqual(shelf('/acme', 'member:1'), shelf('/acme', 'member:2'));
  assert.notEqual(shelf('/acme', 'member:1'), shelf('/other', 'member:1'));
});

test('activation clears the assets of other builds but the last one, on which open tabs and kept pages still run', () => {
  assert.deepEqual(obsolete(['tandem:assets:b1', 'tandem:who', 'tandem:assets:b2', 'tandem:assets:b3', 'tandem:acme:1:pages'], 'b3'), ['tandem:assets:b1']);
  assert.deepEqual(obsolete(['tandem:assets:b3'], 'b3'), []);
});

test('S62: nobody is known any more when somebody may have signed in', () => {
  for (const [method, path] of [['POST', '/sign-in'], ['POST', '/sign-in/passkey'], ['POST', '/setup'], ['POST', '/invite/x'], ['GET', '/demo/sign-in']]) assert.ok(changing(method, path), path);
  for (const [method, path] of [['GET', '/sign-in'], ['POST', '/acme/new'], ['POST', '/sign-out'], ['POST', '/sign-in/passkey/challenge'], ['GET', '/acme/invite']]) assert.ok(!changing(method, path), path);
});

test('of two kept pages the one of the later V is shown', () => {
  const at = version => ({headers: new Headers({'Tandem-Version': version})}), [a, b] = [at(9), at(10)];
  assert.equal(newer(a, b), b);
  assert.equal(newer(b, a), b);
  assert.equal(newer(a, undefined), a);
  assert.equal(newer(undefined, b), b);
  assert.equal(newer(undefined, undefined), undefined);
});

test('a kept page of an older build runs on the assets that are kept', () => {
  assert.equal(current('/assets/b1/js/main.js', 'b2'), '/assets/b2/js/main.js');
});

test('a kept page says so, once and without touching its text', () => {
  assert.equal(marked('<!doctype html><html lang="en"><p>&lt;html $& <html></p>', 'data-cached'), '<!doctype html><html data-cached lang="en"><p>&lt;html $& <html></p>');
});
