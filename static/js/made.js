// The page of an issue that only the outbox knows: /{ws}/issue/{uuid} of one made offline, until the server has given it a key.

import {mentions} from './operation.js';
import {paint} from './overlay.js';
import {dirty, having, page, taken, vocabulary} from './page.js';
import {fill} from './paint.js';
import {outbox} from './queue.js';

let asking = false;
const uuid = () => location.pathname.match(/\/issue\/([0-9a-f-]{36})$/)?.[1];

/** show draws the page once its templates are there, unless the server drew it. */
export function show() {
  const record = `issue:${uuid()}`, main = document.querySelector('main');
  if (!uuid() || !main || main.querySelector(`${having('data-record', record)}:not(form)`)) return;
  const entry = outbox.entries().find(e => e.state !== 'failed' && e.ops.some(op => op.op === 'create' && op.record === record));
  const made = entry && document.querySelector('template[data-new="issue-page"]')?.content.cloneNode(true);
  if (!made) return;
  const op = entry.ops.find(op => op.record === record), region = made.firstElementChild;
  for (const live of made.querySelectorAll('[data-live]')) delete live.dataset.live;
  region.dataset.madePage = record, region.dataset.version = 0;
  for (const kind of ['status', 'label']) offer(made, kind, op.set.team);
  place(made.querySelector('.breadcrumb'), vocabulary(op.set.team));
  const bar = document.querySelector('[data-offline-bar]');
  if (bar) bar.textContent = 'Offline: this issue was made here';
  delete document.documentElement.dataset.fallback; // nothing stands in any more
  main.replaceChildren(...document.querySelectorAll('#notice, [data-offline-bar]'), fill(made, {...op, at: entry.at}));
  document.title = `${region.dataset.key} ${op.set.title} - Tandem`;
  document.querySelector('.sidebar [aria-current]')?.removeAttribute('aria-current');
  paint(region, true);
  region.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
  addEventListener('tandem:result', ({detail}) => arrived(detail, region));
  addEventListener('tandem:outbox', () => arrived({}, region));
  if (entry.state === 'done') arrived({status: 'applied', records: [record]}, region);
}

/** offer puts what the team alone has into a menu: the template holds what every team has. */
function offer(made, kind, team) {
  const form = made.querySelector(`form[data-action="${kind === 'status' ? 'set-status' : kind}"]`);
  for (const {dataset, content} of form ? document.querySelectorAll(`#vocabulary template[data-value^="${kind}:"]${having('data-team', team)}`) : []) {
    const button = document.createElement('button');
    button.className = 'choice', button.value = dataset.value, button.name = kind === 'status' ? kind : 'add';
    if (kind === 'label') button.ariaPressed = 'false';
    button.append(content.cloneNode(true));
    form.append(button, ' ');
  }
}

/** place leads to the team, as on every issue's page. */
function place(breadcrumb, team) {
  const link = document.createElement('a');
  if (!team) return;
  link.textContent = team.dataset.text, link.href = `/${page().workspace}/team/${team.dataset.key}`, link.dataset.action = 'open-team';
  breadcrumb?.prepend(link, ' › ');
}

/** arrived: the server has the issue, so it has a key. The page is its own from then on, as soon as nothing typed is lost by it. */
async function arrived({status, records}, region) {
  const record = region.dataset.madePage;
  if (status === 'applied' && records?.includes(record)) region.dataset.arrived ??= '';
  if (!('arrived' in region.dataset) || asking || !region.isConnected || outbox.waiting().some(e => mentions(e.ops, record))) return;
  asking = true;
  const answer = await fetch(`/${page().workspace}/issue/${record.slice(6)}`, {headers: {Accept: 'text/html', 'Tandem-Keep': 'yes'}}).catch(() => null);
  asking = false;
  if (!taken(answer) || !/\/issue\/[A-Z][A-Z0-9]*-\d+$/.test(new URL(answer.url).pathname)) return;
  if (!dirty()) return location.replace(answer.url);
  const key = answer.url.split('/').at(-1), was = region.dataset.key;
  history.replaceState(history.state, '', answer.url);
  document.title = document.title.replace(was, () => key);
  region.dataset.madeKey = key;
  paint(region, true);
}
