// Keeps an embed fresh: a bump, or each half minute without a stream, fetches its region anew. No storage, no cookies.
// A page may hold many embeds, and a browser few lines to one host: over HTTP/1.1 three of them have a stream, the others ask.
const region = document.querySelector('[data-live][data-src]'), {src, version} = region.dataset;
let tag, shown = +version, source, poll, tries = 0, busy, again, release;

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
  source?.close();
  clearInterval(poll);
  release?.();
  tries = 99;
  region.textContent = 'This embed is no longer shared';
}

/** inTurn listens once one of three locks is the page's, which it holds until the share ends; until then it asks, and always where there are no locks: over
 * plain HTTP, and where storage is not allowed. A page from the cache tells no protocol. */
async function inTurn() {
  if (tries > 98) return;
  if (/^h[23]/.test(performance.getEntriesByType('navigation')[0]?.nextHopProtocol) || await turn().catch(() => false)) return listen();
  refresh();
  setTimeout(inTurn, 3e4);
}

async function turn() {
  for (const place of [1, 2, 3]) if (await held(`tandem-embed-${place}`)) return true;
}

const held = name => new Promise((tell, fail) => {
  navigator.locks.request(name, {ifAvailable: true}, lock => {
    tell(!!lock);
    return lock && tries < 99 && new Promise(free => { release = free; });
  }).catch(fail);
});

let sizes;

/** The host's script sends a port: heights go, themes come. */
addEventListener('message', ({data, ports: [port]}) => {
  if (data?.tandem !== 'embed' || !port) return;
  port.onmessage = ({data: {theme}}) => { document.documentElement.dataset.theme = theme; };
  const tell = () => port.postMessage({height: Math.ceil(document.body.getBoundingClientRect().height)});
  tell(); // at once: a browser draws no frame of another site that has no height yet, and observes nothing in it
  sizes?.disconnect();
  sizes = new ResizeObserver(tell);
  sizes.observe(document.body);
});

if (parent !== window) parent.postMessage({tandem: 'ready'}, '*');
inTurn();
