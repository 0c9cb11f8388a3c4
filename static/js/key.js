// Keys do what the list of actions says. Single ones and those with Alt, which types other letters on a Mac, never in fields or while composing; <html data-keys="off"> ends them.
import {act, find} from './action.js';
import {open} from './page.js';

const field = 'input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]';
const off = () => document.documentElement.dataset.keys === 'off';

let last = '', lastAt = 0;

export function install(root) {
  if (root !== document) return;
  document.addEventListener('keydown', pressed);
  for (const type of ['pointerover', 'focusin']) document.addEventListener(type, hint);
}

function pressed(event) {
  const {key, code, target, shiftKey, ctrlKey, metaKey, altKey} = event, mod = ctrlKey || metaKey;
  if (event.defaultPrevented || event.isComposing || altKey && (mod || shiftKey)) return;
  if (mod && key === 'Enter' && target.form) {
    event.preventDefault();
    return target.form.requestSubmit(shiftKey ? target.form.elements._again : null);
  }
  if (key === 'Control' || key === 'Meta') import('./command.js').then(({ready}) => ready(), () => {}); // K may follow
  const wanted = altKey ? `Alt+${(key < '{' ? key : code.slice(3)).toLowerCase()}` : mod ? `Mod+${shiftKey ? 'Shift+' : ''}${/[>:]/.test(key) ? '.' : key.toLowerCase()}` : key;
  const typing = target.closest?.(field);
  if (mod ? typing && wanted !== 'Mod+k' : typing || off() || shiftKey && key.length > 1 || open()) return;
  const pair = Date.now() - lastAt < 1000 ? find(last + wanted) : [];
  last = key;
  lastAt = Date.now();
  if ([...pair, ...find(wanted)].some(one => act(one) !== false)) event.preventDefault();
}

/** A control tells its key when it is pointed at or has focus. */
function hint({target}) {
  const at = target.closest?.('[data-action]:not([title])');
  if (at && !off()) import('./caption.js').then(({hint}) => hint(at), () => {});
}
