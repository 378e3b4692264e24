import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { variedExamples } from '../model/varied-examples.ts';
import { example } from '../paths.ts';

/** Requests a second go up and down around the average. */
const SWING = 0.5;
const PERIOD_SECONDS = 40;
const BURST_SECONDS = 12;
/** Fewer than the service takes at once, so that a slow machine gets less to do and refuses nothing. */
const MAX_IN_FLIGHT = 24;

export interface Traffic {
  /** Requests a second. */
  readonly averageRate: number;
  /** Requests that are sent at once every few seconds, so that images wait. */
  readonly burst: number;
  readonly models: readonly string[];
}

const USUAL: Traffic = { averageRate: 10, burst: 14, models: ['resnet50', 'efficientnet-lite2'] };

interface Photo {
  readonly path: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

/**
 * Sends photos in all formats, and a few requests that are not valid, until the signal. The order is always the
 * same.
 *
 * @throws Error if the service does not answer.
 */
export async function sendTraffic(
  url: string,
  signal: AbortSignal,
  { averageRate, burst, models }: Traffic = USUAL,
): Promise<void> {
  const round = await makeRound(models);
  const inFlight = new Set<Promise<void>>();
  let failure: Error | undefined;

  async function send(index: number): Promise<void> {
    const photo = round[index % round.length];
    if (!photo) return;
    try {
      const response = await fetch(url + photo.path, { method: 'POST', body: photo.body, signal });
      await response.arrayBuffer();
    } catch (error) {
      if (!signal.aborted) failure ??= error as Error;
    }
  }

  function start(index: number): void {
    if (inFlight.size >= MAX_IN_FLIGHT) return;
    const sent = send(index).finally(() => inFlight.delete(sent));
    inFlight.add(sent);
  }

  const begin = performance.now();
  let nextBurst = BURST_SECONDS / 2;
  for (let index = 0; !signal.aborted && !failure; index += 1) {
    const seconds = (performance.now() - begin) / 1000;
    start(index);
    if (seconds > nextBurst) {
      nextBurst += BURST_SECONDS;
      for (let more = 0; more < burst; more += 1) start(index + more);
    }
    const rate = averageRate * (1 + SWING * Math.sin((2 * Math.PI * seconds) / PERIOD_SECONDS));
    await sleep(1000 / rate);
  }
  await Promise.all(inFlight);
  if (failure) throw failure;
}

/** The requests that are sent over and over. */
async function makeRound(models: readonly string[]): Promise<Photo[]> {
  const folder = await mkdtemp(join(tmpdir(), 'screenshots-'));
  try {
    const jpegs = await Promise.all((await variedExamples(folder)).map(read));
    const files = [...jpegs, ...(await otherFormats()), ...jpegs];
    const round = files.map(
      (body, index): Photo => ({ path: `/predict?model=${models[index % models.length]}`, body }),
    );
    const [cat = new Uint8Array()] = jpegs;
    const broken = cat.slice(0, cat.length / 3);
    const text = new TextEncoder().encode('not an image');
    round.splice(9, 0, { path: '/predict', body: broken });
    round.splice(23, 0, { path: '/predict?model=no-such-model', body: cat });
    round.splice(31, 0, { path: '/predict', body: broken });
    round.splice(43, 0, { path: '/predict', body: text });
    return round;
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
