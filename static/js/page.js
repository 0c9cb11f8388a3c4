// What a page says about itself: its metas and its vocabulary. No state is kept here.

/** page tells whose page this is, of which workspace, and at which version, epoch and build it was drawn. */
export function page() {
  const meta = name => document.querySelector(`meta[name="tandem-${name}"]`);
  const member = meta('member');
  return {
    workspace: meta('workspace')?.content || '', member: member?.content || '', handle: member?.dataset.handle, name: member?.dataset.name,
    epoch: meta('epoch')?.content || '', version: Number(meta('version')?.content || 0), build: meta('build')?.content || '',
    clock: meta('clock')?.content || '',
  };
}

/** vocabulary finds the template of a value ("status:<uuid>", "priority:2", "member:" for none). */
export const vocabulary = value => document.querySelector(`#vocabulary template[data-value="${CSS.escape(value)}"]`);

/** blank finds the template of a thing that script makes ("issue-row", "toast"). */
export const blank = name => document.querySelector(`template[data-new="${name}"]`)?.content.firstElementChild?.cloneNode(true);

/** names words a reference: a value's text, an issue's key, else its kind. */
export function names(ref) {
  const word = vocabulary(ref)?.dataset.text ?? document.querySelector(`[data-record="${CSS.escape(ref)}"][data-key]`)?.dataset.key;
  return word || (/^[a-z]+:[0-9a-f-]{36}$/.test(ref) ? `the ${ref.split(':')[0]}` : ref);
}

/** attribute builds the selector of an attribute with that very value. */
export const having = (name, value) => `[${name}="${CSS.escape(value)}"]`;

/** open finds a dialog or a menu that is open. Never by a list of selectors: over the elements of a board that takes a browser 5 ms, one selector 0.3. */
export const open = (root = document) => root.querySelector('dialog[open]') ?? root.querySelector('details[data-menu][open]');

/** dirty tells whether anything typed or chosen under root would be lost with the page. */
export const dirty = (root = document) => !!root.querySelector('form[data-dirty]');

/** taken tells that our server did what it was asked: a portal of some network answers anything with 200. */
export const taken = answer => !!answer?.ok && answer.headers.has('Tandem-Build');

/** foreign tells that a region's answer is none of ours, whatever it says: a network's portal gave it, or what that one led to. */
export const foreign = response => !response?.headers.get('Tandem-Build') || response.raw.redirected && !/^\/[^/]+\/f\//.test(new URL(response.raw.url).pathname);
