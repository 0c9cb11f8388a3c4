import assert from 'node:assert/strict';
import {test} from 'node:test';
import {challenge, hurdle, worded, written} from '../passkey.js';

test('passkeys need the server\'s own address, which is secure and has a name, and a browser that knows them', () => {
  const good = {at: 'https://tandem.example', here: 'https://tandem.example', secure: true, able: true}, local = 'http://localhost:8080';
  assert.equal(hurdle(good), '');
  assert.equal(hurdle({...good, at: local, here: local}), '');
  assert.match(hurdle({...good, at: 'http://tandem.example'}), /for http:\/\/tandem.example, .* at https:\/\/tandem.example\..*--url/, 'behind a proxy that nobody told of');
  assert.match(hurdle({...good, at: 'http://tandem.lan', here: 'http://tandem.lan', secure: false}), /https and a name/);
  assert.match(hurdle({...good, at: '', here: 'https://tandem'}), /such as tandem.example.com/);
  assert.match(hurdle({...good, able: false}), /too old/);
});

test('what goes wrong is said in words, and what the page ends itself is not', () => {
  assert.equal(worded({name: 'AbortError'}), '');
  assert.match(worded({name: 'NotAllowedError'}), /cancelled/);
  assert.match(worded({name: 'InvalidStateError'}), /already/);
  assert.equal(worded({name: 'Error', told: 'Too many tries.'}), 'Too many tries.');
  assert.match(worded({name: 'TypeError'}), /password manager/, 'not the server\'s fault');
});

test('a credential is written without its own help', () => {
  const bytes = (...all) => new Uint8Array(all).buffer;
  const manager = {rawId: bytes(251, 255, 1), id: 'its own', type: 'public-key', toJSON() { throw new TypeError('Illegal invocation'); }, getClientExtensionResults: () => ({prf: {enabled: true}}),
    response: {clientDataJSON: bytes(1), authenticatorData: bytes(2, 3), signature: bytes(), userHandle: null}};
  assert.deepEqual(JSON.parse(written(manager)), {id: '-_8B', rawId: '-_8B', type: 'public-key', clientExtensionResults: {},
    response: {clientDataJSON: 'AQ', authenticatorData: 'AgM', signature: ''}});
});

test('only a server that gives no challenge could not be reached', async t => {
  const {signal} = new AbortController(), answers = answer => t.mock.method(globalThis, 'fetch', answer);
  answers(async () => Response.json({publicKey: {challenge: 'c'}}));
  assert.deepEqual(await challenge('/c', signal), {challenge: 'c'});
  answers(async () => Response.json({detail: 'Wait a minute.'}, {status: 429}));
  await assert.rejects(challenge('/c', signal), {told: 'Wait a minute.'});
  for (const lost of [async () => { throw new TypeError('Failed to fetch'); }, async () => new Response('<h1>Bad gateway</h1>', {status: 502})]) {
    answers(lost);
    await assert.rejects(challenge('/c', signal), ({told}) => /could not be reached/.test(told));
  }
  answers(async () => { throw new DOMException('', 'AbortError'); });
  await assert.rejects(challenge('/c', AbortSignal.abort()), error => worded(error) === '');
});
