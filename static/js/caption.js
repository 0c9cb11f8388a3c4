// Keys as people know them: for the help, the command menu, and the hints of controls, with the first of which this is loaded.
import {actions, control} from './action.js';

const signs = {ArrowRight: '→', ArrowLeft: '←', ArrowDown: '↓', ArrowUp: '↑', Escape: 'Esc', ' ': 'Space'};

/** caption writes a key as people know it: "G I", "Ctrl K", "Shift S". */
export function caption(key) {
  const mac = /Mac|iP/.test(globalThis.navigator?.platform), [last, ...held] = key.split('+').reverse();
  const one = signs[last] ?? (last.length > 2 ? last : [...last].map(c => /[A-Z]/.test(c) ? `Shift ${c}` : c.toUpperCase()).join(' '));
  return [...held.reverse().map(name => name === 'Mod' ? mac ? '⌘' : 'Ctrl' : name), one].join(' ');
}

/** hint tells a control's key on it. */
export function hint(at) {
  const one = at.title ? null : actions.find(one => one.key && one.on === at.dataset.action && control(one) === at);
  if (!one) return;
  at.title = `${one.words} (${caption(one.key)})`;
  if (one.key.length === 1) at.setAttribute('aria-keyshortcuts', one.key === one.key.toUpperCase() ? caption(one.key).replace(' ', '+') : one.key.toUpperCase());
}
