// The door to the write side. A page that nobody writes on does without it: it is loaded when this browser keeps something unsent or a draft,
// when the page is touched, or when the browser is idle.

import {page} from './page.js';

let side, loading;

/** counts tells {unsent, failed, kept}; kept is false where nothing can be stored. */
export const counts = () => side?.counts() ?? {unsent: 0, failed: 0, kept: true};

/** write answers the write side, loaded once. */
export const write = () => loading ??= import('./write.js').then(loaded => {
  side = loaded;
  side.install(document);
  return side;
}, error => { loading = null; throw error; });

/** written answers the write side if it is there. */
export const written = () => side;

export function install(root) {
  if (root !== document) return side?.install(root);
  const {workspace, member} = page(), load = () => write().catch(console.error);
  if (!workspace || !member) return;
  const prefix = `tandem:${workspace}:${member.replace('member:', '')}:`, ours = key => key?.startsWith(`${prefix}tx:`) || key?.startsWith(`${prefix}draft:`);
  for (const type of ['pointerdown', 'focusin']) addEventListener(type, () => side || load(), {capture: true});
  addEventListener('keydown', load, {once: true, capture: true});
  addEventListener('input', ({target}) => side || early(prefix, target));
  addEventListener('storage', ({key}) => { if (!side && ours(key)) load(); });
  let now = document.querySelector('[data-outbox]') || /\/issue\/[0-9a-f-]{36}$/.test(location.pathname);
  try { for (let i = 0; i < localStorage.length; i++) now ||= ours(localStorage.key(i)); } catch { now = true; }
  if (now) return load();
  const idle = () => (globalThis.requestIdleCallback ?? setTimeout)(load);
  document.readyState === 'complete' ? idle() : addEventListener('load', idle);
}

/** early keeps what is typed before the write side is there, in drafts.js' form: the line may have dropped meanwhile. */
function early(prefix, {dataset: {draftKey}, value, defaultValue, form}) {
  const at = Date.now();
  try { if (draftKey) localStorage.setItem(`${prefix}draft:${draftKey}`, JSON.stringify({rev: at, at, text: value, from: defaultValue, base: form?.dataset.base})); } catch { /* full or denied: it stays in its field */ }
}
