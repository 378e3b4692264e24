/** A request that IAM decides on. */
export interface Request {
  readonly action: string;
  readonly resource: string;
  /** Condition keys. A missing key is absent from the request. */
  readonly context?: Readonly<Record<string, string | readonly string[]>>;
}

export interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Statement: readonly Statement[];
}

/**
 * Whether a policy allows a request: a statement allows it and none denies it (IAM user guide, "Policy
 * evaluation logic"). With a boundary, the role's own policy and the boundary must both allow it.
 *
 * @throws Error for a condition operator that is not implemented here.
 */
export function allows(policy: Policy, request: Request): boolean {
  const applying = policy.Statement.filter((statement) => applies(statement, request));
  return applying.length > 0 && applying.every(({ Effect }) => Effect === 'Allow');
}

function applies({ Action, Resource, Condition = {} }: Statement, request: Request): boolean {
  return (
    list(Action).some((pattern) => like(pattern.toLowerCase(), request.action.toLowerCase())) &&
    list(Resource).some((pattern) => like(pattern, request.resource)) &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted), request.context?.[key])),
    )
  );
}

function holds(
  operator: string,
  wanted: readonly string[],
  value: string | readonly string[] | undefined,
): boolean {
  const among = (one: string) => wanted.includes(one);
  switch (operator) {
    case 'StringEquals':
      return value !== undefined && list(value).some(among);
    case 'StringLike':
      return value !== undefined && list(value).some((one) => wanted.some((pattern) => like(pattern, one)));
    case 'StringEqualsIfExists':
      return value === undefined || list(value).some(among);
    case 'StringNotEquals':
      return value === undefined || !list(value).some(among);
    case 'ForAllValues:StringEquals':
      return value === undefined || list(value).every(among);
    case 'Null':
      return wanted.includes(String(value === undefined));
    default:
      throw new Error(`expected an operator that the evaluation knows, got ${operator}`);
  }
}

function like(pattern: string, text: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

const list = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;
