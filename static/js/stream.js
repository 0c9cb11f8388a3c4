// What is decided about the stream, without a browser.

const most = 30_000, restart = 8_000;

/** read parses an event; throws when it is malformed. Members that are not known stay unread. */
export function read(type, text) {
  const data = JSON.parse(text);
  const must = ok => { if (!ok) throw new TypeError(`malformed ${type}: ${text.slice(0, 200)}`); };
  const whole = value => must(Number.isSafeInteger(value) && value >= 0);
  const list = (value = []) => { must(Array.isArray(value) && value.every(one => typeof one === 'string')); return value; };
  must(data && typeof data === 'object');
  if (type !== 'presence' && type !== 'bye') whole(data.version);
  if (type === 'hello') must(typeof data.epoch === 'string');
  if (type !== 'bump') return data;
  whole(data.from);
  const {from, version, all, spread} = data;
  return {from, version, records: list(data.records ?? []), topics: list(data.topics ?? []), all: all === true, spread: Number(spread) || 0};
}

/** heard is the bump as a tab hears it that was told until V: null if it knows it already; all is stale if something lies between. */
export function heard(told, {from = 0, version, records = [], topics = [], all, force, spread = 0}) {
  if (version <= told && !force) return null;
  return {from: Math.min(from, told), version, records, topics, all: !!all || from > told, force: !!force, spread};
}

/** backoff is the pause before the next try: from one second, doubling, at most 30, up to half of it less by chance. */
export const backoff = (tries, random = Math.random()) => Math.min(most, 1000 * 2 ** tries) * (1 - random / 2);

/** restarted is when to come back to a server that restarts: of all its tabs no more than a fifth in any one second. */
export const restarted = (random = Math.random()) => random * restart;

/** meaning is what a probe's status tells of the sync state. */
export const meaning = status => status === 401 ? 'signed-out' : status ? 'reconnecting' : 'offline';
