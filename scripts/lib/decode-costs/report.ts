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
  const repeated = [
    `${count(MAX_PARTS.jpegScans)} scans and ${count(MAX_PARTS.jpegSegments)} segments in a JPEG`,
    `${count(MAX_PARTS.webpChunks)} chunks in a WebP`,
    `${count(MAX_PARTS.gifFrames)} frames in a GIF`,
    `${count(MAX_PARTS.tiffPages)} pages in a TIFF`,
    `${count(MAX_PARTS.avifFrames)} coded frames in a still AVIF`,
    `${count(MAX_PARTS.pngInflatedBytes / 1e6)} MB of inflated text in a PNG`,
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
