// What a page becomes when its reader may not see it any more and it cannot just be loaded anew: words, and what they had typed.

import {scope} from './channel.js';

const texts = 'form[data-dirty] :is(textarea, input:not([type]), input[type=text])';

/** cover puts words in the place of the page, and forgets what was kept of it for when there is no server. */
export function cover() {
  forget().catch(console.error);
  const main = document.querySelector('main'), typed = [...main.querySelectorAll(texts)].map(field => field.value).filter(Boolean);
  const make = (tag, more) => Object.assign(document.createElement(tag), more);
  const words = make('section', {className: 'problem'}), way = make('p');
  way.append(make('a', {className: 'button', href: '/', textContent: 'Go to Tandem'}));
  words.append(make('h1', {textContent: 'Not found'}), make('p', {textContent: 'There is nothing here any more, or nothing for you to see.'}));
  if (typed.length) words.append(make('p', {textContent: 'What you had typed, to be copied:'}));
  words.append(...typed.map(value => make('textarea', {className: 'input', readOnly: true, rows: 8, value, ariaLabel: 'What you had typed'})), way);
  main.replaceChildren(words);
  document.querySelector('[data-alert]')?.replaceChildren('What this page showed is not there any more, or not for you to see.');
  document.title = 'Not found - Tandem';
}

async function forget() {
  for (const name of await globalThis.caches?.keys() ?? []) {
    if (name.startsWith(`${scope()}:`)) await (await caches.open(name)).delete(location.pathname, {ignoreSearch: true, ignoreVary: true});
  }
}
