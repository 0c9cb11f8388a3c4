// The dialog that lists the keys, as the actions have them, and switches the single ones off and on.
import {groups} from './action.js';
import {caption} from './caption.js';
import {dialog, kbd, make} from './make.js';
import {page} from './page.js';
import {write} from './outbox.js';

/** show opens the dialog; it is made once. */
export function show() {
  const shown = document.querySelector('dialog[data-dialog=keys]') ?? made();
  if (!shown.open) shown.showModal();
}

function made() {
  const close = make('button', {className: 'button', onclick: () => shown.close()}, 'Close');
  const parts = Object.entries(groups).map(([name, list]) => [name, list.filter(({key}) => key)]).flatMap(([name, list]) => [
    make('h3', {}, name),
    make('dl', {}, ...list.flatMap(({key, also, words}) => [make('dt', {}, kbd(caption(key)), ...also ? [' ', kbd(caption(also))] : []), make('dd', {}, words)])),
  ]);
  const box = make('input', {type: 'checkbox', checked: document.documentElement.dataset.keys !== 'off', onchange: () => set(box)});
  const shown = dialog('keys', 'Keys', make('h2', {}, 'Keys'), make('label', {className: 'check'}, box, 'Single keys do something (those with Ctrl always do)'), ...parts, close);
  return shown;
}

/** set keeps the choice with the member, on every device; it holds here at once. */
async function set(box) {
  const on = box.checked, body = new URLSearchParams(on ? {keys: 'on'} : {});
  document.documentElement.dataset.keys = on ? '' : 'off';
  const answer = await fetch(`/${page().workspace}/settings/keys`, {method: 'POST', body, redirect: 'manual'}).catch(() => null);
  if (answer?.type !== 'opaqueredirect') write().then(({toast}) => toast('Only this page knows: the server did not take it.', {kind: 'failed', alert: true})).catch(console.error);
}
