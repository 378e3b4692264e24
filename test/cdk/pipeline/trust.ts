import { allows, type Policy } from './iam.ts';

const ISSUER = 'token.actions.githubusercontent.com';
/** What every token of a run on the branch main has. */
const MAIN = { aud: 'sts.amazonaws.com', repository_id: '456789', ref: 'refs/heads/main' };

/** Whether a job of the repository, on main, with these claims in its token gets a role. */
export function trusts(
  role: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, string>>,
): boolean {
  const { Statement } = role['AssumeRolePolicyDocument'] as {
    readonly Statement: readonly Readonly<Record<string, unknown>>[];
  };
  const policy = { Statement: Statement.map((statement) => ({ ...statement, Resource: '*' })) } as unknown;
  const context = Object.fromEntries(
    Object.entries({ ...MAIN, ...claims }).map(([claim, value]) => [`${ISSUER}:${claim}`, value]),
  );
  return allows(policy as Policy, { action: 'sts:AssumeRoleWithWebIdentity', resource: '*', context });
}
