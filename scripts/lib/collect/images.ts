import type { Decided } from './versions.ts';

/** A manifest in an ECR repository. */
export interface StoredImage {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly tags: readonly string[];
  readonly pushed: Date | undefined;
  /** Of its manifest. */
  readonly mediaType: string | undefined;
  /** The digest that it refers to, if it is a signature, an attestation or the like. */
  readonly subject: string | undefined;
  readonly bytes: number;
}

const DAY_MS = 24 * 3_600_000;
/** What deployments here store: the hash of an asset of the CDK, or the commit and the architecture of a published image. */
const OWN_TAG = /^(?:[0-9a-f]{64}|[0-9a-f]{40}-(?:x86_64|arm64))$/;
const SINGLE_IMAGE = [
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
];

/**
 * Decides which images of a repository are needed. Only an image that a deployment stored, that nothing refers to and that
 * has been there for a while is not. Its signatures and attestations are not when it is gone: ECR promises to delete them
 * only after its own lifecycle policies (AWS What's New, 2024-06-27, "Amazon ECR supports OCI 1.1").
 *
 * @param used digests and tags that functions have.
 */
export function decideImages(
  images: readonly StoredImage[],
  used: ReadonlySet<string>,
  { days }: { readonly days: number },
  now: Date,
): Decided<StoredImage>[] {
  const present = new Set(images.map(({ digest }) => digest));
  const isYoung = ({ pushed }: StoredImage) =>
    pushed === undefined || pushed.getTime() > now.getTime() - days * DAY_MS;
  return images.map((image) => ({
    ...image,
    keptBy: reason(image, used, present) ?? (isYoung(image) ? `pushed within ${days} days` : undefined),
  }));
}

function reason(
  { digest, tags, mediaType, subject }: StoredImage,
  used: ReadonlySet<string>,
  present: ReadonlySet<string>,
): string | undefined {
  if (used.has(digest) || tags.some((tag) => used.has(tag))) return 'a function';
  if (subject !== undefined) return present.has(subject) || used.has(subject) ? 'its image' : undefined;
  if (mediaType === undefined || !SINGLE_IMAGE.includes(mediaType)) return 'it is not a single image';
  if (tags.length === 0) return 'it has no tag';
  if (!tags.every((tag) => OWN_TAG.test(tag))) return 'a tag of somebody else';
  return undefined;
}
