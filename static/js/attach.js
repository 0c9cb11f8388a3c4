// Files that are pasted or dropped into a text of an issue. upload.js sends them; here is only what notices them.

import {toast} from './toast.js';

/** install watches the document; again is the same. */
export function install() { for (const type of ['paste', 'drop', 'dragover']) document.addEventListener(type, take); }

/** issueOf is the issue that a text is of: its form says so, or what it stands in. */
const issueOf = area => area.form?.elements.issue?.value || area.closest('[data-record^="issue:"]')?.dataset.record;

/** A file goes; words that come with it, such as cells with their picture, stay words. */
function take(event) {
  const area = event.target.closest?.('textarea[data-draft-key]'), data = event.clipboardData ?? event.dataTransfer;
  if (!data?.types.includes('Files') || data.types.includes('text/plain') || !area || !issueOf(area)) return;
  event.preventDefault();
  if (data.files.length) give(area, [...data.files]);
}

function give(area, files) {
  import('./upload.js').then(({upload}) => files.forEach(file => upload(area, issueOf(area), file)),
    () => toast('Not attached: there is no connection', {kind: 'file', alert: true, act: 'Retry', run: () => give(area, files), stays: true}));
}
