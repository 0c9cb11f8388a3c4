// What the form of a new issue offers and starts from. Loaded when such a form is in use.
import {page, taken} from './page.js';
import {toast} from './toast.js';

const filled = new WeakMap(), offered = new WeakMap(); // what a template left in a control; the team whose default a form was offered

document.addEventListener('reset', ({target}) => {
  if ('again' in target.dataset) again(target);
  if (!target.elements._was) return;
  target.elements._was.value = '';
  offered.delete(target);
  for (const one of target.elements) filled.delete(one);
});
document.addEventListener('submit', ({target, submitter}) => target.elements._again && target.toggleAttribute('data-again', submitter?.name === '_again'), true);
document.addEventListener('keydown', entered);
addEventListener('tandem:stored', ({detail}) => {
  if (detail.ops[0].op === 'create' && location.pathname === `/${page().workspace}/new` && !document.querySelector('main form[data-again]')) go(detail);
});

/** go leaves the page of a new issue for the issue, once it has its key or when that takes long. */
function go({id, ops}) {
  const away = () => location.assign(`/${page().workspace}/issue/${ops[0].record.split(':')[1]}`);
  addEventListener('tandem:result', ({detail}) => { if (detail.id === id && detail.status === 'applied') away(); });
  setTimeout(away, 1500);
}

/** The title is one line: Enter goes on to the description. The key that ends a composition is none (229 is Safari's for it). */
function entered(event) {
  const {key, target, isComposing, keyCode, ctrlKey, metaKey, shiftKey, altKey} = event, form = target.form;
  if (key !== 'Enter' || isComposing || keyCode === 229 || ctrlKey || metaKey || shiftKey || altKey || !form?.elements._again || target !== form.elements.title) return;
  event.preventDefault();
  form.elements.description.focus();
}

/** again leaves an emptied form as the next issue begins: with the team, status, assignee and labels of the last one. */
function again(form) {
  const {team, status, assignee, title} = form.elements, kept = [team, status, assignee].map(one => [one, one.value]), labels = form.querySelectorAll('[name=labels]:checked');
  queueMicrotask(() => {
    for (const [one, value] of kept) one.value = value;
    for (const one of labels) one.checked = true;
    narrow(form);
    title.focus();
  });
}

/** ready makes a form fit its team; changed names the control that was just changed, if one was. */
export function ready(form, changed) {
  narrow(form);
  if (changed === '_template') fill(form); else offer(form);
}

/** narrow hides what is another team's; it is not sent. */
function narrow(form) {
  const {value} = form.elements.team;
  for (const one of form.querySelectorAll('[data-team]')) {
    const other = one.dataset.team !== value, control = one.querySelector('input') ?? one;
    one.hidden = control.disabled = other;
    if (other && one.selected) one.closest('select').value = '';
  }
  for (const group of form.querySelectorAll('optgroup')) group.hidden = !group.querySelector('option:not([hidden])');
}

const touched = one => one.value !== (filled.get(one) ?? one.defaultValue);

/** offer starts a form from the default of its team, once, where nothing was typed or chosen. */
function offer(form) {
  const {team, title, description, parent, _template: choice} = form.elements;
  if (!choice || parent || offered.get(form) === team.value || touched(title) || touched(description)) return;
  const first = !offered.has(form), named = form.closest('main') && new URLSearchParams(location.search).has('template');
  offered.set(form, team.value);
  const [now] = choice.selectedOptions, of = [...choice.querySelectorAll('option[data-default]:not([hidden])')];
  const wanted = (of.find(one => one.dataset.team) ?? of[0])?.value ?? '';
  if (first && (choice.value || named) || now?.value && !('default' in now.dataset) || wanted === choice.value) return;
  choice.value = wanted;
  fill(form, true);
}

/** fill has the server put the chosen template into the form; what was typed meanwhile stays. */
async function fill(form, quiet) {
  const {_template: choice, _was: was} = form.elements, sent = new FormData(form);
  const answer = await fetch(`${form.getAttribute('action')}/template`, {method: 'POST', body: new URLSearchParams(sent), headers: {'HX-Request': 'true'}}).catch(() => null);
  if (choice.value !== (sent.get('_template') ?? '')) return; // another was chosen meanwhile
  if (!taken(answer)) {
    choice.value = was.value;
    return quiet || toast('Templates come from the server: choose it again once you are connected.', {alert: true});
  }
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('form');
  for (const one of fresh.elements) if (one.name && (one.name === '_was' || !one.name.startsWith('_'))) put(form, one, sent);
  narrow(form);
  if (!quiet) for (const one of [form.elements.title, form.elements.description]) one.dispatchEvent(new Event('input', {bubbles: true}));
}

function put(form, one, sent) {
  const mine = one.type === 'checkbox' ? [...form.querySelectorAll(`[name=${one.name}]`)].find(other => other.value === one.value) : form.elements[one.name];
  if (!mine) return one.value && form.querySelector('.new-issue__properties').append(one.closest('.form-field') ?? '');
  if (one.type === 'checkbox') return mine.checked === sent.getAll(one.name).includes(one.value) && (mine.checked = one.checked);
  if (mine.value !== (sent.get(one.name) ?? '')) return;
  mine.value = one.value;
  filled.set(mine, mine.value);
}
