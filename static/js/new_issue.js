// The form of a new issue offers what its team has: the statuses and labels of other teams are hidden, and not sent.

const team = 'form[data-op=create] select[name=team]';

export function install(root) {
  if (root !== document) return;
  // At focus, since the dialog's team is chosen by script just before it opens.
  for (const type of ['focusin', 'change']) document.addEventListener(type, ({target}) => { if (target.form?.elements.team?.matches(team)) narrow(target.form); });
  document.querySelectorAll(team).forEach(({form}) => narrow(form));
}

function narrow(form) {
  const {value} = form.elements.team;
  for (const one of form.querySelectorAll('[data-team]')) {
    const other = one.dataset.team !== value, control = one.querySelector('input') ?? one;
    one.hidden = control.disabled = other;
    if (other && one.selected) one.closest('select').value = '';
  }
  for (const group of form.querySelectorAll('optgroup')) group.hidden = !group.querySelector('option:not([hidden])');
}
