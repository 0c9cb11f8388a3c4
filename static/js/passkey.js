// Passkeys: the settings add them, and the sign-in page lets people in with them, by a button or in the field of the address.

const renewal = 10 * 60_000; // a challenge can be answered for a quarter of an hour

/** hurdle says why passkeys are of no use here, "" if they are. at is the address that they are for, "" where there can be none. */
export function hurdle({at, here, secure, able}) {
  if (at && at !== here) return `Passkeys of this server are for ${at}, and this page is open at ${here}. Open Tandem there, or have whoever runs it set --url to the address that people use.`;
  if (!at || !secure) return 'Passkeys need https and a name such as tandem.example.com. Ask whoever runs this server for such an address.';
  return able ? '' : 'This browser is too old for passkeys.';
}

/** worded says what went wrong, "" for what the page itself has ended. */
export function worded({name, told}) {
  if (told) return told;
  return {
    AbortError: '', NotAllowedError: 'Nothing was done: it was cancelled, or took too long.', InvalidStateError: 'This device or password manager holds a passkey of yours already.',
    SecurityError: 'Passkeys of this server belong to another address. Open Tandem there.', NotSupportedError: 'This device makes no passkeys that Tandem can read.',
  }[name] ?? 'This browser or password manager could not do it.';
}

/** written is a credential as the server reads it. By hand: what some password managers give in the browser's place fails at its own toJSON. */
export function written({rawId, type, response}) {
  const id = base64url(rawId), parts = ['clientDataJSON', 'attestationObject', 'authenticatorData', 'signature', 'userHandle'].filter(name => response[name]);
  return JSON.stringify({id, rawId: id, type, response: Object.fromEntries(parts.map(name => [name, base64url(response[name])])), clientExtensionResults: {}});
}

const base64url = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/[+/=]/g, one => ({'+': '-', '/': '_'})[one] ?? '');

/** challenge asks the server what the browser must sign. */
export async function challenge(path, signal) {
  try {
    const answer = await fetch(path, {method: 'POST', headers: {Accept: 'application/json'}, signal});
    const {publicKey, detail} = await answer.json();
    if (answer.ok) return publicKey;
    throw telling(detail);
  } catch (error) {
    throw error.told || signal.aborted ? error : telling('The server could not be reached. Try again later.');
  }
}

const telling = told => Object.assign(new Error(told), {told});

/** sends has the browser sign, which asks the person, and sends that with the form. */
async function sends(form, {signal, mediation}) {
  const asked = await challenge(form.dataset.challenge, signal);
  const credential = form.dataset.passkey === 'create' ? await navigator.credentials.create({publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked), signal})
    : await navigator.credentials.get({publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked), signal, mediation});
  if (signal.aborted) return; // something else was asked for meanwhile
  form.elements.credential.value = written(credential);
  form.submit();
}

/** settle shows the form where it is of use, with its button, which is of none without script. Until its button is pressed the browser offers passkeys in the field of the address. */
async function settle(form) {
  const {passkey, origin, button} = form.dataset, making = passkey === 'create';
  const why = hurdle({at: origin && new URL(origin).origin, here: location.origin, secure: isSecureContext, able: !!globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON});
  if (making) say(why);
  if (why) return;
  const press = Object.assign(document.createElement('button'), {className: 'button', textContent: button});
  press.dataset.action = making ? 'add-passkey' : 'use-passkey';
  form.append(press);
  form.hidden = false;
  let offered = () => {};
  form.addEventListener('submit', event => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const {name} = form.elements;
    if (name) name.value = name.value.trim();
    if (!form.reportValidity()) return; // before the device makes what the server would refuse
    say('');
    sends(form, {signal: anew()}).catch(error => { failed(error); if (error.name !== 'AbortError') offered(); });
  });
  if (making || !await PublicKeyCredential.isConditionalMediationAvailable?.()) return;
  offered = () => offers(form);
  offered();
}

/** offers passkeys in the field of the address, with a new challenge before the last one is too old. */
function offers(form) {
  const signal = anew(), again = setTimeout(offers, renewal, form);
  signal.addEventListener('abort', () => clearTimeout(again));
  sends(form, {signal, mediation: 'conditional'}).catch(console.info);
}

let asking = new AbortController();

/** anew ends what the browser asks for: it asks for one thing at a time. */
function anew() {
  asking.abort();
  return (asking = new AbortController()).signal;
}

function failed(error) {
  if (!error.told) console.info(error);
  const words = worded(error);
  if (words) say(words);
}

const say = words => { document.querySelector('[data-passkey-words]').textContent = words; };

const offer = globalThis.document?.querySelector('form[data-passkey]');
if (offer) settle(offer).catch(console.error);
