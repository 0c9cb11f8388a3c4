// Menus are <details data-menu>: one is open at a time, arrows walk it, digits choose, Esc gives focus back. Those with many values are pickers.
// A <details data-edit> opens on its field.

const options = 'button:not([hidden], :disabled), a[href]:not([hidden])';
const fields = 'input:not([type=hidden], [type=checkbox]), textarea, select';

let dress;

/** pickable are the rows and cards whose properties can be set. */
export const pickable = '[data-rows] [data-key]:not([data-deleted]):has([data-field=priority])';

export function install(root) {
  if (root !== document) return;
  document.addEventListener('toggle', opened, true);
  document.addEventListener('keydown', pressed);
  document.addEventListener('submit', chosen);
  document.addEventListener('click', pointed);
  for (const type of ['pointerover', 'keydown']) document.addEventListener(type, () => picker().catch(() => {}), {once: true});
  for (const type of ['pointerdown', 'focusin']) document.addEventListener(type, ({target}) => close(target));
}

function opened({target}) {
  const menu = target.matches('[data-menu]');
  if (!target.open || !menu && !target.matches('[data-edit]')) return;
  if (menu) close(target);
  // A form that opens by itself, since a draft came back in it, takes no focus.
  if (target.querySelector('[data-draft-note]') && !target.contains(document.activeElement)) return;
  const body = target.querySelector(':scope > :not(summary)'), first = body?.querySelector('[aria-current]') ?? body?.querySelector(fields) ?? body?.querySelector(options);
  if (!target.contains(document.activeElement) || document.activeElement.matches('summary')) first?.focus({preventScroll: true});
  if (!menu) return;
  // The first one may have to do without its box: nothing moves under a pointer.
  dress ? dress(target) : picker().then(() => target.matches(':hover') || dress(target), console.error);
}

async function picker() { ({dress} = await import('./picker.js')); }

/** The marks of a row are what a mouse opens their menus by; the links of comments and cards become their forms. */
function pointed(event) {
  const {pointerType, ctrlKey, metaKey, shiftKey} = event, at = event.target.closest('[data-rows=comment] a[data-action], [data-key] > a[data-action], [data-rows] a :is([data-field=status], [data-field=priority], [data-field=assignee])'), row = at?.closest('[data-record]');
  if (ctrlKey || metaKey || shiftKey || !at?.href && (pointerType !== 'mouse' || !row?.matches(pickable))) return;
  event.preventDefault();
  import(at.href ? './tool.js' : './row_menu.js').then(({pick}) => pick(at.dataset.field, row, at)).catch(error => at.href ? location = at : console.error(error));
}

function pressed(event) {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  const {key, target} = event, typing = target.matches?.(fields);
  // Focus comes into a menu a moment after it opens: a fast digit is for it too.
  const menu = target.closest?.('details[data-menu][open]') ?? (typing ? null : document.querySelector('details[data-menu][open]'));
  if (key === 'Escape') return escape(event, menu ?? target.closest?.('details[data-edit][open]'));
  if (!menu || typing) return;
  const list = [...menu.querySelectorAll(options)], named = list.filter(one => one.name), digit = named.length > 1 && nth(key, named);
  const go = list[step(key, list.indexOf(document.activeElement), list.length)] ?? digit;
  if (!go) return;
  event.preventDefault();
  if (digit) go.click();
  else go.focus();
}

function escape(event, details) {
  if (!details) return;
  event.preventDefault();
  const form = details.querySelector('form[data-dirty]');
  // A long text is never thrown away by a key: it stays, as a draft.
  if (form?.querySelector('textarea') && details.matches('[data-edit]')) return document.activeElement.blur();
  form?.reset();
  shut(details);
}

/** A choice closes its menu; sets of labels stay open for the next. A form sent by a key, its menu shut, takes no focus. */
function chosen({target}) {
  const details = target.closest('details[data-menu][open]');
  if (details && target.dataset.op !== 'add') shut(details);
}

/** close shuts the menus that something is not in. */
const close = inside => document.querySelectorAll('details[data-menu][open]').forEach(menu => { menu.open = menu.contains(inside); });

function shut(details) {
  details.open = false;
  details.querySelector('summary').focus({preventScroll: true});
}

/** step is the index that a key leads to in a list, round its ends; undefined for other keys. */
export const step = (key, at, length) =>
  ({ArrowDown: (at + 1) % length, ArrowUp: at < 1 ? length - 1 : at - 1, Home: 0, End: length - 1}[key]);

/** nth is the option that a digit chooses: the priority of that number, else the nth. */
export function nth(key, list) {
  if (!/^\d$/.test(key)) return undefined;
  return list[0].name === 'priority' ? list.find(one => one.value === key) : list[key - 1];
}
