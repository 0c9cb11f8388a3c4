// Hides what only an author (or an admin) may use from others; the server refuses it anyway.

export function install(root) {
  if (root === document) document.addEventListener('htmx:before:swap', ({detail}) => detail.tasks.forEach(({fragment}) => install(fragment)));
  const me = document.querySelector('meta[name=tandem-member]');
  for (const tool of root.querySelectorAll('[data-for]')) tool.hidden = !mine(tool.dataset.for, me?.content, tool.dataset.own ?? me?.dataset.role);
}

/** mine tells whether a member may use what is for that author. */
export const mine = (author, member, role) => author === member || role === 'admin';
