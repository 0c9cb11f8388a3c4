// The picker: a menu whose options are the values of one property gets a box to type in, which leads through them. The menu stays what it
// is, a form that works by itself. A row or card has no forms: its menu is made of the vocabulary (row_menu.js).
import {combobox} from './combobox.js';
import {make} from './make.js';
import {fit, spelled} from './match.js';
import {nth} from './menu.js';
import {plain} from './kept.js';

const boxes = new WeakMap(), worded = one => (one.querySelector('[data-part=name]') ?? one).textContent.trim();

/** dress puts the box above the options of a menu that has just opened, or lets a form that holds at once send itself; anything else it leaves alone. */
export function dress(menu) {
  const own = menu.querySelector('form[data-at-once]');
  if (own) return atOnce(own);
  const form = [...menu.querySelectorAll('form')].find(one => one.querySelectorAll('button[name]').length > 1);
  if (!form || !menu.open) return;
  const inside = menu.contains(document.activeElement) && document.activeElement;
  if (!boxes.get(menu)?.input.isConnected) boxes.set(menu, wired(menu, form));
  boxes.get(menu).begin(inside);
}

function atOnce(form) {
  form.onchange = () => form.requestSubmit();
  form.querySelector('button').hidden = true;
}

function wired(menu, form) {
  const many = form.dataset.op === 'add', summary = menu.querySelector('summary'), name = summary.ariaLabel ?? (summary.firstElementChild?.textContent.trim() || summary.title);
  const id = `picker-${name.toLowerCase()}`, input = make('input', {id, type: 'text', autocomplete: 'off', spellcheck: false, placeholder: `${name}…`,
    role: 'combobox', 'aria-label': name, 'aria-expanded': 'true', 'aria-controls': `${id}-list`, 'aria-autocomplete': 'list'});
  const buttons = [...form.querySelectorAll('button[name]')], list = make('div', {id: `${id}-list`, role: 'listbox', 'aria-label': name, 'aria-multiselectable': `${many}`}, ...buttons);
  const options = () => [...buttons, ...maker ? [maker] : []].filter(one => !one.hidden), box = combobox(input, options, apply);
  const mark = () => { for (const one of buttons) one.setAttribute('aria-selected', `${one.matches('[aria-current], [name=remove]')}`), one.removeAttribute('aria-pressed'); };
  let start;
  for (const [i, one] of buttons.entries()) one.role = 'option', one.tabIndex = -1, one.id = `${id}-${i}`;
  const maker = many && form.dataset.field === 'labels' && make('button', {type: 'button', className: 'choice', role: 'option', tabIndex: -1, id: `${id}-new`, onclick: invent});
  if (maker) list.append(maker);
  form.append(list);
  form.before(input);
  input.addEventListener('input', () => narrow(input.value));
  input.addEventListener('keydown', pressed);
  list.addEventListener('pointermove', ({target}) => { const one = target.closest('[role=option]'); if (one) box.choose(one); });
  new MutationObserver(mark).observe(list, {subtree: true, attributeFilter: ['aria-current', 'name']});
  return {input, begin};

  function begin(inside) {
    if (document.activeElement === input) return;
    narrow(input.value = '');
    box.choose(start = buttons.find(one => one.matches('[aria-current]')) ?? buttons[0]);
    mark();
    // On a phone the keyboard would cover the options: it comes when the box is touched.
    if (inside.name) box.choose(inside);
    if (inside && !matchMedia('(pointer: coarse)').matches) input.focus({preventScroll: true});
  }

  function narrow(typed) {
    for (const one of buttons) one.hidden = !fit(spelled(worded(one)), typed);
    if (maker) maker.hidden = !typed.trim() || buttons.some(one => plain(worded(one)) === plain(typed.trim())), maker.textContent = `Create “${typed.trim()}”`;
    box.choose(options()[0]);
  }

  /** invent makes the label that was typed, and gives it to the issue. */
  async function invent() {
    const {offer} = await import('./new_label.js'), one = await offer(input.value.trim(), form.dataset.record);
    maker.before(one);
    one.id = `${id}-${buttons.push(one)}`;
    mark();
    narrow(input.value = '');
  }

  function pressed(event) {
    const plain = !input.value && !event.ctrlKey && !event.metaKey && !event.altKey, digit = plain && buttons.length && nth(event.key, buttons);
    if (event.key === 'Tab' && !event.shiftKey) return apply(box.active); // and on to what comes next
    if (digit) digit.click();
    else if (plain && many && event.key === ' ') box.active?.click();
    else return;
    event.preventDefault();
  }

  /** apply takes an option, unless it is the value already or nobody has chosen yet, and shuts the menu. */
  function apply(node) {
    if (node && (many ? input.value || node !== start : !node.matches('[aria-current]'))) node.click();
    if (!menu.open) return;
    menu.open = false;
    summary.focus({preventScroll: true});
  }
}
