import { type Agent, request } from 'node:http';
import { z } from 'zod';

const answer = z.object({
  predictions: z.array(z.unknown()).length(5),
  timing_ms: z.object({ decode: z.number(), inference: z.number(), total: z.number() }),
});
/** Milliseconds, as the service reports them. */
export type Timing = z.output<typeof answer>['timing_ms'];

/** Sends a photo to `/predict`. @throws Error unless five classes come back. */
export function post(url: string, photo: Buffer, agent: Agent): Promise<Timing> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'image/jpeg', 'content-length': photo.byteLength };
    const sent = request(`${url}/predict`, { agent, method: 'POST', headers });
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const parsed = response.statusCode === 200 ? answer.safeParse(JSON.parse(body)) : undefined;
        if (parsed?.success) resolve(parsed.data.timing_ms);
        else reject(new Error(`Expected five predictions, got ${response.statusCode}: ${body}`));
      });
    });
    sent.end(photo);
  });
}
