// The dialog that lists the keys.

const signs = {ArrowRight: '→', ArrowLeft: '←', ArrowDown: '↓', ArrowUp: '↑'};

/** show opens the dialog with these keys; it is made once. */
export function show(keys) {
  const dialog = document.querySelector('dialog[data-dialog=keys]') ?? made(keys);
  if (!dialog.open) dialog.showModal();
}

function made(keys) {
  const close = make('button', 'Close');
  const rows = keys.flatMap(({key, also, words}) => [make('dt', kbd(key), ...also ? [' ', kbd(also)] : []), make('dd', words)]);
  const dialog = make('dialog', make('h2', 'Keys'), make('dl', ...rows), close);
  dialog.dataset.dialog = 'keys';
  dialog.className = 'dialog';
  dialog.ariaLabel = 'Keys';
  close.className = 'button';
  close.addEventListener('click', () => dialog.close());
  document.body.append(dialog);
  return dialog;
}

const kbd = key => Object.assign(make('kbd', signs[key] ?? [...key.toUpperCase()].join(' ')), {className: 'kbd'});

function make(name, ...children) {
  const node = document.createElement(name);
  node.append(...children);
  return node;
}
