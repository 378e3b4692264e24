import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runTool } from '../../../../scripts/lib/supply/tools.ts';
import { PUBLISHED_REF, PUBLISHER, verifyOptions } from '../../../../scripts/lib/supply/trust.ts';
import { type Authority, makeAuthority, type WorkflowIdentity } from './authority.ts';
import {
  COMMIT,
  makeImage,
  missingTools,
  REPOSITORY_NAME,
  startRegistry,
  type TestRegistry,
} from './registry.ts';

const PUBLISHING: WorkflowIdentity = {
  repository: REPOSITORY_NAME,
  workflow: PUBLISHER,
  ref: PUBLISHED_REF,
  commit: COMMIT,
};

// The certificates come from an authority of this test instead of Sigstore's. Everything else is what cosign does for them.
describe.skipIf(missingTools.length > 0)('without a key, cosign accepts', () => {
  let registry: TestRegistry;
  let authority: Authority;
  beforeAll(async () => {
    registry = await startRegistry();
    authority = await makeAuthority(registry);
  });
  afterAll(() => registry?.stop());

  async function verifySignedBy(identity: WorkflowIdentity, name: string): Promise<string> {
    const image = await makeImage(registry, `identity/${name}`);
    await authority.sign(image, identity);
    const options = [...verifyOptions({ signer: REPOSITORY_NAME }, COMMIT), ...authority.trusted];
    return runTool('cosign', ['verify', ...options, image]);
  }

  test('what publish-image.yml of main has signed for the commit', async () => {
    expect(await verifySignedBy(PUBLISHING, 'right')).toContain('docker-manifest-digest');
  });

  test.each([
    ['repository', { repository: 'mallory/classifier' }],
    ['workflow', { workflow: '.github/workflows/other.yml' }],
    ['branch', { ref: 'refs/heads/feature' }],
    ['tag', { ref: 'refs/tags/main' }],
    ['commit', { commit: COMMIT.replaceAll('0', 'f') }],
  ])('nothing of another %s', async (name, change) => {
    await expect(verifySignedBy({ ...PUBLISHING, ...change }, name)).rejects.toThrow(
      'failed to verify certificate identity',
    );
  });
});
