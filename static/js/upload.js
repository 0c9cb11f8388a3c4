// A file on its way out of a text: a mark stands where it will be shown, until the server has it or says why not.

import {uuid7} from './ids.js';
import {page} from './page.js';
import {sendFile} from './send_file.js';
import {toast} from './toast.js';

const patience = 310_000, under = new Map(), failed = new Map(); // patience: a little more than the server's
let turn = Promise.resolve(), last = 0;

addEventListener('beforeunload', event => { if (under.size) event.preventDefault(); });

/**
 * upload attaches a file to an issue, and shows it in the text where the caret is. Until then the text is not sent; who takes the mark
 * out of it does not want the file any more. The same tx attaches the same file once.
 */
export async function upload(area, issue, file, tx = uuid7()) {
  const name = file.name || 'file', sign = `![Uploading ${name.replace(/[[\]\\\n]/g, '')} (${++last})…]()`; // as drafts.js knows it
  const stop = new AbortController(), look = () => area.value.includes(sign) || stop.abort();
  area.setRangeText(sign, area.selectionStart, area.selectionEnd, 'end');
  area.addEventListener('input', look);
  under.set(stop, area);
  told(area);
  let shown = '';
  try { shown = await inTurn(stop, () => send(issue, file, name, tx, stop)); } catch (error) {
    if (error.name !== 'AbortError') missed(error, name, () => upload(area, issue, file, tx));
  }
  area.removeEventListener('input', look);
  under.delete(stop);
  const at = area.value.indexOf(sign);
  if (at >= 0) area.setRangeText(shown, at, at + sign.length, area.selectionStart >= at + sign.length ? 'preserve' : 'end');
  told(area);
}

/** told tells the browser why a form with files on their way cannot be sent, and whoever keeps drafts that the text is another one. */
function told(area) {
  area.setCustomValidity([...under.values()].includes(area) ? 'A file is still being uploaded. Wait a moment, or take its mark out of the text.' : '');
  area.dispatchEvent(new InputEvent('input', {bubbles: true}));
}

/** inTurn sends one file after the other; one that is stopped waits for no other. */
function inTurn({signal}, run) {
  const mine = turn.then(() => { signal.throwIfAborted(); return run(); });
  turn = mine.catch(() => {});
  return Promise.race([mine, new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)))]);
}

async function send(issue, file, name, tx, stop) {
  const most = Number(document.getElementById('files')?.dataset.most), clock = setTimeout(() => stop.abort(Object.assign(new Error('it took too long.'), {again: true})), patience);
  try {
    if (most && file.size > most) throw new Error(`it has more than ${most >> 20} MiB.`);
    return await sendFile({url: `/${page().workspace}/issue/${issue.split(':')[1]}/attachment`, file, name, tx, signal: stop.signal});
  } finally { clearTimeout(clock); }
}

/** missed names all files that went wrong together, and sends those again that may do better. */
function missed(error, name, again) {
  failed.set(again, {name, again: error.again});
  const names = [...failed.values()].map(one => one.name).join(', '), hope = [...failed].filter(([, one]) => one.again);
  const retry = hope.length ? {act: 'Retry', run: () => { failed.clear(); hope.forEach(([run]) => run()); }, stays: true} : {};
  toast(`Not attached: ${names} (${error.message.replace(/\.$/, '')})`, {kind: 'file', alert: true, ...retry});
  if (!hope.length) failed.clear();
}
