// What is decided about a live region: whether it is stale, whose hands it is under, and where its reader was.

import {dirty, open} from './page.js';

const field = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=button], [type=submit])';
const rows = '[data-record]:not(form)';
const storm = 250, free = 3, gap = 200;

/** concerns tells whether a bump is about a region of these keys and topics. */
export const concerns = (live, {all, records = [], topics = []}) =>
  all || live.split(/\s+/).some(key => records.includes(key) || topics.includes(key));

/** stale tells whether a region that shows this V wants another. */
export const stale = ({want, force}, version) => force || want > Number(version);

/** pause is the wait before a refresh: none for a few bumps, a pace for a storm of them (the last one always counts). */
export const pause = ({marks, started}, now) =>
  marks.filter(at => now - at < storm).length > free ? Math.max(0, started + gap - now) : 0;

/** held tells whether somebody has the region under their hands: focus in a field, a selection, something open, unsaved or dragged. */
export function held(region) {
  const active = document.activeElement, selection = getSelection(), range = selection.rangeCount && selection.getRangeAt(0); // asking the selection itself lays out the page
  if (active?.matches(field) && region.contains(active)) return true;
  if (open(region) || dirty(region) || region.querySelector('[data-dragging]')) return true;
  return !!range && !range.collapsed && [range.startContainer, range.endContainer].some(end => region.contains(end));
}

/** places notes, for each scroller in or around a region that is not at its top, the first record in sight; each function puts it back. */
export function places(region) {
  const root = document.scrollingElement, top = one => one.getBoundingClientRect().top;
  return [root, ...region.querySelectorAll('[data-rows]')].filter(scroller => scroller.scrollTop > 0).map(scroller => {
    const edge = scroller === root ? 0 : top(scroller);
    const seen = [...region.querySelectorAll(rows)].find(one => scroller.contains(one) && one.getBoundingClientRect().bottom > edge);
    const key = seen?.dataset.record, before = seen && top(seen);
    return () => {
      const now = key && find(scroller, key);
      if (now) scroller.scrollTop += top(now) - before;
    };
  });
}

/** refocus notes the row that has focus; the function gives focus back to it wherever it went, or to the next one that is left. Of what is in no
 * row and goes, it gives focus to the page. */
export function refocus(region) {
  const was = document.activeElement, row = was?.closest(`[data-rows] ${rows}`), home = region.closest('[tabindex="-1"]');
  if (!region.contains(was)) return () => {};
  if (!row) return () => { if (document.activeElement === document.body) home?.focus({preventScroll: true}); };
  const keys = [...region.querySelectorAll(rows)].map(one => one.dataset.record), key = row.dataset.record, at = keys.indexOf(key);
  return () => {
    const active = document.activeElement;
    if (active !== document.body && active.closest(rows)?.dataset.record === key && !active.closest('[hidden]')) return;
    if (active !== document.body && !region.contains(active)) return;
    const next = [...keys.slice(at), ...keys.slice(0, at).reverse()].map(one => find(region, one)).find(one => one && !one.closest('[hidden]'));
    next?.querySelector('a[href]')?.focus({preventScroll: true});
  };
}

const find = (root, key) => root.querySelector(`[data-record="${CSS.escape(key)}"]:not(form)`);
