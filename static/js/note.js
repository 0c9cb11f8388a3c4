// Says in the settings, and only there, what this browser keeps, and what it cannot keep here and why.
import {list} from './kept.js';
import {clock} from './time.js';
import {write} from './outbox.js';

/** tell words what is kept into a paragraph. */
export async function tell(place) {
  const side = await write(), kept = side.usable() ? 'What you write is kept in this browser until it is sent.' : 'This browser lets Tandem keep nothing, so what you write goes straight to the server. Allow this site to keep data to work offline.';
  place.textContent = `${await reading()} ${kept}`;
}

async function reading() {
  if (!isSecureContext) return 'Nothing is kept for reading offline: browsers do that at https:// addresses only. Ask whoever runs this server for one.';
  try {
    const pack = await list();
    if (!pack) return navigator.connection?.saveData ? 'This browser saves data, so only pages that you open are kept for reading offline.' : 'Open issues are being fetched for reading offline.';
    const {issues} = await pack.json(), many = issues.length === 1 ? '1 open issue' : `${issues.length} open issues`;
    return `${many} can be read offline in this browser, as of ${clock(pack.headers.get('Tandem-Clock'))}.`;
  } catch { return 'This browser lets Tandem keep nothing for reading offline.'; }
}
