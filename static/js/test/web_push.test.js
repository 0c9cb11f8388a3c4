import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {runInNewContext} from 'node:vm';
import push from '../../web_push.js';
import {hurdle} from '../web_push.js';

const {shows} = push, origin = 'https://t.example';
const message = {title: 'ENG-12 Fix login', body: 'Ann mentioned you: Why?', url: '/acme/issue/ENG-12#comment-1', tag: 'issue:1', unread: 3};

/** worker runs the service worker's own file, with the scripts that it imports, in a browser made of what is asked of it. */
function worker({tabs = [], known = ['/acme'], subscribed} = {}) {
  const handlers = {}, did = {shown: [], badges: [], focused: [], opened: [], posted: [], subscribed: []};
  const file = name => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
  const self = {
    location: new URL(`${origin}/service_worker.js?build=b1`),
    navigator: {setAppBadge: async count => { did.badges.push(count); }},
    addEventListener: (type, handle) => { handlers[type] = handle; },
    registration: {
      showNotification: async (title, options) => { did.shown.push({title, ...options}); },
      pushManager: {subscribe: async options => { did.subscribed.push(options); return subscribed; }},
    },
    clients: {
      matchAll: async ({includeUncontrolled}) => includeUncontrolled ? tabs.map(url => ({url, focus: async () => { did.focused.push(url); }})) : [],
      openWindow: async url => { did.opened.push(url); },
    },
  };
  const context = {self, URL, URLSearchParams, Set, console, setTimeout, caches: {open: async () => ({keys: async () => known.map(path => ({url: origin + path}))})},
    fetch: async (url, {method, body}) => { did.posted.push({path: url.pathname, method, ...Object.fromEntries(body)}); },
    importScripts: (...paths) => paths.forEach(path => { runInNewContext(file(path.replace('/assets/b1/', '')), context); Object.assign(context, {createPack: self.createPack, createPush: self.createPush}); })};
  runInNewContext(file('service_worker.js'), context);
  const happen = async (type, event) => { let work; handlers[type]({...event, waitUntil: it => { work = it; }}); await work; };
  return {did, happen, push: sent => happen('push', {data: sent === undefined ? null : {text: () => typeof sent === 'string' ? sent : JSON.stringify(sent)}}),
    click: async url => { let closed = 0; await happen('notificationclick', {notification: {data: {url}, close: () => { closed++; }}}); assert.equal(closed, 1); }};
}

test('a message becomes a notification, one for each issue, and the count on the icon', async () => {
  const {did, push} = worker();
  await push(message);
  assert.deepEqual(JSON.parse(JSON.stringify(did.shown)), [{title: message.title, body: message.body, tag: 'issue:1', icon: '/assets/b1/icons/tandem-192.png', renotify: true, data: {url: message.url}}]);
  assert.deepEqual(did.badges, [3]);
});

test('a message that cannot be read shows that there is something, since browsers want each to show', async () => {
  for (const sent of [undefined, '', '{', 'null', '"x"', {}]) {
    const {did, push} = worker();
    await push(sent);
    assert.equal(did.shown.length, 1, String(sent));
    assert.ok(did.shown[0].title && did.shown[0].body && did.shown[0].data.url === '/');
    assert.deepEqual(did.badges, []);
  }
});

test('a click leads to the tab that shows the issue, else to a new one', async () => {
  const here = worker({tabs: [`${origin}/acme/team/ENG`, `${origin}/acme/issue/ENG-12?x=1`]});
  await here.click(message.url);
  assert.deepEqual(here.did, {...here.did, focused: [`${origin}/acme/issue/ENG-12?x=1`], opened: []});
  const beside = worker({tabs: [`${origin}/acme/inbox?issue=ENG-12`]});
  await beside.click(message.url);
  assert.equal(beside.did.focused.length, 1);
  const elsewhere = worker({tabs: [`${origin}/acme/issue/ENG-1`, `${origin}/acme/inbox`, `${origin}/other/issue/ENG-12`]});
  await elsewhere.click(message.url);
  assert.deepEqual(elsewhere.did, {...elsewhere.did, focused: [], opened: [origin + message.url]});
});

test('a click never leads to another site', async () => {
  for (const url of ['https://evil.example/acme', '//evil.example', 'javascript:alert(1)', undefined]) {
    const {did, click} = worker();
    await click(url);
    assert.deepEqual(did.opened, [`${origin}/`], String(url));
  }
  assert.ok(!shows('https://evil.example/acme/issue/ENG-12', `${origin}/acme/issue/ENG-12`));
});

test('a subscription that the browser replaces is told to the server', async () => {
  const fresh = {toJSON: () => ({endpoint: 'https://push.example/new', keys: {p256dh: 'key', auth: 'secret'}})}, options = {userVisibleOnly: true};
  const told = {path: '/acme/settings/browser', method: 'POST', endpoint: 'https://push.example/new', p256dh: 'key', auth: 'secret', renew: 'yes'};
  const given = worker();
  await given.happen('pushsubscriptionchange', {newSubscription: fresh});
  assert.deepEqual(given.did.posted, [told]);
  const asked = worker({subscribed: fresh});
  await asked.happen('pushsubscriptionchange', {oldSubscription: {options}});
  assert.deepEqual(asked.did.posted, [told]);
  assert.deepEqual(asked.did.subscribed, [options]);
  for (const [nobody, event] of [[worker({known: []}), {newSubscription: fresh}], [worker(), {}]]) {
    await nobody.happen('pushsubscriptionchange', event);
    assert.deepEqual(nobody.did.posted, []);
  }
});

test('the settings say why a browser cannot be asked', () => {
  const fine = {secure: true, able: true, permission: 'default'};
  assert.equal(hurdle(fine), '');
  assert.equal(hurdle({...fine, permission: 'granted'}), '');
  assert.match(hurdle({...fine, secure: false, able: false}), /https/);
  assert.match(hurdle({...fine, able: false}), /home screen/);
  assert.match(hurdle({...fine, permission: 'denied'}), /Allow them/);
});
