import { licencesFor } from './spdx.ts';

/** Licences that ask for no more than a notice. */
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
 * What only runs here and is never passed on may have a weak copyleft licence, which asks for the source of its own files or
 * library only, or a licence for texts and data. Not allowed there either: strong copyleft (GPL, AGPL), licences that
 * restrict use (SSPL, BUSL, non-commercial ones), and licences that nobody knows.
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

/** Licences beyond the permissive ones that are shipped, and why their conditions are met. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    component: /^@img\/sharp-libvips-(linux|linuxmusl|darwin)-/,
    licence: 'LGPL-3.0-or-later',
    reason: 'sharp loads libvips as a shared library, a file of its own that anyone may replace.',
  },
  {
    component: /^@img\/sharp-(win32|wasm32)/,
    licence: 'LGPL-3.0-or-later',
    reason: 'npm may install it on a laptop. The image never holds it.',
  },
  {
    component: /^(fribidi|glib|libexif|libheif|librsvg|libvips|pango|proxy-libintl)$/,
    licence: 'LGPL-3.0-or-later',
    reason: 'Inside the shared library of libvips.',
  },
  {
    component: /^cairo$/,
    licence: 'MPL-1.1',
    reason: 'Unmodified, its source is published, and its conditions end at its own files.',
  },
  {
    component: /^(Eigen|cssparser and selectors \(in librsvg\))$/,
    licence: 'MPL-2.0',
    reason: 'Unmodified, its source is published, and its conditions end at its own files.',
  },
];

export interface Component {
  readonly name: string;
  readonly version?: string | undefined;
  /** An SPDX expression; undefined where none is stated. */
  readonly licence?: string | undefined;
  /** Whether it only runs here and is part of nothing that is passed on. */
  readonly isTool: boolean;
}

/** The licences of a component that are relied on; undefined where the policy does not allow it. */
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

/** One line for each component whose licence the policy does not allow. */
export function policyViolations(components: Iterable<Component>): string[] {
  return [...components]
    .filter((component) => !licencesReliedOn(component))
    .map(({ name, version, licence, isTool }) => {
      const expected = isTool ? 'a permissive or weak copyleft licence' : 'a permissive licence';
      return `${name} ${version ?? ''}: expected ${expected}, got ${licence ?? 'none'}`;
    });
}
