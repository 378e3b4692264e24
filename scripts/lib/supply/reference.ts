/** One image in a registry, which its digest names forever. */
export interface ImageReference {
  /** `HOST[:PORT]` */
  readonly host: string;
  /** `HOST[:PORT]/NAME` */
  readonly repository: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
  /** `HOST[:PORT]/NAME@sha256:HEX` */
  readonly image: string;
}

const REPOSITORY = /^(?<host>[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?)\/[a-z0-9]+(?:[._/-][a-z0-9]+)*$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** @throws Error for a tag, which can name another image tomorrow, and for anything else that is not an image. */
export function parseImage(image: string): ImageReference {
  const [repository = '', digest = '', ...more] = image.split('@');
  if (more.length > 0 || !DIGEST.test(digest)) {
    throw new Error(`expected an image by its digest, HOST/REPOSITORY@sha256:HEX, got ${image}`);
  }
  return { host: hostOf(repository), repository, digest, image };
}

/** @throws Error for anything else than `HOST/NAME`, as Docker Hub's short names. */
export function hostOf(repository: string): string {
  const host = REPOSITORY.exec(repository)?.groups?.['host'];
  if (!host || !/[.:]|^localhost$/.test(host)) {
    throw new Error(`expected a repository, HOST/NAME, got ${repository || 'nothing'}`);
  }
  return host;
}

/** Whether the registry runs on this machine: it needs no login and no TLS. */
export const isLoopback = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+)(:\d+)?$/.test(host);
