// The inbox: what is looked at is marked as read, what is unread stands on the program's icon. Marks themselves are made by mark.js.

const long = 1000;
let waiting, watched, badge;

export function install(root) {
  if (root === document) {
    document.addEventListener('submit', event => {
      const form = event.target;
      if (!form.matches('form[data-mark]')) return;
      event.preventDefault();
      const data = new FormData(form, event.submitter);
      load(({press}) => press(form.action, data));
    });
    document.addEventListener('visibilitychange', look);
    document.querySelector('[data-inbox] [aria-current]')?.focus({preventScroll: true});
  }
  look();
}

/** look marks the issue of this page, or the one that is shown beside it, as read, up to what it shows, once it was before somebody's eyes for a second. */
function look() {
  const issue = [...document.querySelectorAll('main [data-live] > article[data-record^="issue:"]')].at(-1), {record} = issue?.dataset ?? {}, inbox = document.getElementById('unread')?.dataset.live ?? '';
  const sight = !document.hidden && unread(record, inbox) ? record : '', count = inbox.split(' ').length - 1;
  if (count !== badge) navigator.setAppBadge?.(badge = count).catch(() => {});
  if (sight === watched) return;
  clearTimeout(waiting);
  watched = sight;
  if (sight) waiting = setTimeout(() => load(({read}) => read(record.slice(6), issue.closest('[data-live]').dataset.version)), long);
}

/** unread tells whether the inbox has a record as unread. */
export const unread = (record, inbox = '') => inbox.split(' ').includes(record);

const load = run => { import('./mark.js').then(run, console.error); };
