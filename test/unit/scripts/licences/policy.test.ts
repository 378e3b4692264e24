import { describe, expect, test } from 'vitest';
import { EXCEPTIONS, policyViolations } from '../../../../scripts/lib/licences/policy.ts';

const violations = (licence: string | undefined, isTool = false, name = 'some-package') =>
  policyViolations([{ name, version: '1.2.3', licence, isTool }]);

describe('a distributed component', () => {
  test.each([
    'MIT',
    'Apache-2.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'ISC',
    '0BSD',
    'BlueOak-1.0.0',
    'Python-2.0',
    'Unlicense',
    'CC0-1.0',
    'Zlib',
    '(MIT OR GPL-3.0)',
    'GPL-3.0-only OR MIT',
    'MIT AND Zlib',
    'MIT AND (Apache-2.0 OR AGPL-3.0-only)',
    'GPL-3.0-only AND ISC OR MIT',
    ' ( MIT ) ',
  ])('may be %s', (licence) => {
    expect(violations(licence)).toEqual([]);
  });

  test.each([
    'GPL-3.0-only',
    'GPL-2.0-or-later',
    'AGPL-3.0-only',
    'LGPL-3.0-or-later',
    'MPL-2.0',
    'SSPL-1.0',
    'BUSL-1.1',
    'CC-BY-NC-4.0',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE.md',
    'Custom',
    'mit',
    'MIT AND GPL-3.0',
    'MIT OR GPL-3.0 AND',
    '(MIT OR Apache-2.0',
    'MIT Apache-2.0',
    'MIT/Apache-2.0',
    'AND',
    'GPL-2.0-only OR AGPL-3.0-only',
    'GPL-3.0-only AND ISC OR LGPL-2.1-only',
    'MIT AND (Apache-2.0 AND AGPL-3.0-only)',
    // An exception that the policy does not know.
    'Apache-2.0 WITH LLVM-exception',
    '',
    undefined,
  ])('may not be %s', (licence) => {
    expect(violations(licence)).toEqual([
      `some-package 1.2.3: expected a permissive licence, got ${licence ?? 'none'}`,
    ]);
  });

  test('may have libvips’ licence only if it is libvips, a shared library', () => {
    expect(violations('LGPL-3.0-or-later', false, '@img/sharp-libvips-linux-arm64')).toEqual([]);
    expect(violations('Apache-2.0 AND LGPL-3.0-or-later', false, '@img/sharp-win32-x64')).toEqual([]);
    expect(violations('GPL-3.0-or-later', false, '@img/sharp-libvips-linux-arm64')).toHaveLength(1);
    expect(violations('LGPL-3.0-or-later', false, '@img/sharp-libvips-linux')).toHaveLength(1);
    expect(violations('LGPL-3.0-or-later', false, 'x@img/sharp-libvips-linux-x64')).toHaveLength(1);
  });

  test('states a reason for each exception', () => {
    for (const { reason } of EXCEPTIONS) expect(reason).toMatch(/^[A-Za-z].{20,}\.$/);
  });
});

describe('a tool', () => {
  test.each(['MIT', 'MPL-2.0', 'LGPL-3.0-or-later', 'CC-BY-4.0'])('may be %s', (licence) => {
    expect(violations(licence, true)).toEqual([]);
  });

  test.each(['GPL-3.0-only', 'AGPL-3.0-or-later', 'SSPL-1.0', 'Unknown', undefined])(
    'may not be %s',
    (licence) => {
      expect(violations(licence, true)).toEqual([
        `some-package 1.2.3: expected a permissive or weak copyleft licence, got ${licence ?? 'none'}`,
      ]);
    },
  );
});
