const EXPIRED = ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'RequestExpired'];
const UNKNOWN_KEY = ['InvalidClientTokenId', 'UnrecognizedClientException', 'SignatureDoesNotMatch'];
const DENIED = [
  'AccessDenied',
  'AccessDeniedException',
  'AuthorizationErrorException',
  'UnauthorizedException',
  'UnauthorizedOperation',
];
/** How AWS words it: docs.aws.amazon.com/IAM/latest/UserGuide, "Troubleshoot access denied error messages". */
const DENIED_ACTION = /not authorized to perform: ([\w-]+:\w+)/;

/** Whether AWS refused a call because of missing permissions. */
export const isDenied = (error: unknown): error is Error =>
  error instanceof Error && (DENIED.includes(error.name) || DENIED_ACTION.test(error.message));

/** The permission that was missing, such as `lambda:GetAlias`. Undefined if AWS does not say. */
export const deniedAction = ({ message }: Error): string | undefined => DENIED_ACTION.exec(message)?.[1];

/** How CloudFormation words it, with the name of the stack in brackets or after "id". */
const NO_STACK = /^Stack (?:\[|with id )([\w-]+)\]? does not exist/;

/** What to do if a stage is not deployed, in one line. */
export const noStack = (name: string): string =>
  `there is no stack ${name} in this account and region: check AWS_PROFILE and AWS_REGION, or deploy the stage first; see docs/troubleshooting.md#the-stack-does-not-exist`;

const UNREACHABLE = ['ENOTFOUND', 'ECONNREFUSED', 'ECONNRESET', 'EAI_AGAIN', 'ETIMEDOUT', 'TimeoutError'];

/** One line that says what went wrong in a call to AWS and, for the usual causes, what to do. */
export function explainAwsError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  const code = 'code' in error ? String(error.code) : '';
  const firstLine = message.split('\n')[0] ?? '';
  if (EXPIRED.includes(name) || /token.*expired|session.*expired|SSO session/i.test(message)) {
    return 'the AWS credentials have expired: sign in again, for example with aws sso login';
  }
  if (name === 'CredentialsProviderError') {
    const profile = process.env['AWS_PROFILE'];
    if (profile) {
      return `no AWS credentials found for the profile ${profile}: sign in with aws sso login --profile ${profile}, or set AWS_PROFILE to another one`;
    }
    return 'no AWS credentials found: set AWS_PROFILE, for example export AWS_PROFILE=NAME, or sign in with aws sso login';
  }
  if (message === 'Region is missing') {
    return 'no AWS region found: set AWS_REGION, for example export AWS_REGION=eu-central-1, or a region for the profile with aws configure';
  }
  if (UNKNOWN_KEY.includes(name)) return `AWS rejects the credentials (${name}): sign in again`;
  if (isDenied(error)) return `no permission: ${firstLine}`;
  if (UNREACHABLE.includes(code) || UNREACHABLE.includes(name)) {
    return `AWS cannot be reached (${code || name}): check the network, the proxy and the region; see docs/troubleshooting.md#aws-cannot-be-reached`;
  }
  const stack = NO_STACK.exec(message)?.[1];
  if (stack !== undefined) return noStack(stack);
  return name === 'Error' || name.endsWith('Error') ? firstLine : `${name}: ${firstLine}`;
}
