// Notifications of this browser: the settings offer them, and signing out ends them. What they show is the service worker's (../web_push.js).

/** quit ends what this browser shows of whoever signs out. A push service that does not answer keeps nobody from leaving. */
export async function quit() {
  navigator.clearAppBadge?.().catch(() => {}); // not waited for: it may take for ever
  await Promise.race([subscription().then(end), new Promise(done => setTimeout(done, 2000))]);
}

/** hurdle says why this browser cannot be asked, "" if it can. */
export function hurdle({secure, able, permission}) {
  if (!secure) return 'Browsers show notifications of addresses that begin with https:// only. Ask whoever runs this server for one.';
  if (!able) return 'This browser offers no notifications. On an iPhone or iPad add Tandem to the home screen first, and open it from there.';
  return permission === 'denied' ? 'You have told this browser not to show notifications of this site. Allow them in its settings for this site, then load this page anew.' : '';
}

/** settle shows what fits: the offer, why there is none, or nothing where this browser is told already. */
async function settle(form) {
  const why = hurdle({secure: isSecureContext, able: !!(navigator.serviceWorker && globalThis.PushManager && globalThis.Notification), permission: globalThis.Notification?.permission});
  if (why) return say(why);
  const {pushEndpoint: told} = form.dataset, mine = await subscription();
  if (told && mine?.endpoint === told || document.documentElement.hasAttribute('data-cached')) return; // a kept page may say what was
  await end(mine); // of a session that has ended
  say(told ? 'This browser has ended its notifications by itself, such as when they were not allowed for a while.' : 'You are told at once, also while Tandem is closed, until you sign out here.');
  form.hidden = false;
  form.addEventListener('submit', event => { event.preventDefault(); event.stopImmediatePropagation(); ask(form).catch(failed); });
}

/** ask is called by a click alone: browsers refuse to ask without. */
async function ask(form) {
  const permission = await Notification.requestPermission();
  if (permission !== 'granted') return say(hurdle({secure: true, able: true, permission}) || 'Not allowed, so nothing was changed.');
  const {pushManager} = await navigator.serviceWorker.ready;
  const {endpoint, keys} = (await pushManager.subscribe({userVisibleOnly: true, applicationServerKey: form.dataset.pushKey})).toJSON();
  for (const [name, value] of Object.entries({endpoint, p256dh: keys.p256dh, auth: keys.auth})) form.elements[name].value = value;
  form.submit();
}

function failed(error) {
  console.error(error);
  say('The service that brings messages to this browser could not be reached. Try again later.');
}

const subscription = async () => (await navigator.serviceWorker?.getRegistration())?.pushManager?.getSubscription();
const end = async known => { await known?.unsubscribe().catch(() => {}); };
const say = words => { document.querySelector('[data-push-words]').textContent = words; };

const offer = globalThis.document?.querySelector('form[data-push-key]');
if (offer) settle(offer).catch(console.error);
