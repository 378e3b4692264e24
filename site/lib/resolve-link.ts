import { posix } from 'node:path';

/** The path in the repository that a link of a file leads to, without a slash at its end. */
export function resolveLink(from: string, href: string): { readonly path: string; readonly hash: string } {
  const [, relative = '', hash = ''] = /^([^#?]*)[^#]*(#.*)?$/.exec(href) ?? [];
  const path = posix.normalize(posix.join(posix.dirname(from), decodeURI(relative))).replace(/\/$/, '');
  return { path, hash };
}
