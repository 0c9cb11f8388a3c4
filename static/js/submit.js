// The submit of a form that script has made, which htmx does not know.
import {write} from './outbox.js';
import {taken} from './page.js';

/** send gives the form to the write side, which may have to come first; where nothing can be kept it goes to its URL. */
export function send(event) {
  event.preventDefault();
  const form = event.target, data = [...new FormData(form, event.submitter)];
  const instead = () => fetch(form.action, {method: 'POST', body: new URLSearchParams(data), headers: {'HX-Request': 'true'}})
    .then(answer => { if (taken(answer)) dispatchEvent(new CustomEvent('tandem:bump', {detail: {version: 0, all: true, force: true}})); return answer; });
  write().then(side => side.keep(form, data, instead), instead);
}
