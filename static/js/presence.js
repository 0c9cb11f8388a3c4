// Who else is at this issue, and who types: told while the page is in sight, drawn in the head, kept nowhere. No bump, no refresh.
import {on} from './channel.js';
import {uuid7} from './ids.js';
import {having, page, vocabulary} from './page.js';

const pause = 5000, again = 4000, spread = 2000, most = 4;

/** install tells of this tab and draws the others, wherever the page has a place for it. */
export function install() {
  const record = document.querySelector('[data-presence]')?.dataset.presence, {workspace, member} = page(), tab = uuid7();
  if (!/^issue:./.test(record ?? '')) return;
  let count = 0, last = 'left', told = 0, typing = 0, timer, members = [];
  const here = () => tell(document.hidden ? 'left' : Date.now() < typing ? 'typing' : 'looking');
  const show = () => draw(document.querySelector(having('data-presence', record)), members.filter(one => one.member !== member));
  on('presence', detail => { if (detail.record === record && Array.isArray(detail.members)) { members = detail.members; show(); } });
  on('hello', () => setTimeout(here, Math.random() * spread)); // the heartbeat is the server's, so all would speak at once
  addEventListener('tandem:state', ({detail}) => { if (detail.source === 'stream' && !detail.live) members = [], show(); }); // nobody knows
  addEventListener('pagehide', () => tell('left'));
  addEventListener('pageshow', here);
  document.addEventListener('visibilitychange', here);
  document.addEventListener('tandem:swap', ({target}) => { if (target.id === 'vocabulary') show(); }); // it has the names
  document.addEventListener('input', ({target}) => {
    if (!target.matches('main [data-draft-key]')) return;
    typing = Date.now() + pause;
    clearTimeout(timer);
    timer = setTimeout(here, pause);
    if (last !== 'typing' || Date.now() - told > again) here();
  });
  here();

  function tell(state) {
    if (state === 'left' ? last === 'left' : document.documentElement.dataset.sync !== 'live') return;
    last = state, told = Date.now();
    fetch(`/${workspace}/sync/presence`, {method: 'POST', keepalive: true, headers: {'Content-Type': 'application/json'},
      body: JSON.stringify({tab, count: ++count, record, state})}).catch(() => {});
  }
}

function draw(place, others) {
  if (!place) return;
  place.hidden = !others.length;
  place.replaceChildren(...others.slice(0, most).map(item));
  if (others.length > most) place.append(Object.assign(document.createElement('li'), {textContent: `+${others.length - most}`}));
}

/** item is a person; that they type is for the eyes alone. */
function item({member, typing}) {
  const node = document.createElement('li'), mark = vocabulary(member);
  node.dataset.member = member;
  node.title = mark?.dataset.text ?? '';
  node.toggleAttribute('data-typing', !!typing);
  node.append(mark ? mark.content.cloneNode(true) : '');
  return node;
}
