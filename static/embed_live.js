// Keeps an embed fresh: a bump, or each half minute without a stream, fetches its region anew. No storage, no cookies.
const region = document.querySelector('[data-live][data-src]'), {src, version} = region.dataset;
let tag, shown = +version, source, poll, tries = 0, busy, again;

async function refresh() {
  again = busy;
  if (busy) return;
  busy = true;
  try {
    const response = await fetch(src, {credentials: 'omit', cache: 'no-store', headers: tag ? {'If-None-Match': tag} : {}});
    if (response.status === 404) return end();
    const fresh = response.ok && new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('[data-live]');
    if (fresh?.dataset.version >= shown) {
      tag = response.headers.get('ETag');
      shown = +fresh.dataset.version;
      region.replaceChildren(...fresh.childNodes);
    }
  } catch {} finally { busy = false; }
  if (again) refresh();
}

function listen() {
  if (tries > 98) return;
  source = new EventSource(document.body.dataset.events);
  source.addEventListener('hello', () => { if (tries) refresh(); poll = clearInterval(poll); tries = 0; });
  source.addEventListener('bump', refresh);
  source.addEventListener('bye', ({data}) => /restart|slow/.test(data) ? lost() : end());
  source.onerror = lost;
}

function lost() {
  source.close();
  poll ||= setInterval(refresh, 3e4);
  setTimeout(listen, Math.min(6e4, 1000 * 2 ** tries++) * (1 - Math.random() / 2));
}

function end() {
  source.close();
  clearInterval(poll);
  tries = 99;
  region.textContent = 'This embed is no longer shared';
}

listen();
