// What can be done, told once: keys, the hints of controls, the command menu and the help ("?") are all made of this list.
// `on` is the data-action of the control that does it: where there is none there is nothing to do. With `at` it is of the issue at hand, below `at`;
// a row or card at hand has no control for a property, but the same menu for `pick`.
// `key` is one key, two after each other ("gi"), or one with Ctrl/Cmd ("Mod+k"). What has neither control nor `menu` is for its key alone.
import {current, hand, move} from './cursor.js';
import {pickable} from './menu.js';
import {page} from './page.js';
import {write} from './outbox.js';

/** groups are all actions, as the help has them. */
export const groups = {
  Everywhere: [
    {key: 'Mod+k', words: 'Command menu', run: () => load('command')},
    {key: '?', words: 'Help with keys', menu: true, run: () => load('help')},
    {on: 'go-search', key: '/', words: 'Search', run: () => focus('input[type=search][name=q]') || visit('search')},
    {on: 'go-new', key: 'c', words: 'New issue', run: compose},
    {on: 'go-new', key: 'Alt+c', words: 'New issue from a template', run: () => late('template')},
    {on: 'open-filter', key: 'f', words: 'Filter'},
    {on: 'open-display', key: 'V', words: 'Display options'},
    {on: 'clear-filters', words: 'Clear filters'},
    {on: 'star', key: 'Alt+f', words: 'Add to favourites, or remove'},
    {on: 'open-view', key: 'Alt+v', words: 'Save as a view'},
    {on: 'view-list', words: 'Show as a list'},
    {on: 'view-board', words: 'Show as a board'},
    {key: 'Mod+z', words: 'Undo', menu: true, run: () => step(false)},
    {key: 'Mod+Shift+z', words: 'Redo', menu: true, run: () => step(true)},
    {key: 'Mod+Enter', words: 'Save or send what you write'},
    {key: 'Mod+Shift+Enter', words: 'Create, and begin another'},
    {key: 'Escape', words: 'Close, go back, leave the text'},
  ],
  'Lists and boards': [
    {key: 'j', also: 'ArrowDown', words: 'Next issue', run: () => move(0, 1)},
    {key: 'k', also: 'ArrowUp', words: 'Previous issue', run: () => move(0, -1)},
    {key: 'ArrowRight', words: 'Next column', run: () => move(1, 0)},
    {key: 'ArrowLeft', words: 'Previous column', run: () => move(-1, 0)},
    {key: ' ', words: 'Peek at the issue', run: () => document.activeElement.matches('[data-rows] a') && load('peek')},
    {key: 't', words: 'Collapse the group', run: () => late('collapse')},
    {key: 'o', words: 'Open the issue (or Enter)', run: () => click(current()?.querySelector('a[href]'))},
    {key: 'x', words: 'Select the issue (then Shift and arrows, Ctrl A for all, Esc for none)', run: () => click(current()?.querySelector('[name=record]'))},
    {on: 'open-move', at: '', key: 'm', words: 'Move the card (Shift and arrows: at once)'},
  ],
  Issue: [
    {on: 'open-status', at: '', pick: 'status', key: 's', words: 'Set status'},
    {on: 'open-priority', at: '', pick: 'priority', key: 'p', words: 'Set priority'},
    {on: 'open-assignee', at: '', pick: 'assignee', key: 'a', words: 'Assign'},
    {on: 'open-assignee', at: '', pick: 'assignee', key: 'i', words: 'Assign to me, or to nobody', run: () => late('mine')},
    {on: 'open-labels', at: '', pick: 'labels', key: 'l', words: 'Set labels'},
    {on: 'open-due', at: '', pick: 'due', key: 'D', words: 'Set due date'},
    {on: 'open-project', at: '', pick: 'project', key: 'P', words: 'Set project'},
    {on: 'open-milestone', at: '', pick: 'milestone', words: 'Set milestone'},
    {on: 'open-cycle', at: '', pick: 'cycle', key: 'C', words: 'Set cycle'},
    {on: 'open-estimate', at: '', key: 'E', words: 'Set estimate'},
    {on: 'choose-parent', at: '', words: 'Set parent'},
    {on: 'new-relation', at: '', key: 'mb', words: 'Blocked by another issue', run: () => late('relate', 'blocked_by')},
    {on: 'new-relation', at: '', key: 'mx', words: 'Blocks another issue', run: () => late('relate', 'blocks')},
    {on: 'new-relation', at: '', key: 'mr', words: 'Related to another issue', run: () => late('relate', 'related')},
    {on: 'new-relation', at: '', key: 'mm', words: 'Duplicate of another issue', run: () => late('relate', 'duplicate')},
    {on: 'choose-team', at: '', words: 'Move to another team'},
    {on: 'edit', at: '', key: 'e', words: 'Edit'},
    {key: 'r', words: 'Quote the selection', run: () => late('quote')},
    {key: 'Mod+.', words: 'Copy the key', menu: true, run: () => late('copy')},
    {key: 'Mod+Shift+.', words: 'Copy a branch name', menu: true, run: () => late('copy', true)},
    {on: 'trash', at: 'header form', words: 'Move to trash'},
    {on: 'restore', at: 'header form', words: 'Restore'},
  ],
  Inbox: [
    {on: 'done', at: '', key: 'e', also: 'Backspace', words: 'Done'},
    {on: 'toggle-read', at: '', key: 'u', words: 'Mark read or unread'},
    {on: 'open-snooze', at: '', key: 'h', words: 'Snooze'},
    {on: 'unsubscribe', at: '', key: 'S', words: 'Unsubscribe'},
  ],
  Triage: [
    {on: 'accept', at: '', key: '1', words: 'Accept'},
    {on: 'duplicate', at: '', key: '2', words: 'Duplicate'},
    {on: 'decline', at: '', key: '3', words: 'Decline'},
  ],
  'Go to': [
    {on: 'go-inbox', key: 'gi', words: 'Inbox'},
    {on: 'go-triage', key: 'gt', words: 'Triage'},
    {on: 'go-my-issues', key: 'ga', words: 'My issues'},
    {on: 'go-list', key: 'ge', words: 'The list'},
    {on: 'go-board', key: 'gd', words: 'The board'},
    {on: 'go-projects', key: 'gp', words: 'Projects'},
    {on: 'go-cycles', key: 'gc', words: 'Cycles'},
    {on: 'go-cycles', key: 'gv', words: 'The current cycle', run: () => late('cycle', 'current')},
    {on: 'go-cycles', key: 'gw', words: 'The next cycle', run: () => late('cycle', 'next')},
    {on: 'go-settings', key: 'gs', words: 'Settings'},
  ],
};

export const actions = Object.values(groups).flat();

/** find lists what a key may do: the first of them that there is something to do for. */
export const find = key => actions.filter(one => one.key === key || one.also === key);

/** control is what does an action here: of the issues that are selected, of the one at hand, of the team that one is in, or of the page. */
export function control({on, at}) {
  const wanted = `:is(a, button, summary)[data-action="${on}"]:not([hidden])`;
  return at !== undefined ? document.querySelector(`.bulk__bar ${wanted}`) ?? hand()?.querySelector(`${at} ${wanted}`) : document.querySelector(`li:has([aria-current]) > ${wanted}`) ?? document.querySelector(wanted);
}

/** able tells whether there is something to do for an action that has a control here, or a menu. */
export const able = one => !!(control(one) || one.pick && hand()?.matches(pickable));

/** act does an action; false where there is nothing to do. */
export function act(one) {
  if (one.on && !able(one)) return false;
  if (one.run) return one.run();
  const found = one.on && control(one);
  if (!found && one.pick) pickFor(one.pick, hand());
  else if (found?.matches('summary')) found.parentElement.open = true;
  else return click(found);
}

const pickFor = (name, it) => menu(({pick}) => pick(name, it));
const menu = run => { import('./row_menu.js').then(run, console.error); };
const late = (name, kind) => { import('./at_hand.js').then(hand => hand[name](kind), console.error); };
const load = name => { import(`./${name}.js`).then(({show}) => show(), console.error); };
const step = redo => { write().then(({undo}) => undo(redo), console.error); };
const focus = selector => { const found = document.querySelector(selector); found?.focus(); return !!found; };
const click = found => { found?.click(); return !!found; };
const visit = path => { location.href = `/${page().workspace}/${path}`; };

function compose() {
  const dialog = document.querySelector('dialog[data-dialog=new]'), team = document.querySelector('[data-list][data-team]')?.dataset.team;
  if (!dialog?.showModal) return visit('new');
  const choice = dialog.querySelector('select[name=team]');
  if (team && choice && !dialog.querySelector('form[data-dirty]')) choice.value = team;
  dialog.showModal();
}
