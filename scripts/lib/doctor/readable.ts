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

/** What AWS, an emulator of it or a proxy in front of it answers to a call that it does not know. */
const UNKNOWN_CALL =
  /^(Unknown|Unsupported|Invalid|NotImplemented)(Operation|Action)?(Exception)?$|^UnknownError$|NotImplemented/;

async function runOne({ name, needs, run }: DoctorCheck): Promise<readonly NamedFinding[]> {
  try {
    const found = await run();
    return 'status' in found ? [{ name, ...found }] : found;
  } catch (error) {
    return [{ name, ...unread(error, needs) }];
  }
}

function unread(error: unknown, needs: DoctorCheck['needs']): Finding {
  const because = (reason: string) => `could not be read: ${reason}`;
  if (isDenied(error)) {
    const action = deniedAction(error);
    const missing =
      action === undefined
        ? `one of the permissions ${needs.join(', ')} is missing`
        : `the permission ${action} is missing`;
    return warn(because(missing), `Allow ${needs.join(', ')}, or use another AWS_PROFILE.`);
  }
  // An answer in a format that is not that of the service, such as a page of a proxy.
  const isUnknown = error instanceof Error && (error instanceof SyntaxError || UNKNOWN_CALL.test(error.name));
  if (isUnknown) {
    return warn(
      because(explainAwsError(error)),
      `This endpoint does not know ${needs.join(' or ') || 'the call'}. AWS_ENDPOINT_URL may name another one than AWS.`,
    );
  }
  return fail(because(explainAwsError(error)), 'Fix it, and run the command again.');
}
