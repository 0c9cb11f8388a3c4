// Words times ("2 h ago") in the reader's zone; the absolute time stays in the title. The server's clock counts, not the browser's.
import {page} from './page.js';

const minute = 60_000, hour = 60 * minute, day = 24 * hour, moments = 'time[datetime*="T"]';
let skew = 0; // server's clock - ours

export function install(root) {
  if (root === document) {
    const {clock} = page(), [{type} = {}] = performance.getEntriesByType('navigation');
    // A page from a cache was rendered some time ago.
    if (clock && type !== 'back_forward' && !document.documentElement.hasAttribute('data-cached')) skew = offset(Date.parse(clock), performance.timeOrigin);
    document.addEventListener('htmx:before:swap', ({detail}) => detail.tasks.forEach(({fragment}) => install(fragment)));
    setInterval(() => document.hidden || install(document.body), minute);
    document.addEventListener('visibilitychange', () => document.hidden || install(document.body));
  }
  for (const time of root.querySelectorAll(moments)) word(time);
}

function word(time) {
  const at = new Date(time.dateTime), text = words(at, Date.now() + skew);
  if (isNaN(at)) return;
  time.title ||= at.toLocaleString('en-GB', {dateStyle: 'long', timeStyle: 'short'});
  if (time.textContent !== text) time.textContent = text;
}

/** offset is how much the server's clock is ahead; what a slow answer could explain is none. */
export const offset = (server, ours) => Math.abs(server - ours) > minute ? server - ours : 0;

/** words tells how long ago a time is; the date when that is a week or more. */
export function words(at, now) {
  const ago = now - at;
  if (ago < -minute || ago >= 7 * day) {
    const year = at.getFullYear() === new Date(now).getFullYear() ? undefined : 'numeric';
    return at.toLocaleDateString('en-GB', {day: 'numeric', month: 'short', year});
  }
  if (ago < minute) return 'just now';
  if (ago < hour) return `${Math.floor(ago / minute)} min ago`;
  return ago < day ? `${Math.floor(ago / hour)} h ago` : `${Math.floor(ago / day)} d ago`;
}

/** clock tells when something was, in the reader's zone: "14:02", with the date when that was not today. */
export function clock(at) {
  const date = new Date(at), today = date.toDateString() === new Date().toDateString();
  return date.toLocaleString('en-GB', today ? {timeStyle: 'short'} : {dateStyle: 'medium', timeStyle: 'short'});
}
