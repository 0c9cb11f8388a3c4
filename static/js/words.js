// Operations in words: for the outbox page, and in the past for toasts. Pure.

import {records, texts} from './operation.js';

/** words say what operations do, for the outbox page: "Set status of ENG-12 to Done". */
export function words(ops, names) {
  const [op] = ops, it = op.record && names(op.record), kind = op.record?.split(':')[0];
  const more = ops.length > 1 ? ` and ${ops.length - 1} more` : '';
  return ({
    create: () => kind === 'comment' ? `Comment on ${names(op.set.issue)}: “${short(op.set.body ?? '')}”`
      : `Create ${kind} “${short(op.set.title ?? op.set.name ?? '')}”`,
    set: () => 'snoozed_until' in op.set ? `${op.set.snoozed_until ? 'Snooze' : 'Wake'} ${it}` : Object.entries(op.set).map(([f, v]) => v === null ? `Clear ${f} of ${it}` : `Set ${f} of ${it} to ${shown(f, v, names)}`).join(', '),
    text: () => `Edit ${op.field} of ${it}`,
    add: () => `Add ${single(op.field)} ${names(op.value)} to ${it}`,
    remove: () => `Remove ${single(op.field)} ${names(op.value)} from ${it}`,
    move: () => `Move ${it}${destination(op, names)}`,
    delete: () => `Delete ${it}`,
    restore: () => `Restore ${it}`,
    undo: () => `Undo “${names(op.transaction)}”`,
  }[op.op]?.() ?? op.op) + more;
}

/** said words a stored write for its toast, in the past: "Status changed to Done"; empty = no toast. */
export function said(all, names) {
  const ops = all.filter((op, i) => !i || op.op !== 'create' || all[0].op === 'create'); // a word that was left with it
  const [op] = ops, kind = op.record?.split(':')[0], many = records(ops).length, it = many > 1 ? `${many} ${kind}s` : op.record && names(op.record);
  if (ops.length > many) return `${ops.length} changes made`;
  const [field, v] = Object.entries(op.set ?? {})[0] ?? [];
  return ({
    create: () => kind === 'comment' ? '' : `${capital(kind)} created`,
    set: () => field === 'snoozed_until' ? v === null ? 'Awake again' : 'Snoozed' : v === null ? `${capital(field)} cleared` : `${capital(field)} changed to ${shown(field, v, names)}`,
    text: () => `${capital(op.field)} saved`,
    add: () => `${capital(single(op.field))} ${names(op.value)} added`,
    remove: () => `${capital(single(op.field))} ${names(op.value)} removed`,
    move: () => `Moved${destination(op, names)}`,
    delete: () => `${capital(it)} deleted`,
    restore: () => `${capital(it)} restored`,
    undo: () => 'Undone',
  }[op.op]?.() ?? '') + (many > 1 && /^(set|add|remove|move)$/.test(op.op) ? ` for ${it}` : '');
}

const shown = (field, v, names) => Array.isArray(v) ? v.map(names).join(', ')
  : texts.test(field) ? `“${short(v)}”` : names(field === 'priority' ? `priority:${v}` : String(v));
const destination = (op, names) => op.set ? ` to ${Object.entries(op.set).map(([f, v]) => shown(f, v, names)).join(', ')}` : '';
const short = s => { const c = [...s]; return c.length > 60 ? `${c.slice(0, 59).join('')}…` : s; };
const single = field => field.replace(/s$/, '');
const capital = s => s ? s[0].toUpperCase() + s.slice(1) : '';
