// <tandem-embed src="https://tandem.example/e/..."><a href="https://tandem.example/e/...">ENG-12 Fix login</a></tandem-embed>
// Shows a share once it comes near the window: in a frame that is as high as what it holds, or with mode="inline" in the page itself. Its link stays until
// the share answers, and for good where it never does: where the site is not among those that may show it, or the tracker is away.
// Attributes: src; mode; size; theme (light, dark; else the page's data-theme, else the system's); for a frame min-height and max-height in pixels.
// The host's page and the frame share one port of a MessageChannel: sizes come, themes go. Nothing is stored, no cookie is sent.
const sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
const near = new IntersectionObserver(entries => { for (const {isIntersecting, target} of entries) if (isIntersecting) target.load(); }, {rootMargin: '400px'});
const {documentElement} = document, sheets = {};
const elements = /^(section|div|h2|p|ul|li|a|span|time|svg|g|circle|path|rect)$/;
const attributes = /^(class|part|dir|role|target|rel|datetime|viewBox|fill(-rule)?|stroke(-\w+)?|d|r|rx|[cxy]|[cxy][xy]|width|height|opacity|pathLength|transform|(aria|data)-[\w-]+)$/;

/** follow gives show each region of a share that is newer than version, and at last what says that it is shared no more. A bump fetches it anew, or without a
 * stream each half minute: browsers have few lines to a host, so over HTTP/1.1 three have a stream and the others ask. Returns how to stop. entry is what
 * the browser took the time of, which tells the protocol. Of no version, it must come once, or nothing is followed. */
export function follow({src, entry = src, version = -1, show}) {
  let source, poll, tries = 0, busy, again, release, stopped;

  async function refresh() {
    again = busy;
    if (busy || stopped) return;
    busy = true;
    try {
      // The cache asks by the ETag: of a header of ours the browser would have to ask another site first.
      const response = await fetch(version < 0 ? src : src + '&again=1', {credentials: 'omit', cache: 'no-cache'});
      const fresh = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('[data-live]'), ended = response.status === 404;
      if (!stopped && fresh && (ended || response.ok && +fresh.dataset.version > version)) {
        version = +fresh.dataset.version;
        if (ended) stop();
        show(fresh);
      }
    } catch {} finally { busy = false; }
    if (again) refresh();
  }

  function listen() {
    if (stopped) return;
    source = new EventSource(src.replace(/\?.*/, '/events'));
    source.addEventListener('hello', () => { if (tries) refresh(); poll = clearInterval(poll); tries = 0; });
    source.addEventListener('bump', refresh);
    source.addEventListener('bye', ({data}) => { lost(); if (!/restart|slow/.test(data)) refresh(); });
    source.onerror = lost;
  }

  function lost() {
    source.close();
    poll ||= setInterval(refresh, 3e4);
    setTimeout(listen, Math.min(6e4, 1000 * 2 ** tries++) * (1 - Math.random() / 2));
  }

  function stop() {
    stopped = true;
    source?.close();
    clearInterval(poll);
    release?.();
  }

  /** inTurn listens once one of three locks is the page's, which it holds until the share ends; until then it asks, and always where there are no locks: over
   * plain HTTP, and where storage is not allowed. An answer from the cache tells no protocol. */
  async function inTurn() {
    if (stopped) return;
    if (/^h[23]/.test(performance.getEntriesByName(entry).at(-1)?.nextHopProtocol) || await turn().catch(() => false)) return listen();
    refresh();
    setTimeout(inTurn, 3e4);
  }

  async function turn() {
    for (const place of [1, 2, 3]) if (await held(`tandem-embed-${place}`)) return true;
  }

  const held = name => new Promise((tell, fail) => {
    navigator.locks.request(name, {ifAvailable: true}, lock => {
      tell(!!lock);
      return lock && !stopped && new Promise(free => { release = free; });
    }).catch(fail);
  });

  /** begin shows the share for the first time. What is not there may be a tracker that restarts, or a site that is not allowed: nobody tells which. */
  function begin(left) {
    refresh().then(() => {
      if (version >= 0) inTurn();
      else if (left && !stopped) setTimeout(begin, 3e4, left - 1);
    });
  }

  version < 0 ? begin(5) : inTurn();
  return stop;
}

/** put shows other nodes in a place, and leaves the keyboard where it is. */
export function put(place, nodes) {
  const links = () => [...place.querySelectorAll('a')], at = links().indexOf(place.getRootNode().activeElement);
  place.replaceChildren(...nodes);
  links()[at]?.focus({preventScroll: true});
}

/** copied is a node of an answer as the host's page takes it: made of elements and attributes that do nothing but show, and links to the web. */
function copied(node) {
  if (node.nodeType === 3) return node.data;
  if (!elements.test(node.localName)) return '';
  const copy = document.createElementNS(node.namespaceURI, node.localName);
  for (const {name, value} of node.attributes) if (attributes.test(name) || name === 'href' && /^https?:/.test(value)) copy.setAttribute(name, value);
  copy.append(...Array.from(node.childNodes, copied));
  return copy;
}

async function styles(origin) {
  try {
    const response = await fetch(origin + '/embed/v1.css', {credentials: 'omit'});
    if (!response.ok) throw response;
    return [await new CSSStyleSheet().replace(await response.text())];
  } catch {
    delete sheets[origin];
    return [];
  }
}

class TandemEmbed extends HTMLElement {
  static observedAttributes = ['src', 'mode', 'size', 'theme'];
  #frame;
  #port;
  #stop;
  #themes = new MutationObserver(() => this.#paint());

  connectedCallback() {
    near.observe(this);
    addEventListener('message', this);
    this.#themes.observe(documentElement, {attributeFilter: ['data-theme']});
  }

  disconnectedCallback() {
    near.unobserve(this);
    removeEventListener('message', this);
    this.#themes.disconnect();
    this.#clear();
  }

  attributeChangedCallback(name, was) {
    if (!this.isConnected) return;
    if (name === 'theme') return this.#paint();
    if (this.#clear() || was) this.shadowRoot?.replaceChildren(document.createElement('slot')); // what a server put there is kept when the element begins
    near.unobserve(this); // which makes it tell anew that the element is near
    near.observe(this);
  }

  /** load shows the share, unless it does already or src is no address of the web. */
  load() {
    const url = this.#address();
    if (this.#frame || this.#stop || !/^https?:$/.test(url?.protocol)) return;
    if (this.getAttribute('mode') === 'inline') return this.#open(url);
    const theme = this.#theme();
    if (theme) url.searchParams.set('theme', theme);
    const frame = this.#frame = document.createElement('iframe');
    Object.assign(frame, {title: this.textContent.trim() || 'Tandem', referrerPolicy: 'strict-origin', src: url.href, onload: () => this.#greet()});
    frame.setAttribute('sandbox', sandbox);
    Object.assign(frame.style, {display: 'block', inlineSize: '100%', blockSize: '0', border: '0', visibility: 'hidden'});
    this.#root().append(frame);
  }

  /** #open shows the share in the page itself. What a server has put there stays until there is something newer. */
  #open(url) {
    url.searchParams.set('fragment', url.searchParams.get('size') ?? 'row');
    const sheet = sheets[url.origin] ??= styles(url.origin);
    const stop = this.#stop = follow({src: url.href, version: this.shadowRoot?.querySelector('[data-live]')?.dataset.version, show: async fresh => {
      const adopted = await sheet;
      if (this.#stop !== stop) return;
      const root = this.#root();
      root.adoptedStyleSheets = adopted;
      put(root, [copied(fresh)]);
      this.#paint();
    }});
  }

  #address() {
    try {
      const url = new URL(this.getAttribute('src') || '', document.baseURI), size = this.getAttribute('size');
      if (size) url.searchParams.set('size', size);
      return this.getAttribute('src') && url;
    } catch {} // else the elements after this one would not be loaded
  }

  #root() {
    if (this.shadowRoot) return this.shadowRoot;
    const root = this.attachShadow({mode: 'open'});
    root.append(document.createElement('slot'));
    return root;
  }

  /** handleEvent hears that the frame's page listens, which may be after the frame of another site has told that it is loaded. */
  handleEvent({source, origin, data}) {
    if (source && source === this.#frame?.contentWindow && origin === this.#address()?.origin && data?.tandem === 'ready') this.#greet();
  }

  #greet() {
    const {port1, port2} = new MessageChannel();
    this.#port?.close();
    this.#port = port1;
    port1.onmessage = ({data}) => { if (data?.height > 0) this.#show(data); };
    this.#frame.contentWindow.postMessage({tandem: 'embed'}, this.#address().origin, [port2]);
    this.#paint();
  }

  /** #show makes the frame as high as what it holds; what tells a width stands within a line of text. */
  #show({height, width}) {
    const bound = (name, otherwise) => +this.getAttribute(name) || otherwise;
    Object.assign(this.style, {display: width ? 'inline-block' : 'block', maxInlineSize: '100%', verticalAlign: 'middle'});
    Object.assign(this.#frame.style, {inlineSize: width ? `${width}px` : '100%', maxInlineSize: '100%', visibility: 'visible',
      blockSize: `${Math.min(Math.max(height, bound('min-height', 0)), bound('max-height', 600))}px`});
    this.shadowRoot.querySelector('slot').hidden = true;
  }

  #theme() { return /^(light|dark)$/.exec(this.getAttribute('theme') ?? documentElement.dataset.theme)?.[0] ?? ''; }

  #paint() {
    const theme = this.#theme(), shown = this.shadowRoot?.querySelector('[data-live]');
    this.#port?.postMessage({theme});
    if (shown) shown.dataset.theme = theme;
    if (this.#frame) this.#frame.style.colorScheme = theme || 'light dark'; // one that differs from its page's has an opaque ground
  }

  /** #clear ends what is going on, and tells whether there was something. */
  #clear() {
    const ran = this.#frame || this.#stop, slot = this.shadowRoot?.querySelector('slot');
    this.#port?.close();
    this.#frame?.remove();
    this.#stop?.();
    this.#port = this.#frame = this.#stop = undefined;
    if (slot) slot.hidden = false;
    return ran;
  }
}

if (!customElements.get('tandem-embed')) customElements.define('tandem-embed', TandemEmbed);
