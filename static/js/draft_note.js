// The line below a text that came back from a draft: of when it is, and the way to be rid of it.
import {make} from './make.js';
import {clock} from './time.js';

/** put says it below a control whose draft is shown, and opens the form around it; discard takes the draft off again. */
export function put(control, {at}, discard) {
  if (!control.hasAttribute('data-draft') || control.nextElementSibling?.matches('[data-draft-note]')) return;
  const button = make('button', {type: 'button', onclick: () => discard(line.previousElementSibling)}, 'discard'), line = make('p', {}, `Draft from ${clock(at)} – `, button);
  line.dataset.draftNote = '';
  button.dataset.action = 'discard';
  control.after(line);
  const shut = control.closest('details[data-edit]:not([open])');
  if (shut) shut.open = true;
}
