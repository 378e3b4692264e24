import { describe, expect, test } from 'vitest';
import { provenanceSchema, readProvenance } from '../../../../scripts/lib/supply/provenance.ts';
import { run } from '../../../../scripts/lib/system/run.ts';
import { COMMIT, provenanceOf } from './registry.ts';

const ON_GITHUB = {
  GITHUB_ACTIONS: 'true',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_REPOSITORY: 'octo-org/classifier',
  GITHUB_REPOSITORY_ID: '2',
  GITHUB_REPOSITORY_OWNER_ID: '1',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_SHA: COMMIT,
  GITHUB_WORKFLOW_REF: 'octo-org/classifier/.github/workflows/main.yml@refs/heads/main',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_RUN_ID: '3',
  GITHUB_RUN_ATTEMPT: '1',
  RUNNER_ENVIRONMENT: 'github-hosted',
};

describe('provenance', () => {
  test("has the shape of GitHub's own, so that both are verified in the same way", async () => {
    expect(await readProvenance(undefined, ON_GITHUB)).toEqual(provenanceOf(COMMIT));
  });

  test('names the missing variable of a workflow', async () => {
    await expect(readProvenance(undefined, { ...ON_GITHUB, GITHUB_SHA: undefined })).rejects.toThrow(
      /GITHUB_SHA/,
    );
  });

  test('of a checkout names its commit and claims no workflow', async () => {
    const { content } = await readProvenance('octo-org/classifier', {});
    const { buildDefinition, runDetails } = provenanceSchema.parse(content);
    expect(buildDefinition.resolvedDependencies[0]?.digest.gitCommit).toBe(
      await run('git', ['rev-parse', 'HEAD']),
    );
    expect(buildDefinition.internalParameters).toBeUndefined();
    expect(runDetails.builder.id).toBe('urn:resnet50:checkout');
  });
});
