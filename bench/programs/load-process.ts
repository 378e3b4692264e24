import { readFile } from 'node:fs/promises';
import autocannon from 'autocannon';
import type { LoadOrder, LoadReply, LoadRequest, MeasuredLoad } from '../lib/load/client.ts';
import { encodeRequest, topClasses } from '../lib/load/protocol.ts';

/** The process of `startLoadClient`: applies one order after the other. */
process.on('message', async (order: LoadOrder) => {
  const reply = await apply(order).then(
    (load): LoadReply => ({ kind: 'load', load }),
    (error: Error): LoadReply => ({ kind: 'failure', message: error.message }),
  );
  process.send?.(reply);
});

// Ends with the benchmark.
process.once('disconnect', () => process.exit());

const REFUSALS = [429, 503];
/** How often autocannon checks whether it is done. By default, once a second. */
const SAMPLE_MS = 100;
const TIMEOUT_SECONDS = 60;

async function apply({ url, protocol, requests, clients, length }: LoadOrder): Promise<MeasuredLoad> {
  const latenciesMs: number[] = [];
  let refused = 0;
  let answered = 0;
  let complaint: string | undefined;

  async function prepare({ photos, expectedTop }: LoadRequest): Promise<autocannon.Request> {
    const images = await Promise.all(photos.map((photo) => readFile(photo)));
    const { path, contentType, body } = encodeRequest(protocol, images);
    return {
      method: 'POST',
      path,
      headers: { 'content-type': contentType },
      body,
      onResponse(status, text) {
        if (REFUSALS.includes(status)) return;
        if (status !== 200) complaint ??= `expected status 200, got ${status}: ${text.slice(0, 200)}`;
        else if (String(topClasses(protocol, text)) !== String(expectedTop))
          complaint ??= `expected the classes ${expectedTop} first, got ${text.slice(0, 200)}`;
      },
    };
  }

  const prepared = await Promise.all(requests.map(prepare));
  const start = performance.now();
  let lastAnswer = start;
  const endMs = 'seconds' in length ? start + length.seconds * 1000 : Number.POSITIVE_INFINITY;
  const { errors, timeouts } = await new Promise<autocannon.Result>((resolve, reject) => {
    const settings = {
      url,
      connections: clients,
      ...('seconds' in length
        ? { duration: length.seconds + TIMEOUT_SECONDS }
        : { amount: Math.max(clients, length.requests) }),
      sampleInt: SAMPLE_MS,
      timeout: TIMEOUT_SECONDS,
      requests: prepared,
    };
    const instance = autocannon(settings, (error: unknown, result) =>
      error ? reject(error) : resolve(result),
    );
    instance.on('response', (client, status, _bytes, milliseconds) => {
      if (status === 200) answered += 1;
      if (performance.now() >= endMs) return sendNoMore(client);
      lastAnswer = performance.now();
      if (status === 200) latenciesMs.push(milliseconds);
      else if (REFUSALS.includes(status)) refused += 1;
    });
  });
  if (errors + timeouts > 0) complaint ??= `${errors} connections broke and ${timeouts} requests timed out`;
  if (complaint !== undefined) throw new Error(complaint);
  const seconds = 'seconds' in length ? length.seconds : (lastAnswer - start) / 1000;
  return { seconds, latenciesMs, refused, answered };
}

/**
 * Ends a client that has just received an answer. At the end of a duration, autocannon itself would leave
 * without the answers that it waits for, and the server would still work on them in the next measurement.
 */
function sendNoMore(client: autocannon.Client): void {
  const limited = client as autocannon.Client & { responseMax: number; readonly reqsMade: number };
  limited.responseMax = limited.reqsMade;
}
