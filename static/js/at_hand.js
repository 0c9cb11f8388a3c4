// What keys do with what is at hand beyond pressing its controls. Loaded when first asked for.
import {control, find} from './action.js';
import {current, hand, install as rove, rowsOf} from './cursor.js';
import {make} from './make.js';
import {having, page} from './page.js';
import {plain} from './kept.js';
import {assign} from './row_menu.js';
import {toast} from './toast.js';

const collapsed = new Set();
let listening;

/** mine assigns the issue at hand to oneself, or to nobody where it is one's own. */
export function mine() {
  const {member} = page(), it = hand(), form = it.querySelector('form[data-action=assign]'), button = value => form.querySelector(`button${having('value', value)}`);
  form ? button(button(member)?.matches('[aria-current]') ? '' : member)?.click() : assign(it, member);
}

/** relate opens the form of a new relation with its kind. */
export function relate(kind) {
  const summary = hand().querySelector('summary[data-action=new-relation]'), {elements} = summary.nextElementSibling;
  summary.parentElement.open = true;
  elements.kind.value = kind;
  elements.other.focus();
}

/** template opens the form of a new issue where its template is chosen. */
export function template() {
  find('c')[0].run();
  document.querySelector('dialog[open] select[name=_template]')?.focus();
}

/** cycle goes to the issues of the team's cycle that a URL calls so. */
export function cycle(name) {
  location.href = control({on: 'go-cycles'}).href.replace(/\/cycles$/, `?f=cycle:${name}`);
}

/** quote puts the text that is selected into the comment that one writes below it. */
export function quote() {
  const words = String(getSelection()).trim(), at = getSelection().anchorNode, from = (at?.closest ? at : at?.parentElement)?.closest('[data-markdown]');
  const area = document.querySelector('.composer textarea');
  if (!words || !from || !area) return;
  area.value += `${area.value && '\n\n'}${words.replace(/^/gm, '> ')}\n\n`;
  area.dispatchEvent(new Event('input', {bubbles: true}));
  area.focus();
}

/** copy puts the key of the issue at hand, or a name for a branch of it, where one can paste it from. */
export async function copy(branch) {
  const it = hand(), {key} = it?.dataset ?? {};
  if (!key) return;
  const handle = document.querySelector('meta[name=tandem-member]').dataset.handle, title = it.querySelector('[data-field=title]').textContent;
  const words = branch ? branchOf(handle, key, title) : key;
  try {
    await navigator.clipboard.writeText(words);
    toast(`Copied ${words}`, {kind: 'copied'});
  } catch { toast(`This browser copies only from an address that begins with https://. Copy it by hand: ${words}`, {kind: 'copied'}); }
}

/** branchOf is such a name: of letters, digits and hyphens. */
export const branchOf = (handle, key, title) => `${handle}/${`${key} ${plain(title)}`.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').slice(0, 60).replace(/-+$/, '')}`;

/** collapse shuts the group of a list that has focus, or opens it again. It holds as long as the page. */
export function collapse() {
  const group = document.activeElement.closest('.issue-list__group') ?? current()?.closest('.issue-list__group'), {group: value} = group?.dataset ?? {};
  if (!group) return;
  listening ??= !document.addEventListener('tandem:fresh', again);
  if (!collapsed.delete(value)) collapsed.add(value);
  show(group);
  if (!collapsed.has(value)) return rowsOf(group)[0]?.querySelector('a[href]').focus();
  const groups = all(), next = [...groups.slice(groups.indexOf(group)), ...groups].flatMap(rowsOf)[0];
  next?.querySelector('a[href]').focus({preventScroll: true}); // where J goes on
  group.querySelector('[data-action=expand]').focus();
}

/** again shuts what was drawn anew, and gives the tab stop to a row that is to be seen. */
function again() {
  all().forEach(show);
  rove(document.body);
}

const all = () => [...document.querySelectorAll('.issue-list__group')];

function show(group) {
  const shut = collapsed.has(group.dataset.group), had = group.querySelector('[data-action=expand]');
  for (const part of group.children) if (!part.matches('header')) part.hidden = shut;
  if (!shut) return had?.remove();
  if (had) return;
  const open = make('button', {type: 'button', className: 'button button--quiet', ariaExpanded: 'false', onclick: collapse}, 'Show');
  open.dataset.action = 'expand';
  group.querySelector('.issue-list__count').after(open);
}
