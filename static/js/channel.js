// What the tabs of one member in one workspace tell each other. Closed while the page lies in the back/forward cache.
import {page} from './page.js';

const heard = new EventTarget();
let wire;

/** scope prefixes this member's keys and names in this browser; "" on pages that are nobody's. */
export function scope() {
  const {workspace, member} = page();
  return workspace && member && `tandem:${workspace}:${member.replace('member:', '')}`;
}

/** on calls run(detail) for each message of the type, until options.signal. */
export function on(type, run, options) {
  open();
  heard.addEventListener(type, event => run(event.detail), options);
}

/** send tells the other tabs. */
export function send(type, detail) {
  open();
  wire?.postMessage({type, detail});
}

/** tell tells all tabs, this one first. */
export function tell(type, detail) {
  hear({data: {type, detail}});
  send(type, detail);
}

/** fire makes a tandem:… event on the window. */
export const fire = (type, detail) => dispatchEvent(new CustomEvent('tandem:' + type, {detail}));

const hear = ({data}) => heard.dispatchEvent(new CustomEvent(data.type, {detail: data.detail}));

function open() {
  if (wire || typeof document === 'undefined' || !globalThis.BroadcastChannel || !scope()) return;
  wire = new BroadcastChannel(scope());
  wire.onmessage = hear;
}

if (typeof document !== 'undefined') {
  addEventListener('pagehide', () => { wire?.close(); wire = null; });
  addEventListener('pageshow', open);
}
