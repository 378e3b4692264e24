/**
 * Decodes one image in a process of its own and prints what that took as a line of JSON, beside the estimate:
 *
 *   node decode-one.ts FILE WARM-UP
 *
 * A small image of the same format comes first, so that libraries are loaded. Linux only: the peak is the kernel's.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { ServiceError } from '../../lambda/errors.ts';
import { decodeImage } from '../../lambda/images/decode.ts';
import { inspectImage } from '../../lambda/images/inspect.ts';
import { type DecodeMeasurement, GEOMETRY, LIMITS } from '../lib/decode-costs/measure.ts';

const [file = '', warmUp = ''] = process.argv.slice(2);

/** From `/proc/self/status`, in bytes. */
function memory(name: 'VmRSS' | 'VmHWM'): number {
  const kib = new RegExp(`${name}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return Number(kib) * 1024;
}

for (let times = 0; times < 2; times += 1) {
  await decodeImage(await inspectImage(readFileSync(warmUp), GEOMETRY, LIMITS));
}
const bytes = readFileSync(file);
// Sets the peak back to what is resident now.
writeFileSync('/proc/self/clear_refs', '5');
const before = memory('VmRSS');
const start = process.cpuUsage();
let refusal: string | undefined;
let estimate = { bytes: 0, cpuMs: 0 };
try {
  const image = await inspectImage(bytes, GEOMETRY, LIMITS);
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
