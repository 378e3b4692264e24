import type { PropertyDifference } from '@aws-sdk/client-cloudformation';

/**
 * API Gateway stores `execute-api:/` as the ARN of the API, and CloudFormation then reports the policy as
 * changed: github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1322.
 */
const COMPLETED = /arn:[a-z-]+:execute-api:[a-z0-9-]+:\d{12}:[a-z0-9]+\//g;

/** Whether a difference is only what API Gateway adds to the resource policy of an API. */
export function isCompletedPolicy(
  resourceType: string,
  { PropertyPath = '', ExpectedValue = '', ActualValue = '' }: PropertyDifference,
): boolean {
  if (resourceType !== 'AWS::ApiGateway::RestApi' || !/^\/Policy(\/|$)/.test(PropertyPath)) return false;
  return canonical(ActualValue.replace(COMPLETED, 'execute-api:/')) === canonical(ExpectedValue);
}

/**
 * The same text for all ways to write a policy: the order of keys and of list entries means nothing in it.
 */
function canonical(text: string): string {
  try {
    return JSON.stringify(ordered(JSON.parse(text)));
  } catch {
    // A single value, such as an ARN.
    return text;
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value)) {
    const entries = value.map(ordered).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    return entries.length === 1 ? entries[0] : entries;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}
