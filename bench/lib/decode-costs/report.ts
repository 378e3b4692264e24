import { FORMATS, type ImageFormat } from '../../../lambda/images/formats/table.ts';
import { MAX_DECODE_MS } from '../../../lambda/images/limits.ts';
import { type DecodeMeasurement, LIMITS } from './measure.ts';

export interface MeasuredBody extends DecodeMeasurement {
  readonly format: ImageFormat;
  readonly what: string;
  readonly encodedBytes: number;
}

const MIB = 2 ** 20;
const count = (value: number): string => value.toLocaleString('en-US');
const mib = (bytes: number): string => count(Math.round(bytes / MIB));

/** The limits behind the table, from the code that enforces them. */
export function limitsText(): string {
  const { jpeg, png, webp, gif, avif, tiff } = FORMATS;
  const repeated = [
    `${count(jpeg.maxParts.scans)} scans and ${count(jpeg.maxParts.segments)} segments in a JPEG`,
    `${count(webp.maxParts.chunks)} chunks in a WebP`,
    `${count(gif.maxParts.frames)} frames in a GIF`,
    `${count(tiff.maxParts.pages)} pages in a TIFF`,
    `${count(avif.maxParts.frames)} coded frames in a still AVIF`,
    `${count(png.maxParts.inflatedBytes / 1e6)} MB of inflated text in a PNG`,
  ];
  return [
    'An image is refused if it exceeds one of these limits:\n',
    `- ${count(LIMITS.maxImageBytes)} bytes, ${count(LIMITS.maxPixels)} pixels, ${count(LIMITS.maxSide)} pixels a side;`,
    `- an estimate of ${mib(LIMITS.maxDecodeBytes)} MiB of memory, or of ${MAX_DECODE_MS / 1000} s of CPU time on a slow machine;`,
    `- for parts that a file can repeat: ${repeated.join(',\n  ')}.`,
  ].join('\n');
}

export function costTable(bodies: readonly MeasuredBody[]): string {
  const rows = bodies.map(({ format, what, encodedBytes, peakBytes, cpuMs, estimate }) =>
    [
      format.toUpperCase(),
      what,
      count(Math.ceil(encodedBytes / 1000)),
      mib(peakBytes),
      mib(estimate.bytes),
      (cpuMs / 1000).toFixed(1),
      (estimate.cpuMs / 1000).toFixed(1),
    ].join(' | '),
  );
  return [
    '| Format | Costliest image | kB sent | Peak MiB | Estimate MiB | CPU s | Estimate s |',
    '|---|---|---:|---:|---:|---:|---:|',
    ...rows.map((row) => `| ${row} |`),
  ].join('\n');
}
