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
/** How often autocannon checks the time. By default, once a second. */
const SAMPLE_MS = 100;
const TIMEOUT_SECONDS = 60;

async function apply({ url, protocol, requests, clients, seconds }: LoadOrder): Promise<MeasuredLoad> {
  const latenciesMs: number[] = [];
  let refused = 0;
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
  const { errors, timeouts } = await new Promise<autocannon.Result>((resolve, reject) => {
    const settings = {
      url,
      connections: clients,
      duration: seconds,
      sampleInt: SAMPLE_MS,
      timeout: TIMEOUT_SECONDS,
      requests: prepared,
    };
    const instance = autocannon(settings, (error: unknown, result) =>
      error ? reject(error) : resolve(result),
    );
    instance.on('response', (_client, status, _bytes, milliseconds) => {
      if (status === 200) latenciesMs.push(milliseconds);
      else if (REFUSALS.includes(status)) refused += 1;
    });
  });
  if (errors + timeouts > 0) complaint ??= `${errors} connections broke and ${timeouts} requests timed out`;
  if (complaint !== undefined) throw new Error(complaint);
  return { seconds: (performance.now() - start) / 1000, latenciesMs, refused };
}
