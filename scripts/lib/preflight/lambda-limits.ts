import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  authorizerConcurrency,
  jobsConcurrency,
  SLOW_SHARE,
  slowConcurrency,
} from '../../../lib/settings/concurrency.ts';
import type { Settings } from '../../../lib/settings.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

/**
 * Concurrent executions that AWS keeps for functions without a reservation: docs.aws.amazon.com/lambda,
 * "Reserved concurrency".
 */
const KEPT_UNRESERVED = 100;
/** The memory limit that AWS states for new accounts. */
const NEW_ACCOUNT_MIB = 3008;
/** The quota of concurrent executions. */
const QUOTA_CODE = 'L-B99A9384';

type Concurrency = Pick<Settings, 'coldStart' | 'reservedConcurrency'>;

/** The most concurrent executions that the service reserves for itself. */
function claimedByService({ coldStart, reservedConcurrency }: Concurrency): number {
  if (reservedConcurrency !== 'off') return reservedConcurrency;
  if (coldStart.kind !== 'provisioned') return 0;
  return Math.max(coldStart.max, ...coldStart.schedules.map(({ max }) => max));
}

/** Reserved for the other functions of the stage. */
const claimedByOthers = ({ auth, jobs }: Pick<Settings, 'auth' | 'jobs'>): number =>
  authorizerConcurrency(auth) + jobsConcurrency(jobs);

export async function checkConcurrency(
  lambda: LambdaClient,
  settings: Concurrency & Pick<Settings, 'auth' | 'jobs' | 'throttle' | 'timeoutSeconds'>,
): Promise<Finding> {
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const total = AccountLimit?.ConcurrentExecutions ?? 0;
  const unreserved = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  const claimed = claimedByService(settings) + claimedByOthers(settings);
  const needed = claimed + KEPT_UNRESERVED;
  const have = `the account has ${total} concurrent executions, ${unreserved} of them unreserved`;
  const workers = jobsConcurrency(settings.jobs);
  const reserves = `the stage reserves ${claimed}${workers > 0 ? `, ${workers} of them for jobs` : ''}, and AWS keeps ${KEPT_UNRESERVED} unreserved`;
  const raise = `${workers > 0 ? 'Lower jobs.concurrency, or ask for more: ' : ''}${raiseQuota(needed)}`;
  if (claimed > 0 && needed > total) {
    return fail(`${have}; ${reserves}`, raise);
  }
  if (claimed > 0 && needed > unreserved) {
    return warn(
      `${have}; ${reserves}`,
      `This is fine if this stage itself holds the reservation. If not: ${raise}`,
    );
  }
  if (total < KEPT_UNRESERVED) {
    return warn(`${have}; more requests are refused with 429`, raiseQuota(needed));
  }
  if (leavesNothingForChecks(settings)) {
    return warn(
      `reservedConcurrency (${settings.reservedConcurrency}) is all provisioned at peak, so the check of a new version would be refused`,
      'Reserve at least one more than coldStart.max.',
    );
  }
  return tooManySlow(settings, total) ?? ok(have);
}

/** POST /predict needs a share of the concurrency that slower requests cannot occupy. */
function tooManySlow(settings: Parameters<typeof checkConcurrency>[1], total: number): Finding | undefined {
  const slow = slowConcurrency(settings);
  const { reservedConcurrency: reserved } = settings;
  const available = reserved === 'off' ? total - claimedByOthers(settings) : reserved;
  const most = Math.floor(available * SLOW_SHARE);
  if (slow <= most) return undefined;
  const enough = Math.ceil(slow / SLOW_SHARE);
  return warn(
    `batches and URLs may occupy ${slow} of the ${available} execution environments that the stage may have; POST /predict needs half of them`,
    `Lower throttle.slow until it is at most ${most}, or ${reserved === 'off' ? `ask for more: ${raiseQuota(enough)}` : `set reservedConcurrency to ${enough}`}`,
  );
}

const raiseQuota = (executions: number): string =>
  `aws service-quotas request-service-quota-increase --service-code lambda --quota-code ${QUOTA_CODE} --desired-value ${Math.max(1000, executions)}`;

/** The check calls the new version directly, which has no provisioned environments yet. */
function leavesNothingForChecks({ coldStart, reservedConcurrency }: Concurrency): boolean {
  return (
    coldStart.kind === 'provisioned' &&
    reservedConcurrency !== 'off' &&
    reservedConcurrency <= claimedByService({ coldStart, reservedConcurrency: 'off' })
  );
}

/** AWS has no API for an account's memory limit, so this compares with the limit of new accounts. */
export function checkMemory({ memoryMiB }: Pick<Settings, 'memoryMiB'>): Finding {
  if (memoryMiB <= NEW_ACCOUNT_MIB) return ok(`${memoryMiB} MiB, which every account allows`);
  return warn(
    `${memoryMiB} MiB; a new account allows ${NEW_ACCOUNT_MIB} MiB at most`,
    `If the deployment fails because of MemorySize, ask AWS support for more, or set memoryMiB to ${NEW_ACCOUNT_MIB}.`,
  );
}
