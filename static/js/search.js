// Search without a server: over the titles and keys of the pack, the open issues that this browser keeps. The worker stands the search page in.
import {found, kept} from './kept.js';
import {laid} from './overlay.js';
import {blank, page} from './page.js';
import {fill, lay} from './paint.js';
import {outbox} from './queue.js';

/** search shows what the pack has for the words in the URL, once the templates of rows are there. */
export async function search() {
  const asked = new URLSearchParams(location.search), text = asked.get('q') ?? '', input = document.querySelector('input[name=q]'), results = document.querySelector('.search[data-list]');
  if (!text || !results || input.value === text) return; // a search that was made here online shows what it found then
  input.value = text;
  if (!blank('issue-row')) await new Promise(done => document.addEventListener('tandem:swap', ({target}) => target.id === 'vocabulary' && done()));
  const issues = await kept();
  const rows = found(issues, text).map(row), [note, group, heading, home] = ['p', 'section', 'h2', 'ul'].map(name => document.createElement(name));
  note.className = 'search__note', group.className = 'search__group', heading.textContent = 'Issues', home.className = 'search__rows', home.dataset.rows = '';
  note.textContent = `${rows.length ? '' : `Nothing matches “${text}”. `}Offline, only the titles of the ${issues.length} open issues kept in this browser are searched${asked.has('f') ? ', whatever the filters say' : ''}.`;
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
