import { AccountPrincipal, PolicyDocument, PolicyStatement, StarPrincipal } from 'aws-cdk-lib/aws-iam';
import { OPEN_METHODS, type Route } from './routes.ts';

export interface ResourcePolicyProps {
  readonly stageName: string;
  readonly routes: readonly Route[];
  /** The other accounts whose principals may call guarded routes. */
  readonly accounts: readonly string[];
  readonly preflight: boolean;
}

/** A method in an ARN. A policy is compared with the path that was sent, so a parameter becomes a wildcard. */
const resourceOf = ({ method, path }: Route): string => `${method}${path.replaceAll(/\{[^}]+\}/g, '*')}`;

/**
 * Lets principals of other accounts call the guarded methods, if their own IAM policy allows it too.
 *
 * With a resource policy, a method without authorization needs an explicit allow, so everybody gets one for
 * the open methods. It must not match a guarded method: within the stage's own account, this policy alone
 * would be enough for any signed request. Principals of that account need only an IAM policy. GET of a job is an
 * exception: it has to be signed, but the policy allows it to everybody, and the service shows a job only to the one who
 * started it.
 * docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html
 *
 * @returns undefined if there are no other accounts. Without a policy, open methods are open.
 */
export function resourcePolicy(props: ResourcePolicyProps): PolicyDocument | undefined {
  const { stageName, routes, accounts, preflight } = props;
  if (accounts.length === 0) return undefined;
  // The id of the API is not known before the API. API Gateway completes the ARN
  // (scripts/lib/drift/resource-policy.ts).
  const methods = (paths: readonly string[]) => paths.map((path) => `execute-api:/${stageName}/${path}`);
  const openEverywhere: readonly string[] = [...OPEN_METHODS, ...(preflight ? ['OPTIONS'] : [])];
  const open = [
    ...openEverywhere.map((method) => `${method}/*`),
    ...routes.filter(({ guarded, method }) => !guarded && !openEverywhere.includes(method)).map(resourceOf),
  ];
  const guarded = routes.filter((route) => route.guarded).map(resourceOf);
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        actions: ['execute-api:Invoke'],
        principals: [new StarPrincipal()],
        resources: methods(open),
      }),
      new PolicyStatement({
        actions: ['execute-api:Invoke'],
        principals: accounts.map((account) => new AccountPrincipal(account)),
        resources: methods(guarded),
      }),
    ],
  });
}
