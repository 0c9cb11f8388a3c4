import assert from 'node:assert/strict';
import {test} from 'node:test';
import {sendFile} from '../send_file.js';

const ours = (status, body, headers = {}) => new Response(JSON.stringify(body), {status, headers: {'Tandem-Build': 'b1', ...headers}});
const made = ours(201, {markdown: '![a](/a)'});

/** line answers with what it is given, an Error for no connection, and remembers what was sent and how long was waited. */
function line(...answers) {
  const sent = [], waited = [], stop = new AbortController();
  const fetch = async (url, {body, signal}) => {
    signal.throwIfAborted();
    sent.push(body.get('_tx') + ' ' + body.get('file').name);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return answer.clone();
  };
  const run = () => sendFile({url: '/acme/issue/1/attachment', file: new File(['a'], 'a.png'), name: 'a.png', tx: 't1', signal: stop.signal}, fetch, async length => { waited.push(length); });
  return {sent, waited, stop, run};
}

test('what did not arrive, or not at a good time, is sent again under the same id', async () => {
  const portal = new Response('<p>Welcome', {status: 200});
  const {run, sent, waited} = line(new TypeError('offline'), ours(429, {}, {'Retry-After': '30'}), portal, made);
  assert.equal(await run(), '![a](/a)');
  assert.deepEqual(sent, Array(4).fill('t1 a.png'));
  assert.deepEqual(waited, [1000, 30_000, 15_000]);
});

test('it ends some time, and says that another may be better', async () => {
  const {run, sent} = line(...Array(9).fill(ours(503, {detail: 'Not now.'})));
  await assert.rejects(run, {message: 'Not now.', again: true});
  assert.equal(sent.length, 4);
});

test('what is refused is not sent again', async () => {
  for (const status of [400, 403, 404, 413, 422]) {
    const {run, sent} = line(ours(status, {detail: 'No.'}));
    await assert.rejects(run, {message: 'No.', again: false});
    assert.equal(sent.length, 1, String(status));
  }
});

test('who stops it hears nothing of the line', async () => {
  const {run, stop, sent} = line(made);
  stop.abort();
  await assert.rejects(run, {name: 'AbortError'});
  assert.equal(sent.length, 0);
});
