/** A part of the image that syft cannot see: it is inside another file, or it is not a package. */
export interface Component {
  readonly kind: 'npm' | 'contained' | 'model';
  /** As of its package manager, such as `@img/colour`. */
  readonly name: string;
  readonly version: string | undefined;
  /** An SPDX expression. */
  readonly licence: string | undefined;
  /** What the expression cannot say. */
  readonly licenceNote?: string | undefined;
  readonly copyright: readonly string[];
  /** Where it comes from, in words or as a URL. */
  readonly source: string | undefined;
  /** Of its file. */
  readonly sha256?: string | undefined;
}

/** github.com/package-url/purl-spec */
export function purlOf({ kind, name, version, sha256 }: Component): string {
  const type = kind === 'npm' ? 'npm' : 'generic';
  // A name can say what contains it, as in `addr2line (in the Rust standard library)`.
  const path = name
    .replace(/ \(.*\)$/, '')
    .split('/')
    .map(encodeURIComponent)
    .join('/');
  const checksum = sha256 ? `?checksum=sha256:${sha256}` : '';
  return `pkg:${type}/${path}${version ? `@${encodeURIComponent(version)}` : ''}${checksum}`;
}

export const isUrl = (source: string | undefined): source is string => /^https?:/.test(source ?? '');

interface Named {
  readonly name: string;
  readonly version?: string | undefined;
}

/** Tells a component from others. Go's versions have a `v` in the documents of syft, and none in the notices. */
export const identityOf = ({ name, version = '' }: Named): string =>
  `${name}@${version.replace(/^v(?=\d)/, '')}`;
