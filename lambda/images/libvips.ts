import { ServiceError } from '../errors.ts';

/**
 * libvips would write pictures of more than 100 MiB to a file in the temporary folder. That may be read-only or full, and
 * the memory for the picture is reserved anyway.
 */
const DISC_THRESHOLD = '64g';

/** The part of the service that needs libvips. */
export type Vips = typeof import('./vips.ts');

let loading: Promise<Vips> | undefined;
let failure: ServiceError | undefined;

/**
 * Loads libvips at the first call. This takes about 40 ms and 24 MiB, and blocks the event loop. Ordinary small
 * JPEGs do not need it.
 *
 * A failure is final: Node.js keeps it too, and an incomplete installation does not repair itself.
 *
 * @throws ServiceError `not_ready` if libvips cannot be loaded.
 */
export function loadVips(): Promise<Vips> {
  // biome-ignore lint/style/noProcessEnv: libvips takes it from the environment only, when it is first used.
  process.env['VIPS_DISC_THRESHOLD'] ??= DISC_THRESHOLD;
  loading ??= import('./vips.ts').catch((cause: unknown) => {
    failure = new ServiceError('not_ready', 'The image decoder could not be loaded.', { cause });
    throw failure;
  });
  return loading;
}

/** Does not load libvips. @throws ServiceError `not_ready` if an earlier attempt to load it has failed. */
export function requireUnbrokenVips(): void {
  if (failure) throw failure;
}
