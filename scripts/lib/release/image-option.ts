import { text } from '../command/options.ts';
import { UsageError } from '../command/usage-error.ts';

export interface ReleasedImage {
  readonly architecture: 'x86_64' | 'arm64';
  /** Such as `sha256:…`. */
  readonly digest: string;
}

export const imageOption = (architecture: ReleasedImage['architecture']) =>
  text('DIGEST', { help: `the published image for ${architecture}: sha256: and 64 hex digits` });

/** @throws UsageError for what is no digest. Without a digest the architecture is left out. */
export const releasedImages = (
  digests: Readonly<Record<ReleasedImage['architecture'], string | undefined>>,
): ReleasedImage[] =>
  (['x86_64', 'arm64'] as const).flatMap((architecture) => {
    const digest = digests[architecture];
    if (digest === undefined) return [];
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new UsageError(`--${architecture}: expected sha256: and 64 hex digits, got ${digest}`);
    }
    return [{ architecture, digest }];
  });
