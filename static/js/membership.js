// Whether an issue belongs into a filtered list, as far as that can be known here. Pure.

/** filters reads the clauses of a list's URL: f=status:todo, f=-label:bug. */
export const filters = source => new URLSearchParams(source?.split('?')[1] ?? '').getAll('f').map(clause => {
  const [, not, field, value] = clause.match(/^(-?)([a-z]+):(.*)$/) ?? [];
  return {not: !!not, field, value};
}).filter(f => f.field);

/** answers lists what a value is called in filters: its uuid, the slug of its name, none, me. */
export function answers(ref, text, me) {
  if (ref === null || ref === undefined || String(ref).endsWith(':')) return ['none'];
  const slug = String(text).toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '');
  return [String(ref).split(':').at(-1), slug, ...ref === me ? ['me'] : []];
}

/** stays tells whether a field's value passes the clauses of that field: OR among them, each `-` one by itself. */
export function stays(clauses, field, is) {
  const yes = clauses.filter(f => f.field === field && !f.not), no = clauses.filter(f => f.field === field && f.not);
  return (!yes.length || yes.some(f => is.includes(f.value))) && !no.some(f => is.includes(f.value));
}
