import { describe, expect, test } from 'vitest';
import { verifyOptions } from '../../../../scripts/lib/supply/trust.ts';

describe('whose signatures count', () => {
  test('is the publishing workflow of main, run on the commit', () => {
    expect(verifyOptions({ signer: 'octo-org/classifier' }, 'c0ffee')).toEqual([
      '--certificate-identity=https://github.com/octo-org/classifier/.github/workflows/publish-image.yml@refs/heads/main',
      '--certificate-oidc-issuer=https://token.actions.githubusercontent.com',
      '--certificate-github-workflow-repository=octo-org/classifier',
      '--certificate-github-workflow-ref=refs/heads/main',
      '--certificate-github-workflow-sha=c0ffee',
    ]);
  });

  test('is the holder of a key, without the transparency log', () => {
    expect(verifyOptions({ key: 'cosign.pub' }, 'c0ffee')).toEqual([
      '--key',
      'cosign.pub',
      '--insecure-ignore-tlog',
    ]);
  });
});
