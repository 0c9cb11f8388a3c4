// Search without a server: over the titles and keys of the pack, the open issues that this browser keeps. The worker stands the search page in.
import {scope} from './channel.js';
import {laid} from './overlay.js';
import {blank, page} from './page.js';
import {fill, lay} from './paint.js';
import {outbox} from './queue.js';

const most = 50;

/** found lists the issues whose key or title has every word that was typed, as the beginning of a word; a key first. */
export function found(issues, text) {
  const plain = one => one.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase(), wanted = plain(text).match(/[\p{L}\p{N}-]+/gu) ?? [];
  const fits = ({key, set}) => { const words = plain(`${key} ${set.title}`).split(/[^\p{L}\p{N}-]+/u).flatMap(word => [word, ...word.split('-').slice(1)]); return wanted.every(one => words.some(word => word.startsWith(one))); };
  const exact = ({key}) => plain(key) === plain(text.trim());
  return wanted.length ? issues.filter(fits).sort((a, b) => exact(b) - exact(a)).slice(0, most) : [];
}

/** search shows what the pack has for the words in the URL, once the templates of rows are there. */
export async function search() {
  const text = new URLSearchParams(location.search).get('q') ?? '', input = document.querySelector('input[name=q]'), results = document.querySelector('.search[data-list]');
  if (!text || !results || input.value === text) return; // a search that was made here online shows what it found then
  input.value = text;
  if (!blank('issue-row')) await new Promise(done => document.addEventListener('tandem:swap', ({target}) => target.id === 'vocabulary' && done()));
  const list = await (await caches.open(`${scope()}:pack`)).match(`/${page().workspace}/f/pack`), {issues} = await list?.json() ?? {issues: []};
  const rows = found(issues, text).map(row), [note, group, heading, home] = ['p', 'section', 'h2', 'ul'].map(name => document.createElement(name));
  note.className = 'search__note', group.className = 'search__group', heading.textContent = 'Issues', home.className = 'search__rows', home.dataset.rows = '';
  note.textContent = `${rows.length ? '' : `Nothing matches “${text}”. `}Offline, only the titles of the ${issues.length} open issues kept in this browser are searched.`;
  home.append(...rows);
  group.append(heading, home);
  results.replaceChildren(note, ...rows.length ? [group] : []);
  lay(results, laid(outbox.entries(), 0).filter(({op, pending}) => pending && op !== 'create'));
  results.dispatchEvent(new CustomEvent('tandem:swap', {bubbles: true}));
}

function row({record, key, path, set}) {
  const node = fill(blank('issue-row'), {record, set: {...set, key}, at: Date.now()});
  node.dataset.key = key;
  node.querySelector('a').setAttribute('href', path);
  return node;
}
