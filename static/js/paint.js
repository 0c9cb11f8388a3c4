// Lays operations over a region's nodes and takes them off again. What the server drew waits in <template data-server> and <template data-home>,
// so a morph carries it along. Data goes in as text and as clones of the server's templates, never as HTML.

import {field, indexed, member, patch, records, ref, unpatch} from './field.js';
import {linger} from './left.js';
import {answers, filters, stays} from './membership.js';
import {blank, having, names, page, vocabulary} from './page.js';

const fieldOf = {member: 'assignee'};

/** restore shows what the server drew; it answers the nodes that script had made, by record, for lay to use again. */
export function restore(region) {
  const made = new Map(), all = (css, run) => { for (const one of region.querySelectorAll(css)) if (region.contains(one)) run(one); };
  all('[data-made]', node => { made.set(node.dataset.record, node); restore(node); node.remove(); });
  all('template[data-home]', home => {
    const row = region.querySelector(having('data-moved', home.dataset.home));
    if (row) { put(home.parentNode, row, home); delete row.dataset.moved; }
    home.remove();
  });
  all('[data-gone]', row => { row.hidden = false; delete row.dataset.gone; delete row.dataset.left; });
  all('template[data-server]', unpatch);
  all('[data-was]', unpatch);
  all('[data-pending]', node => pend(node, false));
  pend(region, false);
  return made;
}

/** lay shows operations on a region that stands as the server drew it, or that shows those before `from` already. It answers the nodes that are new. */
export function lay(region, ops, made = new Map(), from = 0) {
  const index = indexed(region, ops.slice(from)), nodes = [];
  let fresh = 0;
  for (const [i, op] of ops.entries()) {
    fresh += op.op === 'create' && op.record.startsWith('issue:');
    if (i < from) continue;
    if (op.op === 'create') {
      if (region.dataset.madePage === op.record) nodes.push(fill(region, op, fresh));
      const node = !index.has(op.record) && create(region, op, index, made.get(op.record), fresh);
      if (node) nodes.push(node), index.set(op.record, [node]);
    }
    for (const node of index.get(op.record) ?? []) {
      if (op.op === 'delete' || op.op === 'restore') vanish(node, (op.op === 'delete') !== ('deleted' in node.dataset));
      else if (op.op === 'text') field(node, op.field, op.text);
      else if (op.op === 'add' || op.op === 'remove') member(node, op);
      else if (op.op !== 'create') {
        for (const [name, value] of Object.entries(op.set ?? {})) field(node, name, value);
        regroup(region, node, op);
      }
      if (op.pending) pend(node, true);
    }
  }
  return nodes;
}

/** values shows again the fields that operations set, and moves nothing. */
export function values(region, ops) {
  const index = indexed(region, ops);
  for (const {op, record, set = {}, field: name, text} of ops) for (const node of index.get(record) ?? []) {
    for (const [one, value] of op === 'text' ? [[name, text]] : Object.entries(set)) field(node, one, value);
  }
}

/** fill gives a clone of a template (an element or a fragment) its record and fields. */
export function fill(clone, {record, set, at}, number = 1) {
  const {workspace, member} = page(), [kind, uuid] = record.split(':'), empty = `${kind}:`;
  if (kind === 'issue') set = withStatus(set);
  const within = selector => [...clone.matches?.(selector) ? [clone] : [], ...clone.querySelectorAll(selector)];
  for (const node of within(`[data-record=""], ${having('data-record', empty)}, form[data-op]:not([data-record], [data-op="create"])`)) node.dataset.record = record;
  for (const input of within(`input[name="${kind}"]:not([value]), input[name="${kind}"][value=""], input[name="${kind}"]${having('value', empty)}`)) input.setAttribute('value', record);
  for (const control of within(`[data-draft-key^="/"], [data-draft-key^="${empty}/"]`)) control.dataset.draftKey = control.dataset.draftKey.replace(/^[a-z]*:?/, record);
  for (const tool of within('[data-for="member:"]')) { tool.dataset.for = member; tool.hidden = false; }
  for (const link of within('a:not([href]), a[href=""], a[href$="/issue/"]')) link.setAttribute('href', `/${workspace}/issue/${uuid}`);
  const key = clone.dataset?.madeKey ?? `${vocabulary(set.team)?.dataset.key ?? 'ISSUE'}-new-${number}`, time = new Date(at).toISOString();
  for (const box of within('[type=checkbox][name=record]')) { box.setAttribute('value', record); box.ariaLabel = key; }
  for (const node of within(records)) {
    if (node.dataset.record !== record) continue;
    if (kind === 'issue') node.dataset.key = key;
    node.dataset.author = member;
    for (const [name, value] of Object.entries({key, author: member, created: time, ...set})) if (value !== undefined) field(node, name, value);
  }
  return clone;
}

function create(region, op, index, was, number) {
  const {member} = page(), [kind] = op.record.split(':'), {src = '', team} = region.dataset;
  const of = op.set.issue ?? op.set.parent; // a comment, or a sub-issue on its parent's page
  const below = index.has(of) && [...region.querySelectorAll(`[data-rows="${kind}"]`)].find(rows => rows.closest(records)?.dataset.record === of);
  if (below) {
    const node = was ?? blank(kind === 'comment' ? kind : 'issue-row');
    if (!node) return;
    if (node.id && !was) node.id += op.record.slice(8);
    return arrive(below, fill(node, op, number));
  }
  if (kind !== 'issue' || !('list' in region.dataset) || (team ? team !== op.set.team : op.set.assignee !== member && !/[?&]view=created|\/f\/all/.test(src))) return;
  if (op.set.parent && /[?&]sub=off/.test(src)) return;
  const set = withStatus(op.set), values = {priority: 0, assignee: null, ...set}, wanted = filters(src);
  if (wanted.some(({field}) => !(field in values)) || Object.keys(values).some(name => !stays(wanted, name, called(name, values[name])))) return;
  const group = [...region.querySelectorAll('[data-group]')].find(g => g.dataset.group === ref(grouping(g), grouping(g) === 'label' ? set.labels?.[0] : values[grouping(g)]));
  const sorted = region.querySelector('[data-group]');
  if (!group && sorted && (grouping(sorted) in values || grouping(sorted) === 'label')) return; // its group is not there yet
  const home = (group ?? region).querySelector('[data-rows]'), node = home && (was ?? blank(/[?&]view=board/.test(src) ? 'issue-card' : 'issue-row'));
  if (!node) return;
  arrive(home, fill(node, op, number));
  count(node, 1);
  return node;
}

function arrive(home, node) {
  node.dataset.made = '';
  home.append(node);
  return node;
}

/** regroup moves a row to the group that a value names, and out of a filtered list that it left. */
function regroup(region, node, {set: given = {}, before, after}) {
  const set = classed(given);
  const row = rowOf(node), group = row?.closest('[data-group]'), wanted = filters(region.dataset.src), name = group && grouping(group);
  if (!row) return;
  for (const [field, value] of Object.entries(set)) if (decidable(wanted, field) && !stays(wanted, field, called(field, value))) return vanish(node, true, linger);
  const target = name && name in set ? ref(name, set[name]) : group?.dataset.group;
  const beside = [before, after].map(record => record && rowOf(region.querySelector(`${having('data-record', record)}:not(form)`)));
  if (!group || (target === group.dataset.group && !beside.some(Boolean))) return;
  const to = region.querySelector(`${having('data-group', target)} [data-rows]`);
  if (!to) return vanish(node, true, linger);
  if (!row.dataset.moved) {
    const home = row.ownerDocument.createElement('template');
    home.dataset.home = row.dataset.moved = node.dataset.record;
    row.before(home);
  }
  count(row, -1);
  put(to, row, beside[0]?.parentNode === to ? beside[0] : beside[1]?.parentNode === to ? beside[1].nextSibling : null);
  count(row, 1);
}

function vanish(node, gone, keep = () => false) {
  const row = rowOf(node);
  if (!row || gone === 'gone' in row.dataset) return;
  row.hidden = gone && !keep(row);
  row.toggleAttribute('data-gone', gone);
  count(row, gone ? -1 : 1);
}

function count(row, step) {
  const at = row.closest('[data-group]')?.querySelector('[data-count]'), shown = Number(at?.textContent);
  if (at && Number.isInteger(shown)) patch(at, 'count', Math.max(0, shown + step));
}

function pend(node, on) {
  node.toggleAttribute('data-pending', on);
  for (const words of node.querySelectorAll('[data-pending-text]')) if (words.closest(records) === node) words.textContent = on ? 'not sent yet' : '';
}

const put = (parent, node, before) => parent.moveBefore && node.isConnected && parent.isConnected ? parent.moveBefore(node, before) : parent.insertBefore(node, before);
const rowOf = node => node?.closest('[data-rows] > *');
const grouping = group => { const [kind] = group.dataset.group.split(':'); return fieldOf[kind] ?? kind; };
const called = (name, value) => answers(value === null ? null : ref(name, value), name === 'team' ? vocabulary(value)?.dataset.key : names(ref(name, value)), page().member);
const decidable = (wanted, name) => wanted.some(f => f.field === name) && (/^(status|priority)$/.test(name) || wanted.every(f => f.field !== name || /^(me|none|[0-9a-f-]{36})$/.test(f.value)));
const withStatus = set => classed({...set, status: set.status ?? firstStatus(set.team)});
/** classed says the category of a status, which lists over several teams are grouped by. */
const classed = set => set.status ? {...set, category: `category:${vocabulary(set.status)?.dataset.category}`} : set;
const firstStatus = team => ['unstarted', 'backlog'].map(category => document.querySelector(`#vocabulary template[data-category="${category}"]${having('data-team', team ?? '')}`)?.dataset.value).find(Boolean);
