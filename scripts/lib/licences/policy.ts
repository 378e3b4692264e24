import { licencesFor } from './spdx.ts';

/** Licences that require only a notice. */
const PERMISSIVE: ReadonlySet<string> = new Set([
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'FTL',
  'HPND-sell-variant',
  'IJG',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unicode-3.0',
  'Unlicense',
  'Zlib',
  'curl',
  'libpng-2.0',
  'libtiff',
]);

/**
 * Tools that run only here and are not distributed may also have a weak copyleft licence, which covers only
 * the source of its own files or library, or a licence for texts and data. Not even tools may have strong
 * copyleft (GPL, AGPL), licences that restrict use (SSPL, BUSL, non-commercial ones) or unknown licences.
 */
const TOOLS_ONLY: ReadonlySet<string> = new Set([
  'CC-BY-3.0',
  'CC-BY-4.0',
  'EPL-2.0',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'MPL-2.0',
]);

interface Exception {
  readonly component: RegExp;
  readonly licence: string;
  readonly reason: string;
}

/** Licences that are distributed although they are not permissive, and why their conditions are met. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    component: /^@img\/sharp-libvips-(linux|linuxmusl|darwin)-/,
    licence: 'LGPL-3.0-or-later',
    reason: 'sharp loads libvips as a shared library in a separate file, which anyone can replace.',
  },
  {
    component: /^@img\/sharp-(win32|wasm32)/,
    licence: 'LGPL-3.0-or-later',
    reason: 'npm may install it on a laptop. It is never in the image.',
  },
  {
    component: /^(fribidi|glib|libexif|libheif|librsvg|libvips|pango|proxy-libintl)$/,
    licence: 'LGPL-3.0-or-later',
    reason: 'Inside the shared library of libvips.',
  },
  {
    component: /^cairo$/,
    licence: 'MPL-1.1',
    reason: 'It is unmodified, its source is published, and its conditions apply to its own files only.',
  },
  {
    component: /^(Eigen|cssparser and selectors \(in librsvg\))$/,
    licence: 'MPL-2.0',
    reason: 'It is unmodified, its source is published, and its conditions apply to its own files only.',
  },
];

export interface Component {
  readonly name: string;
  readonly version?: string | undefined;
  /** An SPDX expression; undefined if none is stated. */
  readonly licence?: string | undefined;
  /** Whether it runs only here and is not distributed. */
  readonly isTool: boolean;
}

/** The licences of a component that are relied on; undefined if the policy does not allow it. */
export function licencesReliedOn({ name, licence, isTool }: Component): readonly string[] | undefined {
  const isAllowed = (id: string) =>
    PERMISSIVE.has(id) ||
    (isTool && TOOLS_ONLY.has(id)) ||
    EXCEPTIONS.some((exception) => exception.licence === id && exception.component.test(name));
  try {
    return licencesFor(licence ?? '', isAllowed);
  } catch {
    return undefined;
  }
}

/** One line for each component whose licence is not allowed. */
export function policyViolations(components: Iterable<Component>): string[] {
  return [...components]
    .filter((component) => !licencesReliedOn(component))
    .map(({ name, version, licence, isTool }) => {
      const expected = isTool ? 'a permissive or weak copyleft licence' : 'a permissive licence';
      return `${name} ${version ?? ''}: expected ${expected}, got ${licence ?? 'none'}`;
    });
}
