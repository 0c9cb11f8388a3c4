// Keeps an embed in a frame fresh, and tells the page around it how large it is. No storage, no cookies.
import {follow, put} from './embed.js';

const region = document.querySelector('[data-live][data-src]'), {src, version} = region.dataset;
let sizes;

follow({src: new URL(src, location).href, entry: location.href, version, show: fresh => put(region, fresh.childNodes)});

/** The host's script sends a port: sizes go, themes come. */
addEventListener('message', ({data, ports: [port]}) => {
  if (data?.tandem !== 'embed' || !port) return;
  port.onmessage = ({data: {theme}}) => { document.documentElement.dataset.theme = theme; };
  const tell = () => {
    const {width, height} = document.body.getBoundingClientRect();
    port.postMessage({height: Math.ceil(height), width: region.matches('.embed--chip') ? Math.ceil(width) : 0});
  };
  tell(); // at once: a browser draws no frame of another site that has no height yet, and observes nothing in it
  sizes?.disconnect();
  sizes = new ResizeObserver(tell);
  sizes.observe(document.body);
});

if (parent !== window) parent.postMessage({tandem: 'ready'}, '*');
