// A label made where it is missed: it and its place on the issue are one transaction, so one step to undo.
import {uuid7} from './ids.js';
import {make} from './make.js';
import {write} from './outbox.js';
import {having, vocabulary} from './page.js';

const palette = ['#c2485f', '#b8552e', '#966a00', '#5f7a12', '#1f855a', '#00838c', '#217fb5', '#5a70c7', '#8560bd', '#ad5099'];

/** offer makes a label of the issue's team and gives it to the issue; it answers the option that takes it away again. */
export async function offer(name, issue) {
  const record = `label:${uuid7()}`, labels = document.querySelectorAll('#vocabulary template[data-value^="label:"]'), [like] = labels;
  const key = document.querySelector(`${having('data-record', issue)}[data-key]`)?.dataset.key.split('-')[0], team = document.querySelector(`#vocabulary template${having('data-key', key ?? '')}`)?.dataset.value;
  if (like) { // what is shown until the server has drawn it
    const shown = like.cloneNode(true);
    Object.assign(shown.dataset, {value: record, text: name}, team && {team});
    shown.content.firstElementChild.textContent = name;
    like.after(shown);
  }
  const set = {name, color: palette[labels.length % palette.length], ...team && {team}};
  (await write()).add([{op: 'create', record, set}, {op: 'add', record: issue, field: 'labels', value: record}], 'Create label');
  return make('button', {className: 'choice', name: 'remove', value: record, role: 'option', tabIndex: -1}, vocabulary(record)?.content.cloneNode(true) ?? name);
}
