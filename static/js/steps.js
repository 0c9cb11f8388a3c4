// How transactions of one browser follow each other: conflicts sent again, texts on top of texts, undo and redo. Pure.

/** rebased gives operations the versions that a conflict showed, so that sending them again means "mine". */
export const rebased = (ops, conflicts = []) => ops.map(op => {
  const met = conflicts.filter(c => c.record === op.record && (c.field === op.field || c.field in (op.set ?? {})));
  if (!met.length || !('base' in op)) return op;
  return {...op, base: Math.max(...met.map(c => c.version)), ...'from' in op && {from: met[0].theirs ?? ''}};
});

/** inverse guesses what undoing will show, until the server says: `before` is {record: {field: value}}. */
export const inverse = (ops, before = {}) => ops.toReversed().flatMap(op => {
  const {record, field} = op, other = {add: 'remove', remove: 'add', delete: 'restore', restore: 'delete', create: 'delete'}[op.op];
  if (other) return {...op, op: other};
  if (op.op === 'text') return {op: 'text', record, field, text: op.from ?? ''};
  return before[record] ? {op: 'set', record, set: before[record]} : [];
});

/** followed has a text that was typed on top of one's own unsent text of that field replace it; what began from another text, as in another tab, is merged with it. */
export function followed(ops, earlier) {
  const [op] = ops, text = o => o.op === 'text' && o.record === op.record && o.field === op.field;
  const last = op?.op === 'text' && ops.length === 1 && earlier.findLast(e => e.state === 'waiting' && e.ops.some(text));
  if (!last || last.sent || last.ops.length > 1 || last.ops[0].text !== op.from) return {ops};
  return {ops: [{...op, base: last.ops[0].base, from: last.ops[0].from}], replaces: last};
}

/** steps sorts one's own transactions into what undo and redo reach, last first to go: the last 100. */
export function steps(entries) {
  const undo = [], redo = [];
  for (const e of entries) {
    const target = e.ops[0]?.op === 'undo' && e.ops[0].transaction;
    if (!target) { if (e.state !== 'failed') { undo.push(e.id); redo.length = 0; } continue; }
    const from = [undo, redo].find(stack => stack.includes(target));
    from?.splice(from.indexOf(target), 1);
    if (e.state !== 'failed') (from === redo ? undo : redo).push(e.id);
  }
  return {undo: undo.slice(-100), redo: redo.slice(-100)};
}
