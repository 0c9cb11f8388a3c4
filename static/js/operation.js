// A form becomes a transaction's operations. Pure: no DOM, no storage.

/** texts are the fields whose empty value is "", not null. */
export const texts = /^(title|description|body|name)$/;
const numbers = /^(priority|estimate|position)$/, sets = /^(labels|subscribers|members)$/;

/** operations builds what a form says: {op, record, records, base, field, from, data: [[name, value]]}; mint makes ids. */
export function operations(form, mint) {
  const {op, base, field, from} = form;
  const data = form.data.filter(([name]) => !name.startsWith('_') && name !== 'record');
  const all = name => data.filter(([key, value]) => key === name && value !== '').map(pair => pair[1]);
  const chosen = form.data.filter(([name]) => name === 'record').map(pair => pair[1]);
  return (form.record ? [form.record] : chosen).flatMap(record => {
    switch (op) {
      case 'create': return {op, record: record.includes(':') ? record : `${record}:${mint()}`, set: fields(data, false)};
      case 'set': return {op, record, base: Number(base) || 0, set: fields(data, true)};
      case 'text': return {op, record, base: Number(base) || 0, field, from, text: data.find(([name]) => name === field)?.[1] ?? ''};
      case 'add': return ['add', 'remove'].flatMap(op => all(op).map(value => ({op, record, field, value})));
      case 'move': {
        const set = fields(data.filter(([name, value]) => value !== '' && !/^(before|after|transaction)$/.test(name)), false);
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
  if (text === '') return null;
  return numbers.test(name) && Number.isFinite(Number(text)) ? Number(text) : text;
}

/** records lists what operations write, each once. */
export const records = ops => [...new Set(ops.map(op => op.record).filter(Boolean))];

/** mentions tells whether operations write or refer to a record. */
export const mentions = (ops, record) => ops.some(op =>
  [op.record, op.before, op.after, op.value, ...Object.values(op.set ?? {}).flat()].includes(record));

/** text is what the user typed in operations, if anything: never to be lost. */
export const text = ops => ops.map(op => op.text ?? op.set?.body ?? op.set?.description ?? op.set?.title ?? op.set?.name).find(Boolean) ?? '';

/** reworded puts another text in the place where text() found it. */
export function reworded(ops, other) {
  const old = text(ops), at = ops.findIndex(op => text([op]));
  return ops.map((op, i) => {
    if (i !== at) return op;
    if ('text' in op) return {...op, text: other};
    const name = ['body', 'description', 'title', 'name'].find(name => op.set[name] === old);
    return {...op, set: {...op.set, [name]: other}};
  });
}

function fields(data, keepNull) {
  const set = {};
  for (const [name, raw] of data) {
    if (sets.test(name)) { set[name] ??= []; if (raw !== '') set[name] = [...new Set([...set[name], raw])].sort(); continue; }
    const v = value(name, raw);
    if (v !== null || keepNull) set[name] = v;
  }
  return set;
}
