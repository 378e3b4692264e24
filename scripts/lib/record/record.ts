import type { NamedFinding } from '../findings/finding.ts';

/** How a deployment or a rollback ended. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  /** Before it changed anything. */
  | ({ readonly kind: 'stopped' } & Failure)
  /** AWS took the change back, or it is not known what AWS did. */
  | ({ readonly kind: 'failed' } & Failure)
  /** The change is live, and the smoke test failed. */
  | ({ readonly kind: 'unhealthy' } & Failure)
  /** The smoke test failed, so the alias went back to an older version. */
  | ({ readonly kind: 'rolled back'; readonly to: string } & Failure);

export interface Failure {
  /** One sentence. */
  readonly reason: string;
  /** What to do now. */
  readonly advice: string;
}

export interface StepResult {
  readonly name: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly findings: readonly NamedFinding[];
}

export interface Link {
  readonly text: string;
  readonly url: string;
}

/** What there is to know of a deployment or a rollback when it has ended. */
export interface DeliveryRecord {
  readonly action: 'deployment' | 'rollback';
  readonly stage: string;
  readonly outcome: Outcome;
  /** 40 hex digits. Undefined if the image was built here, and for a rollback. */
  readonly commit: string | undefined;
  /** By its digest. Undefined if a deployment built it or did not find it. */
  readonly image: string | undefined;
  /** The version that the alias had before and has now. Undefined if there was none, or if it cannot be read. */
  readonly versions: { readonly before: string | undefined; readonly after: string | undefined };
  /** A login on GitHub. Undefined elsewhere. */
  readonly by: string | undefined;
  readonly links: readonly Link[];
  readonly steps: readonly StepResult[];
  /** What `cdk diff` printed. Undefined if it did not run. */
  readonly diff: string | undefined;
  readonly started: Date;
  readonly ended: Date;
}

/** One line that says how it ended. */
export function headline({ action, stage, outcome, versions }: DeliveryRecord): string {
  const what = `${action === 'deployment' ? 'Deployment' : 'Rollback'} of ${stage}`;
  const now = versions.after === undefined ? '' : `: version ${versions.after}`;
  switch (outcome.kind) {
    case 'succeeded':
      return `${what} succeeded${now}`;
    case 'stopped':
      return `${what} stopped before it changed anything`;
    case 'failed':
      return `${what} failed`;
    case 'unhealthy':
      return `${what} ended${now}, but the smoke test failed`;
    case 'rolled back':
      return `${what} failed the smoke test and was rolled back to version ${outcome.to}`;
  }
}

/** Such as `41 → 42`. */
export function versionChange({ before, after }: DeliveryRecord['versions']): string {
  if (after === undefined) return before === undefined ? 'unknown' : `${before} before`;
  if (before === undefined) return `${after}, the first`;
  return before === after ? `${after}, as before` : `${before} → ${after}`;
}

/** Such as `3 min 20 s`. */
export function duration({ started, ended }: Pick<DeliveryRecord, 'started' | 'ended'>): string {
  const seconds = Math.round((ended.getTime() - started.getTime()) / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What the last step found wrong, and what to do. */
export function failureOf(steps: readonly StepResult[]): Failure {
  const findings = steps.at(-1)?.findings ?? [];
  const failed = findings.flatMap((finding) => (finding.status === 'fail' ? [finding] : []));
  const [first] = failed;
  if (first === undefined) return { reason: 'A step failed.', advice: 'Read its log.' };
  const others = failed.length === 1 ? '' : ` (and ${failed.length - 1} more)`;
  return { reason: `${first.name}: ${first.found}${others}`, advice: first.advice };
}
