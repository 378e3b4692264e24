import type { ImageHeader } from './header.ts';
import type { DecoderNeeds, FileFacts } from './needs.ts';
import type { Parts } from './parts.ts';

/** Everything the service knows about one image format. */
export interface Format {
  /** As people write it: `JPEG`. */
  readonly title: string;
  readonly mediaType: `image/${string}`;
  /** The class of libvips' loader, which is allowed to run only if it is named here. */
  readonly libvipsLoader: `VipsForeignLoad${string}`;
  /** Whether libvips reads EXIF from such files. If so, the EXIF is checked first. */
  readonly libvipsReadsExif: boolean;
  /** How many of each part a file may have. */
  readonly maxParts: Readonly<Record<string, number>>;
  /**
   * Whether a file starts with the format's signature. It has at least 12 bytes. At most one format matches.
   */
  matches(bytes: Uint8Array): boolean;
  /**
   * Counts parts before any library sees the file.
   *
   * @throws ServiceError `invalid_image` for a file with more parts than `maxParts`.
   */
  countParts(bytes: Uint8Array): Parts;
  /**
   * Reads the header without the library, where that is worth the code.
   *
   * @returns undefined for an unusual file, which is left to the library.
   */
  readHeader?(bytes: Uint8Array, parts: Parts): ImageHeader | undefined;
  /**
   * What the decoder needs for a file whose header the library has read.
   *
   * @throws ServiceError `invalid_image`
   */
  decoderNeeds(facts: FileFacts): DecoderNeeds;
}
