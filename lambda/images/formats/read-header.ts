import { ServiceError } from '../../errors.ts';
import { loadVips } from '../libvips.ts';
import { orientationOf } from '../turn.ts';
import type { Format } from './format.ts';
import type { ImageHeader } from './header.ts';
import { ms } from './needs.ts';
import type { Parts } from './parts.ts';

/** Reserves memory in bytes, then does the work that needs it. */
export type Lend = <Result>(bytes: number, work: () => Promise<Result>) => Promise<Result>;

/**
 * @param lend reserves the memory that the library needs for the metadata of the file.
 * @throws ServiceError `invalid_image`, `not_ready` without libvips, and what `lend` throws.
 */
export async function readHeader(
  bytes: Uint8Array,
  format: Format,
  parts: Parts,
  lend: Lend,
): Promise<ImageHeader> {
  const header = format.readHeader?.(bytes, parts) ?? (await readWithVips(bytes, format, parts, lend));
  return {
    ...header,
    heldBytes: header.heldBytes + parts.metadataBytes,
    decoderMs: header.decoderMs + ms(parts.count, PART_NS),
  };
}

/** Nanoseconds to find a chunk, a page or a scan of any size. */
const PART_NS = 90_000;

async function readWithVips(
  bytes: Uint8Array,
  format: Format,
  parts: Parts,
  lend: Lend,
): Promise<ImageHeader> {
  const { readVipsMetadata } = await loadVips();
  const metadata = await lend(parts.metadataBytes, () =>
    readVipsMetadata(bytes).catch((cause: unknown) => {
      throw new ServiceError('invalid_image', `The ${format.title} header is damaged or incomplete.`, {
        cause,
      });
    }),
  );
  const { width, height, orientation, space } = metadata;
  return {
    width,
    height,
    orientation: orientationOf(orientation),
    isCmyk: space === 'cmyk',
    ...format.decoderNeeds({ bytes, parts, metadata }),
  };
}
