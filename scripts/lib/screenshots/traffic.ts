import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { variedExamples } from '../model/varied-examples.ts';
import { example } from '../paths.ts';

/** Requests a second go up and down around the average. */
const AVERAGE_RATE = 14;
const SWING = 0.5;
const PERIOD_SECONDS = 40;
/** Sent at once every few seconds, so that images wait. */
const BURST = 24;
const BURST_SECONDS = 12;
/** Bounds the requests that pile up if the service hangs. */
const MAX_IN_FLIGHT = 64;

interface Shot {
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Sends photos in all formats, and a few requests that are not valid, until the signal. The order is always the
 * same.
 */
export async function sendTraffic(url: string, signal: AbortSignal): Promise<void> {
  const shots = await makeShots();
  const inFlight = new Set<Promise<void>>();

  async function send(index: number): Promise<void> {
    const shot = shots[index % shots.length];
    if (!shot) return;
    try {
      const response = await fetch(url + shot.path, { method: 'POST', body: shot.body, signal });
      await response.arrayBuffer();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  function start(index: number): void {
    if (inFlight.size >= MAX_IN_FLIGHT) return;
    const sent = send(index).finally(() => inFlight.delete(sent));
    inFlight.add(sent);
  }

  const begin = performance.now();
  let nextBurst = BURST_SECONDS / 2;
  for (let index = 0; !signal.aborted; index += 1) {
    const seconds = (performance.now() - begin) / 1000;
    start(index);
    if (seconds > nextBurst) {
      nextBurst += BURST_SECONDS;
      for (let more = 0; more < BURST; more += 1) start(index + more);
    }
    const rate = AVERAGE_RATE * (1 + SWING * Math.sin((2 * Math.PI * seconds) / PERIOD_SECONDS));
    await sleep(1000 / rate);
  }
  await Promise.all(inFlight);
}

/** One round of requests. Its length has no factor in common with the burst, so that bursts differ. */
async function makeShots(): Promise<Shot[]> {
  const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
  try {
    const jpegs = await Promise.all((await variedExamples(folder)).map(read));
    const files = [...jpegs, ...(await otherFormats()), ...jpegs];
    const shots = files.map((body): Shot => ({ path: '/predict', body }));
    const [cat = new Uint8Array()] = jpegs;
    const broken = cat.slice(0, cat.length / 3);
    const text = new TextEncoder().encode('not an image');
    shots.splice(9, 0, { path: '/predict', body: broken });
    shots.splice(23, 0, { path: '/predict?model=no-such-model', body: cat });
    shots.splice(31, 0, { path: '/predict', body: broken });
    shots.splice(43, 0, { path: '/predict', body: text });
    return shots;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function otherFormats(): Promise<Uint8Array<ArrayBuffer>[]> {
  const made = ['cat', 'espresso', 'rocket', 'astronaut'].flatMap((name) => {
    const photo = sharp(example(`${name}.jpg`)).resize(384);
    return [
      photo.clone().webp().toBuffer(),
      photo.clone().png().toBuffer(),
      photo.clone().avif({ effort: 0 }).toBuffer(),
    ];
  });
  const rare = sharp(example('cat.jpg')).resize(256);
  const buffers = await Promise.all([...made, rare.clone().gif().toBuffer(), rare.clone().tiff().toBuffer()]);
  return [...buffers.map((buffer) => Uint8Array.from(buffer)), await read(example('cat.png'))];
}

const read = async (file: string): Promise<Uint8Array<ArrayBuffer>> => Uint8Array.from(await readFile(file));
