import { deniedAction, explainAwsError, isDenied } from '../aws/explain-error.ts';
import { type Finding, fail, type NamedFinding, warn } from '../findings/finding.ts';

/** A part of the report: one finding or several. */
export interface DoctorCheck {
  readonly name: string;
  /** The IAM actions that it calls. */
  readonly needs: readonly string[];
  readonly run: () => Promise<Finding | readonly NamedFinding[]>;
}

/** Runs all checks concurrently, and keeps their order. What cannot be read is a finding, too. */
export async function runReadable(checks: readonly DoctorCheck[]): Promise<NamedFinding[]> {
  const found = await Promise.all(checks.map(runOne));
  return found.flat();
}

async function runOne({ name, needs, run }: DoctorCheck): Promise<readonly NamedFinding[]> {
  try {
    const found = await run();
    return 'status' in found ? [{ name, ...found }] : found;
  } catch (error) {
    if (!isDenied(error)) {
      return [
        {
          name,
          ...fail(explainAwsError(error), 'This could not be checked. Fix it, and run the command again.'),
        },
      ];
    }
    const action = deniedAction(error);
    const missing =
      action === undefined
        ? `one of the permissions ${needs.join(', ')} is missing`
        : `the permission ${action} is missing`;
    return [
      {
        name,
        ...warn(`could not be read: ${missing}`, `Allow ${needs.join(', ')}, or use another AWS_PROFILE.`),
      },
    ];
  }
}
