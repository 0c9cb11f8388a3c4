import assert from 'node:assert/strict';
import {test} from 'node:test';
import worker from '../../service_worker.js';

const {kind, owner, shelf, obsolete, marked, current} = worker;
const get = (path, mode = 'navigate') => kind({method: 'GET', mode, path});

test('pages, fragments and assets are the worker\'s, everything else is not', () => {
  assert.equal(get('/acme'), 'page');
  assert.equal(get('/acme/issue/ENG-12'), 'page');
  assert.equal(get('/acme/issue/ENG-12', 'cors'), '');
  assert.equal(get('/acme/f/issue/ENG-12', 'cors'), 'fragment');
  assert.equal(get('/assets/b1/js/main.js', 'cors'), 'asset');
  for (const path of ['/', '/sign-in', '/setup', '/e/token', '/e/token/events', '/invite/x', '/acme/sync/events', '/acme/sync/pull', '/healthz', '/embed/v1.js', '/Acme']) assert.equal(get(path), '', path);
  assert.equal(kind({method: 'POST', mode: 'navigate', path: '/acme/new'}), '');
});

const answer = (more, headers = {'Tandem-Member': 'member:1', 'Content-Type': 'text/html; charset=utf-8'}) => ({status: 200, redirected: false, type: 'basic', headers: new Headers(headers), ...more});

test('S62: nothing is kept but a plain 200 of which it is known whose it is', () => {
  assert.equal(owner(answer({})), 'member:1');
  for (const more of [{status: 304}, {status: 404}, {status: 206}, {redirected: true}, {type: 'opaque'}, {type: 'opaqueredirect', status: 0}]) assert.equal(owner(answer(more)), '');
  assert.equal(owner(answer({}, {'Content-Type': 'text/html'})), '');
  assert.equal(owner(answer({}, {'Tandem-Member': 'member:1', 'Content-Type': 'application/zip'})), '', 'an export');
});

test('S62: each member and workspace has a shelf of its own, under the prefix that sign-out clears', () => {
  assert.equal(shelf('/acme/issue/ENG-1', 'member:1'), 'tandem:acme:1:pages');
  assert.notEqual(shelf('/acme', 'member:1'), shelf('/acme', 'member:2'));
  assert.notEqual(shelf('/acme', 'member:1'), shelf('/other', 'member:1'));
});

test('activation clears the assets of other builds only', () => {
  assert.deepEqual(['tandem:assets:b1', 'tandem:assets:b2', 'tandem:acme:1:pages', 'tandem:who'].map(name => obsolete(name, 'b2')), [true, false, false, false]);
});

test('a kept page of an older build runs on the assets that are kept', () => {
  assert.equal(current('/assets/b1/js/main.js', 'b2'), '/assets/b2/js/main.js');
});

test('a kept page says so, once and without touching its text', () => {
  assert.equal(marked('<!doctype html><html lang="en"><p>&lt;html $& <html></p>', 'data-cached'), '<!doctype html><html data-cached lang="en"><p>&lt;html $& <html></p>');
});
