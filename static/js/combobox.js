// A text box that moves through the options below it while focus stays in the box, as the command menu and the pickers have it.

/** combobox wires an input to options(), the ones in sight, each with an id; take(option, event) does what Enter says. choose makes one the active one. */
export function combobox(input, options, take) {
  let active;
  const box = {get active() { return active; }, choose};
  input.addEventListener('keydown', event => {
    const {key} = event, list = options(), at = list.indexOf(active), last = list.length - 1;
    const to = {ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, PageDown: Math.min(at + 8, last), PageUp: Math.max(at - 8, 0),
      ...!input.value && {Home: 0, End: last}}[key];
    // Safari tells by its code alone that an Enter ends a composition.
    if (event.isComposing || event.keyCode === 229 || event.altKey || to === undefined && key !== 'Enter') return;
    event.preventDefault();
    to === undefined ? take(active, event) : choose(list[to]);
  });
  return box;

  function choose(node) {
    active?.removeAttribute('data-active');
    active = node;
    if (!node) return void input.removeAttribute('aria-activedescendant');
    node.dataset.active = '';
    input.setAttribute('aria-activedescendant', node.id);
    node.scrollIntoView({block: 'nearest'});
  }
}
