// <tandem-embed src="https://tandem.example/e/..."><a href="https://tandem.example/e/...">ENG-12 Fix login</a></tandem-embed>
// Shows a share in a frame that is as high as what it holds, once it comes near the window. Its link stays until the frame answers, and for good where
// it never does: where the site is not among those that may frame the share, or the tracker is away.
// Attributes: src; theme (light, dark; else the page's data-theme, else the system's); min-height and max-height in pixels.
// The host's page and the frame share one port of a MessageChannel: heights come, themes go. Nothing is stored, no cookie is sent.
const sandbox = 'allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox';
const near = new IntersectionObserver(entries => { for (const {isIntersecting, target} of entries) if (isIntersecting) target.load(); }, {rootMargin: '400px'});
const {documentElement} = document;

class TandemEmbed extends HTMLElement {
  static observedAttributes = ['src', 'theme'];
  #frame;
  #port;
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

  attributeChangedCallback(name) {
    if (!this.isConnected) return;
    if (name === 'theme') return this.#paint();
    this.#clear();
    near.unobserve(this); // which makes it tell anew that the element is near
    near.observe(this);
  }

  /** load makes the frame, unless it is there already or src is no address of the web. */
  load() {
    const url = this.#address();
    if (this.#frame || !/^https?:$/.test(url?.protocol)) return;
    const theme = this.#theme();
    if (theme) url.searchParams.set('theme', theme);
    const frame = this.#frame = document.createElement('iframe');
    Object.assign(frame, {title: this.textContent.trim() || 'Tandem', referrerPolicy: 'strict-origin', src: url.href, onload: () => this.#greet()});
    frame.setAttribute('sandbox', sandbox);
    Object.assign(frame.style, {display: 'block', inlineSize: '100%', blockSize: '0', border: '0', visibility: 'hidden'});
    this.#root().append(frame);
  }

  #address() {
    const src = this.getAttribute('src');
    try { return src && new URL(src, document.baseURI); } catch {} // else the elements after this one would not be loaded
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
    port1.onmessage = ({data}) => { if (data?.height > 0) this.#show(data.height); };
    this.#frame.contentWindow.postMessage({tandem: 'embed'}, this.#address().origin, [port2]);
    this.#paint();
  }

  #show(height) {
    const bound = (name, otherwise) => +this.getAttribute(name) || otherwise;
    this.style.display = 'block';
    Object.assign(this.#frame.style, {blockSize: `${Math.min(Math.max(height, bound('min-height', 0)), bound('max-height', 600))}px`, visibility: 'visible'});
    this.shadowRoot.querySelector('slot').hidden = true;
  }

  #theme() { return /^(light|dark)$/.exec(this.getAttribute('theme') ?? documentElement.dataset.theme)?.[0] ?? ''; }

  #paint() {
    const theme = this.#theme();
    this.#port?.postMessage({theme});
    if (this.#frame) this.#frame.style.colorScheme = theme || 'light dark'; // one that differs from its page's has an opaque ground
  }

  #clear() {
    this.#port?.close();
    this.#frame?.remove();
    this.#port = this.#frame = undefined;
    const slot = this.shadowRoot?.querySelector('slot');
    if (slot) slot.hidden = false;
  }
}

if (!customElements.get('tandem-embed')) customElements.define('tandem-embed', TandemEmbed);
