// One file on its way to the server: sent again where that may help, under the same id, so that it is attached once.

const pauses = [1000, 4000, 15_000];

/** sendFile answers with what a text shows the file by. It throws why not, in words; `again` says that it may be another time. signal ends it. */
export async function sendFile(sent, fetch = globalThis.fetch.bind(globalThis), wait = pause) {
  for (let tries = 0; ; tries++) {
    const met = await attempt(sent, fetch);
    if (met.markdown) return met.markdown;
    if (!met.again || tries === pauses.length) throw Object.assign(new Error(met.why), {again: met.again});
    await wait(Math.max(pauses[tries], met.after ?? 0), sent.signal);
  }
}

async function attempt({url, file, name, tx, signal}, fetch) {
  const body = new FormData();
  body.append('_tx', tx);
  body.append('file', file, name);
  let answer, told;
  try {
    answer = await fetch(url, {method: 'POST', body, signal, headers: {Accept: 'application/json'}});
    told = await answer.json();
  } catch {
    if (signal.aborted) throw signal.reason;
    if (!answer) return {again: true, why: 'there is no connection.'};
  }
  if (answer.status === 201 && told?.markdown) return told;
  const ours = answer.headers.has('Tandem-Build'), after = 1000 * (Number(answer.headers.get('Retry-After')) || 0);
  return {again: !ours || [408, 429].includes(answer.status) || answer.status >= 500, after, why: ours && told?.detail || 'the server did not answer.'};
}

const pause = (length, signal) => new Promise((done, fail) => {
  const clock = setTimeout(done, length);
  signal.addEventListener('abort', () => { clearTimeout(clock); fail(signal.reason); });
});
