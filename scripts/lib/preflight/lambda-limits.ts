import { GetAccountSettingsCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Settings } from '../../../lib/settings.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

/** Environments that AWS keeps for functions which reserve none: docs.aws.amazon.com/lambda, "Reserved concurrency". */
const KEPT_UNRESERVED = 100;
/** Where an account may have at most this much memory, it is a new one: the limit that AWS states for those. */
const NEW_ACCOUNT_MIB = 3008;
/** Concurrent executions, in AWS's list of quotas. */
const QUOTA_CODE = 'L-B99A9384';

type Concurrency = Pick<Settings, 'coldStart' | 'reservedConcurrency'>;

/** Environments that the stage sets aside for itself at most. */
export function claimedConcurrency({ coldStart, reservedConcurrency }: Concurrency): number {
  if (reservedConcurrency !== 'off') return reservedConcurrency;
  if (coldStart.kind !== 'provisioned') return 0;
  return Math.max(coldStart.max, ...coldStart.schedules.map(({ max }) => max));
}

export async function checkConcurrency(lambda: LambdaClient, settings: Concurrency): Promise<Finding> {
  const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}));
  const total = AccountLimit?.ConcurrentExecutions ?? 0;
  const unreserved = AccountLimit?.UnreservedConcurrentExecutions ?? 0;
  const claimed = claimedConcurrency(settings);
  const needed = claimed + KEPT_UNRESERVED;
  const have = `the account may run ${total} environments at once, ${unreserved} of them unreserved`;
  const raise = `aws service-quotas request-service-quota-increase --service-code lambda --quota-code ${QUOTA_CODE} --desired-value ${Math.max(1000, needed)}`;
  if (claimed > 0 && needed > total) {
    return fail(`${have}; the stage sets ${claimed} aside and AWS keeps ${KEPT_UNRESERVED} free`, raise);
  }
  if (claimed > 0 && needed > unreserved) {
    return warn(
      `${have}; the stage sets ${claimed} aside and AWS keeps ${KEPT_UNRESERVED} free`,
      `Fine where this stage itself holds the reservation, else: ${raise}`,
    );
  }
  if (total < KEPT_UNRESERVED) return warn(`${have}; requests beyond are refused with 429`, raise);
  if (leavesNothingForChecks(settings)) {
    return warn(
      `reservedConcurrency (${claimed}) is all provisioned at peak, and the check of a new version would be refused`,
      'Reserve at least one more than coldStart.max.',
    );
  }
  return ok(have);
}

/** A check asks the new version itself, which has no provisioned environments yet. */
function leavesNothingForChecks({ coldStart, reservedConcurrency }: Concurrency): boolean {
  return (
    coldStart.kind === 'provisioned' &&
    reservedConcurrency !== 'off' &&
    reservedConcurrency <= claimedConcurrency({ coldStart, reservedConcurrency: 'off' })
  );
}

/** AWS tells nobody how much memory an account may have, so this goes by what is known of new ones. */
export function checkMemory({ memoryMiB }: Pick<Settings, 'memoryMiB'>): Finding {
  if (memoryMiB <= NEW_ACCOUNT_MIB) return ok(`${memoryMiB} MiB, which every account may have`);
  return warn(
    `${memoryMiB} MiB; a new account may have ${NEW_ACCOUNT_MIB} MiB at most`,
    `If the deployment fails over MemorySize, ask AWS support for more or set memoryMiB to ${NEW_ACCOUNT_MIB}.`,
  );
}
