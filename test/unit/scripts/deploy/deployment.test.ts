import { describe, expect, it } from 'vitest';
import { type Deployer, runDeployment } from '../../../../scripts/lib/deploy/deployment.ts';
import { smokeUntilPassed } from '../../../../scripts/lib/deploy/smoke-attempts.ts';
import { fail, type NamedFinding, ok } from '../../../../scripts/lib/findings/finding.ts';
import { createSteps } from '../../../../scripts/lib/record/steps.ts';

const PUBLISHED = 'registry/resnet50-images@sha256:1';
const COPY = 'registry/assets@sha256:1';
const good: readonly NamedFinding[] = [{ name: 'ready', ...ok('it is') }];
const bad: readonly NamedFinding[] = [{ name: 'ready', ...fail('status 503', 'Look at the log.') }];

interface Changes {
  readonly smoke?: readonly (readonly NamedFinding[])[];
  /** The version of the alias: before, after the deployment, before a rollback, after it. */
  readonly live?: readonly (string | undefined)[];
  readonly verify?: readonly NamedFinding[];
  readonly deploy?: Awaited<ReturnType<Deployer['deploy']>>;
  readonly builds?: boolean;
  readonly knownGood?: readonly string[];
  readonly rollBack?: () => Promise<boolean>;
  readonly throws?: 'preflight' | 'find' | 'provide' | 'diff';
  /** While this runs, a signal comes. */
  readonly stopsDuring?: string;
}

/** Runs a deployment whose parts answer as told, and notes which of them were called, with what. */
async function run(changes: Changes = {}) {
  const calls: string[] = [];
  const stop = new AbortController();
  const smoke = [...(changes.smoke ?? [good])];
  const live = [...(changes.live ?? ['41', '42', '42', '41'])];
  const call = (name: string, ...args: readonly unknown[]) => {
    calls.push([name, ...args.map(String)].join(' '));
    if (name === changes.stopsDuring) stop.abort();
    if (name === changes.throws) throw new Error(`no ${name}`);
  };
  const steps = createSteps(() => undefined);
  const deployed = await runDeployment(
    {
      signal: stop.signal,
      async preflight() {
        call('preflight');
        return good;
      },
      published: changes.builds
        ? undefined
        : {
            async find() {
              call('find');
              return PUBLISHED;
            },
            async verify(image) {
              call('verify', image);
              return changes.verify ?? good;
            },
            async provide(image) {
              call('provide', image);
              return COPY;
            },
          },
      async diff(image) {
        call('diff', image);
        return 'changes';
      },
      async deploy(image) {
        call('deploy', image);
        return changes.deploy;
      },
      liveVersion: async () => live.shift(),
      async smoke() {
        call('smoke');
        return smoke.shift() ?? good;
      },
      isKnownGood: async (version) => (changes.knownGood ?? ['42', '41']).includes(version),
      async rollBack(version) {
        call('roll back', version);
        return changes.rollBack?.() ?? true;
      },
    },
    steps,
  );
  return { ...deployed, calls, steps: steps.results.map(({ name, passed }) => `${name}: ${passed}`) };
}

describe('a deployment', () => {
  it('verifies the published image, and deploys the copy of it', async () => {
    const { calls, outcome, image, versions, diff } = await run();
    expect(calls).toEqual([
      'preflight',
      'find',
      `verify ${PUBLISHED}`,
      `provide ${PUBLISHED}`,
      `diff ${COPY}`,
      `deploy ${COPY}`,
      'smoke',
    ]);
    expect({ outcome, image, versions, diff }).toEqual({
      outcome: { kind: 'succeeded' },
      image: COPY,
      versions: { before: '41', after: '42' },
      diff: 'changes',
    });
  });

  it('of no published image builds it', async () => {
    const { calls, image } = await run({ builds: true });
    expect(calls).toEqual(['preflight', 'diff undefined', 'deploy undefined', 'smoke']);
    expect(image).toBeUndefined();
  });

  it.each(['preflight', 'find', 'verify', 'provide', 'diff'])(
    'does not begin after a signal during %s',
    async (step) => {
      const { calls, outcome } = await run({ stopsDuring: step });
      expect(calls.at(-1)).toMatch(new RegExp(`^${step}`));
      expect(outcome).toMatchObject({
        kind: 'stopped',
        reason: expect.stringContaining('a signal stopped this command'),
      });
    },
  );

  it('changes nothing if the image may not be deployed', async () => {
    const verify = [{ name: 'signature', ...fail('expected one of main, got none', 'Do not deploy it.') }];
    const { calls, outcome } = await run({ verify });
    expect(calls).toEqual(['preflight', 'find', `verify ${PUBLISHED}`]);
    expect(outcome).toEqual({
      kind: 'stopped',
      reason: 'signature: expected one of main, got none',
      advice: 'Do not deploy it.',
    });
  });

  it.each(['preflight', 'find', 'provide', 'diff'] as const)(
    'changes nothing after an error of %s',
    async (throws) => {
      const { calls, outcome } = await run({ throws });
      expect(calls.at(-1)?.split(' ')[0]).toBe(throws);
      expect(outcome).toMatchObject({ kind: 'stopped', reason: expect.stringContaining(`no ${throws}`) });
    },
  );

  it('that AWS took back says why, and neither tests nor rolls back', async () => {
    const failure = { reason: 'Alias (AWS::Lambda::Alias): d-1 failed', advice: 'Read the runbook.' };
    const { calls, outcome, versions } = await run({ deploy: failure, live: ['41', '41'] });
    expect(calls.at(-1)).toBe(`deploy ${COPY}`);
    expect(outcome).toEqual({ kind: 'failed', ...failure });
    expect(versions).toEqual({ before: '41', after: '41' });
  });
});

describe('after a smoke test that failed', () => {
  it('the alias goes back to the version before, and the test runs again', async () => {
    const { calls, outcome, versions, steps } = await run({ smoke: [bad, good] });
    expect(calls.slice(-3)).toEqual(['smoke', 'roll back 41', 'smoke']);
    expect(versions).toEqual({ before: '41', after: '41' });
    expect(outcome).toMatchObject({ kind: 'rolled back', to: '41', reason: 'ready: status 503' });
    expect(outcome).toMatchObject({ advice: expect.stringMatching(/^Version 41 passes/) });
    expect(steps.slice(-3)).toEqual([
      'Smoke test: false',
      'Roll back: true',
      'Smoke test after the rollback: true',
    ]);
  });

  it('the record says if the version before fails too', async () => {
    const { outcome, steps } = await run({ smoke: [bad, bad] });
    expect(outcome).toMatchObject({
      kind: 'rolled back',
      advice: expect.stringMatching(/fails too.*--to 42/),
    });
    expect(steps.at(-1)).toBe('Smoke test after the rollback: false');
  });

  it.each([
    ['the deployment published no version', { live: ['42', '42'] }, /would undo an older one/],
    ['this is the first deployment', { live: [undefined, '1'] }, /no version before/],
    ['the version before is not known to be good', { knownGood: ['42', '40'] }, /41 is not known to be good/],
    ['the live version cannot be read', { live: ['41', undefined] }, /cannot be read/],
    ['somebody else has rolled back first', { live: ['41', '42', '40'] }, /moved the traffic to version 40/],
  ])('nothing is rolled back if %s', async (_, changes, advice) => {
    const { calls, outcome } = await run({ smoke: [bad], ...changes });
    expect(calls.at(-1)).toBe('smoke');
    expect(outcome).toMatchObject({
      kind: 'unhealthy',
      reason: 'ready: status 503',
      advice: expect.stringMatching(advice),
    });
  });

  it.each([
    ['a person says no', async () => false],
    [
      'the rollback fails',
      async () => {
        throw new Error('the stack is not at rest');
      },
    ],
  ])('the record says that the new version is still live if %s', async (_, rollBack) => {
    const { calls, outcome, versions } = await run({
      smoke: [bad],
      rollBack,
      live: ['41', '42', '42', '42'],
    });
    expect(calls.at(-1)).toBe('roll back 41');
    expect(outcome).toMatchObject({ kind: 'unhealthy', advice: expect.stringContaining('--to 41') });
    expect(versions.after).toBe('42');
  });
});

describe('the smoke test of a deployment', () => {
  const test = (...results: readonly (readonly NamedFinding[])[]) => {
    const left = [...results];
    const said: string[] = [];
    const smoke = async () => left.shift() ?? good;
    return smokeUntilPassed(smoke, (line) => said.push(line), 0).then((findings) => ({
      findings,
      said,
      left,
    }));
  };

  it('is repeated, because a new key works a while later', async () => {
    const { findings, said, left } = await test(bad, good, bad);
    expect(findings).toBe(good);
    expect(said).toEqual(['ready: status 503. Once more in 0 s.']);
    expect(left).toHaveLength(1);
  });

  it('fails in the end', async () => {
    expect((await test(bad, bad, bad)).findings).toBe(bad);
  });
});
