import type { NamedFinding } from '../findings/finding.ts';
import { type Failure, failureOf, type Outcome } from '../record/record.ts';
import type { Steps } from '../record/steps.ts';

/** What a deployment does, one call each. Errors end the deployment. */
export interface Deployer {
  /** Aborted if this command is told to end: then the deployment does not begin. */
  readonly signal: AbortSignal;
  preflight(): Promise<readonly NamedFinding[]>;
  /** Undefined to build the image. */
  readonly published: PublishedImage | undefined;
  /** @returns what would change. */
  diff(image: string | undefined): Promise<string>;
  /** @returns undefined if it succeeded. */
  deploy(image: string | undefined): Promise<Failure | undefined>;
  /** The version that the alias has. Undefined before the first deployment. */
  liveVersion(): Promise<string | undefined>;
  smoke(): Promise<readonly NamedFinding[]>;
  /** Whether a version passed its checks while it was live. */
  isKnownGood(version: string): Promise<boolean>;
  /** Moves the alias. @returns whether it did: a person may say no. */
  rollBack(version: string): Promise<boolean>;
}

export interface PublishedImage {
  /** @returns the image by its digest, where main.yml has pushed it. */
  find(): Promise<string>;
  verify(image: string): Promise<readonly NamedFinding[]>;
  /** @returns the image where the functions take it from. */
  provide(image: string): Promise<string>;
}

export interface Deployed {
  readonly outcome: Outcome;
  readonly image: string | undefined;
  readonly versions: { readonly before: string | undefined; readonly after: string | undefined };
  readonly diff: string | undefined;
}

/**
 * Deploys a stage: preflight, image, diff, deployment, smoke test. The first step that fails ends it. After a failed smoke
 * test, the alias goes back to the version before, if this deployment moved it, nobody has moved it since, and that version
 * is known to be good.
 */
export async function runDeployment(deployer: Deployer, steps: Steps): Promise<Deployed> {
  const found: { image?: string; diff?: string; before?: string | undefined; after?: string | undefined } =
    {};
  const end = (outcome: Outcome): Deployed => ({
    outcome,
    image: found.image,
    diff: found.diff,
    versions: { before: found.before, after: found.after },
  });
  const prepared = await prepare(deployer, steps, found);
  if (prepared !== undefined) return end({ kind: 'stopped', ...prepared });

  let failure: Failure | undefined;
  const isDeployed = await steps.run('Deploy', async () => {
    failure = await deployer.deploy(found.image);
    return failure === undefined
      ? []
      : [{ name: 'cdk deploy', status: 'fail', found: failure.reason, advice: failure.advice }];
  });
  found.after = await deployer.liveVersion().catch(() => undefined);
  if (!isDeployed) return end({ kind: 'failed', ...(failure ?? failureOf(steps.results)) });

  if (await steps.run('Smoke test', () => deployer.smoke())) return end({ kind: 'succeeded' });
  return end(await takeBack(deployer, steps, found));
}

/** @returns why the deployment must not go on. */
async function prepare(
  { signal, preflight, published, diff, liveVersion }: Deployer,
  steps: Steps,
  found: { image?: string; diff?: string; before?: string | undefined },
): Promise<Failure | undefined> {
  const run: Steps['run'] = (name, work) =>
    steps.run(name, async () => {
      const findings = await work();
      if (signal.aborted) throw new Error('a signal stopped this command before it changed anything');
      return findings;
    });
  if (!(await run('Preflight', preflight))) return failureOf(steps.results);
  if (published !== undefined) {
    const isFound = await run('Find the image', async () => {
      found.image = await published.find();
      return [{ name: 'image', status: 'ok', found: found.image }];
    });
    const image = found.image;
    if (!isFound || image === undefined) return failureOf(steps.results);
    if (!(await run('Verify the image', () => published.verify(image)))) return failureOf(steps.results);
    const isProvided = await run('Provide the image', async () => {
      found.image = await published.provide(image);
      return [{ name: 'image', status: 'ok', found: found.image }];
    });
    if (!isProvided) return failureOf(steps.results);
  }
  const isCompared = await run('Compare', async () => {
    found.before = await liveVersion();
    found.diff = await diff(found.image);
    return [];
  });
  return isCompared ? undefined : failureOf(steps.results);
}

/** After a smoke test that failed. */
async function takeBack(
  deployer: Deployer,
  steps: Steps,
  found: { before?: string | undefined; after?: string | undefined },
): Promise<Outcome> {
  const failed = failureOf(steps.results);
  const { before, after } = found;
  const unhealthy = (why: string): Outcome => ({
    kind: 'unhealthy',
    reason: failed.reason,
    advice: `${failed.advice} ${why}`,
  });
  if (before === undefined) return unhealthy('There is no version before this one to go back to.');
  if (after === undefined)
    return unhealthy('Nothing was rolled back, because the live version cannot be read.');
  if (before === after) {
    return unhealthy(
      `The deployment left version ${after} live, so a rollback would undo an older one. Look at what changed in the API, or deploy the commit before.`,
    );
  }
  const live = await deployer.liveVersion().catch(() => undefined);
  if (live !== after) {
    found.after = live ?? after;
    return unhealthy(
      `Nothing was rolled back, because somebody else has moved the traffic to version ${live ?? 'unknown'} meanwhile.`,
    );
  }
  let isBack = false;
  let isGood = true;
  await steps.run('Roll back', async () => {
    isGood = await deployer.isKnownGood(before);
    if (!isGood) {
      const advice = 'Choose a version: npm run rollback -- --to VERSION.';
      return [
        { name: 'rollback', status: 'warn', found: `version ${before} is not known to be good`, advice },
      ];
    }
    isBack = await deployer.rollBack(before);
    return [];
  });
  if (!isGood) return unhealthy(`Version ${before} is not known to be good, so nothing was rolled back.`);
  found.after = (await deployer.liveVersion().catch(() => undefined)) ?? after;
  if (!isBack) return unhealthy(`Nothing was rolled back. To go back: npm run rollback -- --to ${before}.`);
  const isHealthy = await steps.run('Smoke test after the rollback', () => deployer.smoke());
  return {
    kind: 'rolled back',
    to: before,
    reason: failed.reason,
    advice: isHealthy
      ? `Version ${before} passes. Repair version ${after} and deploy the repair: until then, deployments of the same code leave version ${before} live.`
      : `Version ${before} fails too, so look at what changed in the API. To go forward again: npm run rollback -- --to ${after}.`,
  };
}
