// The pack: open issues that nobody opened here, kept by the service worker so that they open without a server. An issue's page is
// kept without the frame that all pages share; both are of one build. What is fresh by V is not fetched again, so that a fetch
// which was cut off goes on where it stopped.
'use strict';

// 500 issues (the server's bound) take some 10 MB; a few long ones must not fill the disk.
const packRoom = 12 << 20, packBatch = 25, packPace = 20_000;

/** stalePages lists what is not kept as it is now; kept tells the V that a path is kept at. */
const stalePages = (told, kept) => told.filter(({path, stale}) => !(kept(path) >= stale));

/** fitting takes as many sizes, in order, as there is room for. */
const fitting = (sizes, room) => sizes.filter(size => (room -= size) >= 0).length;

/** framed puts an issue's page into the frame of another page. */
function framed(frame, {title, version, clock, main}) {
  const put = (text, at, value) => text.replace(at, (all, before, after) => before + value + after);
  const attribute = text => text.replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
  let page = frame.replaceAll(' aria-current="page"', '');
  page = put(page, /(<title>)[^<]*(<\/title>)/, `${attribute(title)} - Tandem`);
  page = put(page, /(<meta name="tandem-version" content=")[^"]*(")/, attribute(version));
  page = put(page, /(<meta name="tandem-clock" content=")[^"]*(")/, attribute(clock));
  return put(page, /(<main\b[^>]*>)[^]*(<\/main>)/, main);
}

/**
 * createPack keeps packs. life() counts how often somebody left or a page went out of sight; what began before that is not kept:
 * hold(began, run) runs what keeps something, and leaving waits for it. keep(began, pages, build) keeps whole pages and answers the
 * life that it ended in, visited() lists those of a member that
 * were seen last, member(path) tells whose are kept.
 */
function createPack({origin, shelf, life, hold, keep, visited, forget, member: whose}) {
  const last = {};
  let running, full = false;
  return {refresh, page};

  /** refresh makes a member's pack fresh up to a V: one at a time, and not again at once unless what was kept is gone. */
  async function refresh(workspace, member, version) {
    while (running) await running;
    const at = last[member];
    if (at?.life === life() && version <= at.version && Date.now() - at.time < packPace) return;
    running = fill(workspace, member).then(told => { if (told) last[member] = {version: told, time: Date.now(), life: life()}; }).finally(() => { running = null; });
    await running;
  }

  async function fill(workspace, member) {
    const home = `/${workspace}`, source = `${home}/f/pack`, name = shelf(home, member, 'pack'), before = await read(name, source);
    let began = life();
    const answer = await ask(source, member, before && {'If-None-Match': before.headers.get('ETag')});
    if (!answer) return 0;
    const had = await before?.json(), told = answer.status === 304 ? had : await answer.json();
    // What was kept under rights that showed more may be hidden now. Of another build only the pack goes: its parts fit each other alone.
    if (had && (!had.shown?.every(one => told.shown.includes(one)) || had.epoch !== told.epoch)) began++, await forget(member);
    else if (had && had.build !== told.build) await caches.delete(name);
    const gone = () => full || life() !== began, put = (path, response) => hold(began, () => store(name, path, response));
    const headers = {'Content-Type': 'application/json', ETag: answer.headers.get('ETag'), 'Tandem-Version': answer.headers.get('Tandem-Version'),
      'Tandem-Clock': new Date(answer.headers.get('Date')).toISOString()};
    if (gone()) return 0;
    await put(source, new Response(JSON.stringify(told), {headers}));
    await frame(put, name, member, `${home}/outbox`, told);
    began = await keep(began, told.pages, told.build);
    const all = await issues(put, gone, name, member, source, told);
    // Pages of an older build run on what is left of it, so those seen lately are renewed.
    if (had && had.build !== told.build) began = await keep(began, await visited(home, member), told.build);
    return all && !gone() ? Number(headers['Tandem-Version']) : 0;
  }

  /** The frame is kept with what goes into it, so that the two are never of different builds. */
  async function frame(put, name, member, path, {build, pages: [vocabulary]}) {
    const kept = await read(name, path);
    if (kept?.headers.get('Tandem-Version') >= vocabulary.stale) return;
    const answer = await ask(path, member, {}, build);
    if (answer?.status === 200) await put(path, answer);
  }

  async function issues(put, gone, name, member, source, told) {
    const cache = await caches.open(name), kept = new Map(), sizes = new Map();
    for (const request of await cache.keys()) {
      const {pathname} = new URL(request.url);
      if (!pathname.includes('/issue/')) continue;
      const {headers} = await cache.match(request) ?? {};
      if (!told.issues.some(issue => issue.path === pathname)) await cache.delete(request);
      else kept.set(pathname, Number(headers?.get('Tandem-Version'))), sizes.set(pathname, Number(headers?.get('Tandem-Size')));
    }
    const all = () => told.issues.map(({path}) => sizes.get(path) ?? 0);
    for (let wanted = stalePages(told.issues, path => kept.get(path)); wanted.length && !gone(); wanted = wanted.slice(packBatch)) {
      if (fitting(all(), packRoom) < told.issues.indexOf(wanted[0])) break;
      const answer = await ask(`${source}/issue?${wanted.slice(0, packBatch).map(({key}) => `key=${encodeURIComponent(key)}`).join('&')}`, member, {}, told.build);
      if (answer?.status !== 200) return false;
      for (const {path, version, clock, main} of await answer.json()) {
        const headers = {'Content-Type': 'text/html; charset=utf-8', 'Tandem-Version': version, 'Tandem-Clock': clock, 'Tandem-Size': main.length};
        sizes.set(path, main.length);
        await put(path, new Response(main, {headers}));
      }
    }
    for (const {path} of told.issues.slice(fitting(all(), packRoom))) await cache.delete(path);
    return true;
  }

  /** page puts an issue's page together from what is kept of it; as fresh as the list, if the list says that it is. */
  async function page(path) {
    const workspace = path.split('/')[1], home = `/${workspace}`, member = await whose(path);
    if (!member || !path.startsWith(`${home}/issue/`)) return undefined;
    const name = shelf(home, member, 'pack'), list = await read(name, `${home}/f/pack`);
    if (!list) return undefined;
    const issue = (await list.clone().json()).issues.find(one => one.path === path || path.endsWith(one.record.replace('issue:', '/')));
    const [main, around] = await Promise.all([read(name, issue?.path ?? path), read(name, `${home}/outbox`)]);
    if (!main || !around) return undefined;
    const from = Number(main.headers.get('Tandem-Version')) >= issue?.stale ? list : main;
    const version = from.headers.get('Tandem-Version'), headers = new Headers(around.headers);
    headers.set('Tandem-Version', version);
    const text = framed(await around.text(), {title: `${issue?.key ?? ''} ${issue?.set.title ?? ''}`, version, clock: from.headers.get('Tandem-Clock'), main: await main.text()});
    return new Response(text, {headers});
  }

  async function ask(path, member, headers, build) {
    const all = {Accept: path.includes('/f/pack') ? 'application/json' : 'text/html', 'Tandem-Keep': 'yes', ...headers};
    const answer = await fetch(new URL(path, origin), {headers: all, cache: 'no-store', priority: 'low'}).catch(() => null), told = answer?.headers;
    return answer && !answer.redirected && [200, 304].includes(answer.status) && told.get('Tandem-Member') === member
      && (!build || told.get('Tandem-Build') === build) ? answer : undefined;
  }

  async function store(name, path, response) {
    try { await (await caches.open(name)).put(path, response); } catch (error) { full = true; throw error; }
  }

  async function read(name, path) { return await caches.has(name) ? (await caches.open(name)).match(path) : undefined; }
}

if (typeof module === 'object') module.exports = {stalePages, fitting, framed, createPack};
else self.createPack = createPack;
