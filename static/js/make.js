// Elements that only script knows.

/** make makes an element: its properties ("aria-…" and "role" as attributes), then its children. */
export function make(name, given = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(given)) if (value !== undefined) /^(aria-|role$)/.test(key) ? node.setAttribute(key, value) : node[key] = value;
  node.append(...children);
  return node;
}

/** dialog makes one of that name, at the end of the page; a click beside it closes it. */
export function dialog(name, label, ...children) {
  const node = make('dialog', {className: 'dialog', 'aria-label': label}, ...children);
  node.dataset.dialog = name;
  node.addEventListener('click', ({target}) => { if (target === node) node.close(); });
  document.body.append(node);
  return node;
}

/** kbd shows a key. */
export const kbd = words => make('kbd', {className: 'kbd'}, words);
