import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { workflowRun } from '../../../../scripts/lib/github/run.ts';
import { SUMMARY_BYTES, writeOutputs, writeSummary } from '../../../../scripts/lib/github/step.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'github-step-'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

describe('a step of a workflow', () => {
  it('gets outputs and a summary in the files that GitHub names, after what is there', async () => {
    vi.stubEnv('GITHUB_OUTPUT', join(folder, 'output'));
    vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'summary'));
    await writeOutputs({ image: 'repository@sha256:1', digest: 'sha256:1' });
    await writeOutputs({ version: '7' });
    await writeSummary('# One\n');
    await writeSummary('# Two');
    expect(readFileSync(join(folder, 'output'), 'utf8')).toBe(
      'image=repository@sha256:1\ndigest=sha256:1\nversion=7\n',
    );
    expect(readFileSync(join(folder, 'summary'), 'utf8')).toBe('# One\n\n# Two\n\n');
  });

  it('gets as much of a summary as GitHub takes, all parts of it together', async () => {
    const file = join(folder, 'summary');
    vi.stubEnv('GITHUB_STEP_SUMMARY', file);
    const line = `${'é'.repeat(99)}\n`;
    await writeSummary(line.repeat(4000));
    for (const _ of [1, 2, 3]) await writeSummary(`start\n${line.repeat(4000)}`);
    const written = readFileSync(file);
    expect(written.length).toBeLessThanOrEqual(SUMMARY_BYTES);
    expect(written.length).toBeGreaterThan(SUMMARY_BYTES - 500);
    expect(written.toString()).toMatch(/é{99}\n\nThe rest is in the log of the step\.\n\n/);
    expect(written.toString()).not.toContain('\ufffd');
  });

  it('gets no output with a line break, which could set another one', async () => {
    vi.stubEnv('GITHUB_OUTPUT', join(folder, 'output'));
    await expect(writeOutputs({ image: 'a\nrole=admin' })).rejects.toThrow('output image: expected one line');
  });

  it('is not needed: elsewhere nothing is written', async () => {
    vi.stubEnv('GITHUB_OUTPUT', '');
    vi.stubEnv('GITHUB_STEP_SUMMARY', '');
    await writeOutputs({ image: 'one' });
    await writeSummary('# One');
  });
});

describe('the run of a workflow', () => {
  const environment = {
    GITHUB_ACTIONS: 'true',
    GITHUB_ACTOR: 'octocat',
    GITHUB_TRIGGERING_ACTOR: 'hubot',
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'octo-org/classifier',
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_ATTEMPT: '2',
  };

  it('has the page of this attempt, and who started it', () => {
    expect(workflowRun(environment)).toEqual({
      actor: 'hubot',
      url: 'https://github.com/octo-org/classifier/actions/runs/42/attempts/2',
    });
  });

  it('is undefined elsewhere', () => {
    expect(workflowRun({ ...environment, GITHUB_ACTIONS: '' })).toBeUndefined();
  });
});
