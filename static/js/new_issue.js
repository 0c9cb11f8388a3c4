// The form of a new issue offers what its team has, and may start from a template. What does that comes once such a form is in use.

const team = 'form[data-op=create] select[name=team]';

export function install(root) {
  if (root !== document) return;
  // At focus, since the dialog's team is chosen by script just before it opens.
  for (const type of ['focusin', 'change']) document.addEventListener(type, use);
  use({target: document.querySelector(`main ${team}`) ?? {}});
}

function use({target, type}) {
  const {form} = target;
  if (form?.elements.team?.matches(team)) import('./new_form.js').then(({ready}) => ready(form, type === 'change' && target.name), console.error);
}
