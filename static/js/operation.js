// A form becomes a transaction's operations. Pure: no DOM, no storage.

/** texts are the fields whose empty value is "", not null. */
export const texts = /^(title|description|body|name)$/;
const numbers = /^(priority|estimate|position|cycle_\w+)$/, sets = /^(labels|subscribers|members)$/;

/** operations builds what a form says: {op, record, records, base, field, from, data: [[name, value]]}; mint makes ids. */
export function operations(form, mint) {
  const {op, base, field, from} = form;
  const data = form.data.filter(([name]) => !name.startsWith('_') && name !== 'record');
  const all = name => data.filter(([key, value]) => key === name && value !== '').map(pair => pair[1]);
  const chosen = form.data.filter(([name]) => name === 'record').map(pair => pair[1]);
  return (form.record ? [form.record] : chosen).flatMap(record => {
    switch (op) {
      case 'create': return {op, record: record.includes(':') ? record : `${record}:${mint()}`, set: fields(data, false)};
      case 'set': {
        const [body] = all('comment');
        return [{op, record, base: Number(base) || 0, set: fields(data.filter(([name]) => name !== 'comment'), true)},
          ...body ? [{op: 'create', record: `comment:${mint()}`, set: {issue: record, body}}] : []];
      }
      case 'text': return {op, record, base: Number(base) || 0, field, from, text: data.find(([name]) => name === field)?.[1] ?? ''};
      case 'add': return ['add', 'remove'].flatMap(op => all(op).map(value => ({op, record, field, value})));
      case 'move': {
        // A column is named as its group: "priority:2", "member:" for nobody.
        const set = fields(data.filter(([name, value]) => value !== '' && !/^(before|after|transaction)$/.test(name)).map(([name, value]) => [name, value.replace(/^priority:|^\w+:$/, '')]), true);
        const [before] = all('before'), [after] = all('after');
        return {op, record, ...Object.keys(set).length && {set}, ...before && {before}, ...after && {after}};
      }
      case 'delete': case 'restore': return {op, record};
      default: return [];
    }
  }).concat(op === 'undo' ? all('transaction').map(transaction => ({op, transaction, ...all('partial').length && {partial: true}})) : []);
}

/** value gives a control's text its protocol type: numbers, null for absent, texts as they are. */
export function value(name, text) {
  if (texts.test(name)) return text;
  if (name === 'snoozed_until') return until(text);
  if (text === '') return null;
  return numbers.test(name) && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** until is the time that a word means here and now; what is no such word stays. */
export function until(word, now = new Date()) {
  const {[word]: days} = {tomorrow: 1, week: 7 - (now.getDay() + 6) % 7};
  if (days) now.setDate(now.getDate() + days), now.setHours(9, 0, 0, 0);
  else if (word === 'later') now.setHours(now.getHours() + 3);
  else return word === 'activity' ? '9999-01-01T00:00:00Z' : word || null;
  return now.toISOString();
}

/** records lists what operations write, each once. */
export const records = ops => [...new Set(ops.map(op => op.record).filter(Boolean))];

/** mentions tells whether operations write or refer to a record. */
export const mentions = (ops, record) => ops.some(op =>
  [op.record, op.before, op.after, op.value, ...Object.values(op.set ?? {}).flat()].includes(record));

/** typed finds what the user typed in operations, if anything: never to be lost. */
const typed = ops => ops.map((op, i) => ({i, op, field: 'text' in op ? op.field : ['body', 'description', 'title', 'name'].find(name => op.set?.[name])})).find(({op, field}) => op.text || op.set?.[field]);

/** needs tells whether operations can come to nothing without a record; a neighbour that vanished is none to a move. */
export const needs = (ops, record) => ops.some(op => [op.record, op.value, ...Object.values(op.set ?? {}).flat()].includes(record));

/** text is what the user typed. */
export const text = ops => { const {op, field} = typed(ops) ?? {}; return op?.text ?? op?.set?.[field] ?? ''; };

/** reworded puts another text in the place where text() found it. */
export function reworded(ops, other) {
  const {i, op, field} = typed(ops);
  return ops.toSpliced(i, 1, 'text' in op ? {...op, text: other} : {...op, set: {...op.set, [field]: other}});
}

/** amended changes what was typed in operations that may have arrived already: one more, on top of them. */
export function amended(ops, other) {
  const {op: {record}, field} = typed(ops);
  return [/^(title|name)$/.test(field) ? {op: 'set', record, base: 0, set: {[field]: other}} : {op: 'text', record, base: 0, field, from: text(ops), text: other}];
}

function fields(data, keepNull) {
  const set = {};
  for (const [name, raw] of data) {
    if (sets.test(name)) { set[name] ??= []; if (raw !== '') set[name] = [...new Set([...set[name], raw])].sort(); continue; }
    const v = value(name, raw);
    if (v !== null || keepNull || name === 'project') set[name] = v; // none, or a sub-issue would be in its parent's
  }
  return set;
}
