import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import type { ImageFormat } from '../../../lambda/images/formats/table.ts';
import type { Geometry } from '../../../lambda/images/geometry.ts';
import type { DecodeCost } from '../../../lambda/images/inspect.ts';
import { DEFAULT_DECODE_LIMITS } from '../../../lambda/images/limits.ts';
import { programPath } from '../paths.ts';

/** The input of the repository's model. */
export const GEOMETRY: Geometry = { resize: { shortSide: 256, interpolation: 'bilinear' }, crop: 224 };
/** The service's defaults. */
export const LIMITS = { maxImageBytes: 20_000_000, maxPixels: 50_000_000, ...DEFAULT_DECODE_LIMITS } as const;

export interface DecodeMeasurement {
  /** Peak resident memory, minus the resident memory before the image was read. */
  readonly peakBytes: number;
  /** CPU time of all threads. */
  readonly cpuMs: number;
  /** Zeros if the image was refused by its header. */
  readonly estimate: DecodeCost;
  /** The code of the error, if any. */
  readonly refusal: string | undefined;
}

const PROGRAM = programPath('decode-one');
const TIMEOUT_MS = 60_000;

/** Decodes an image in a new process, so that it cannot reuse the memory of an earlier image. */
export async function measureDecode(
  format: ImageFormat,
  bytes: Uint8Array,
  geometry = GEOMETRY,
): Promise<DecodeMeasurement> {
  const folder = await mkdtemp(join(tmpdir(), 'decode-'));
  try {
    const [file, warmUp] = [join(folder, 'image'), join(folder, 'warm-up')];
    await writeFile(file, bytes);
    await writeFile(
      warmUp,
      await sharp({ create: { width: 64, height: 48, channels: 3, background: 'teal' } })
        // libvips decodes an image that must be turned, also a JPEG.
        .withMetadata({ orientation: 6 })
        .toFormat(format)
        .toBuffer(),
    );
    const args = [PROGRAM, file, warmUp, JSON.stringify(geometry)];
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: TIMEOUT_MS });
    return JSON.parse(stdout) as DecodeMeasurement;
  } finally {
    await rm(folder, { recursive: true });
  }
}
