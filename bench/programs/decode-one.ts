/**
 * Decodes one image, and prints its memory, its CPU time and their estimates as a line of JSON:
 *
 *   node bench/programs/decode-one.ts FILE WARM-UP GEOMETRY
 *
 * First it decodes WARM-UP, a small image of the same format, so that the libraries are loaded. GEOMETRY is
 * JSON: how to resize and crop. Linux only, because the peak comes from the kernel.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ServiceError } from '../../lambda/errors.ts';
import { decodeImage } from '../../lambda/images/decode.ts';
import type { Geometry } from '../../lambda/images/geometry.ts';
import { inspectImage } from '../../lambda/images/inspect.ts';
import { type DecodeMeasurement, LIMITS } from '../lib/decode-costs/measure.ts';

const [file = '', warmUp = '', json = ''] = process.argv.slice(2);
const geometry = JSON.parse(json) as Geometry;

/** From `/proc/self/status`, in bytes. */
function memory(name: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kib) * 1024;
}

for (let times = 0; times < 2; times += 1) {
  await decodeImage(await inspectImage(readFileSync(warmUp), geometry, LIMITS));
}
const bytes = readFileSync(file);
// Resets the peak to what is resident now.
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
const start = process.cpuUsage();
let refusal: string | undefined;
let estimate = { bytes: 0, cpuMs: 0 };
try {
  const image = await inspectImage(bytes, geometry, LIMITS);
  estimate = image.cost;
  await decodeImage(image);
} catch (error) {
  if (!(error instanceof ServiceError)) throw error;
  refusal = error.code;
}
const { user, system } = process.cpuUsage(start);
const measurement: DecodeMeasurement = {
  peakBytes: memory('VmHWM') - before,
  cpuMs: (user + system) / 1000,
  estimate,
  refusal,
};
process.stdout.write(JSON.stringify(measurement));
