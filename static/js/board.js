// Boards: what moves their cards is loaded with the first one.

let loaded;

export function install() {
  if (!loaded && document.querySelector('[data-rows] form[data-op=move]')) loaded = import('./drag.js').then(({listen}) => listen());
}
