import type { ImageFormat } from '../../../lambda/images/formats/format.ts';
import { MAX_PARTS } from '../../../lambda/images/formats/parts.ts';
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

/** The limits that bound the table, from the code that enforces them. */
export function limitsText(): string {
  const parts = [
    `${count(MAX_PARTS.jpegScans)} scans and ${count(MAX_PARTS.jpegSegments)} segments of a JPEG`,
    `${count(MAX_PARTS.webpChunks)} chunks of a WebP`,
    `${count(MAX_PARTS.gifFrames)} frames of a GIF`,
    `${count(MAX_PARTS.tiffPages)} pages of a TIFF`,
    `${count(MAX_PARTS.avifFrames)} coded frames of an AVIF still`,
    `${count(MAX_PARTS.pngInflatedBytes / 1e6)} MB of inflated text of a PNG`,
  ];
  return [
    `An image has at most ${count(LIMITS.maxImageBytes)} bytes, ${count(LIMITS.maxPixels)} pixels and ${count(LIMITS.maxSide)} pixels a side.`,
    `By its estimate it takes at most ${mib(LIMITS.maxDecodeBytes)} MiB of memory and, on a slow machine, ${MAX_DECODE_MS / 1000} s of CPU time.`,
    'Of parts of which a file can hold any number it has at most',
    `${parts.join(',\n')}.`,
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
