import { z } from 'zod';

/** Who called, by each way in which API Gateway checks it. Callers cannot set any of these. */
export interface GatewayCaller {
  readonly apiKeyId: string | undefined;
  /** The user or the role, without the name of a session. */
  readonly iamId: string | undefined;
  /** The subject of the token. */
  readonly subject: string | undefined;
}

/** What our authorizer says of a token without a subject. */
const NOBODY = 'unknown';

const name = z.string().min(1).max(1000).optional().catch(undefined);
const claims = z.object({ sub: name }).optional().catch(undefined);

/**
 * What an event says of its caller, in payload format 1.0 or 2.0: docs.aws.amazon.com/apigateway, "Input format of a
 * Lambda function" and "Working with AWS Lambda proxy integrations for HTTP APIs".
 */
export const callerContext = {
  identity: z.object({ apiKeyId: name, caller: name }).optional().catch(undefined),
  authorizer: z
    .object({
      claims,
      principalId: name,
      jwt: z.object({ claims }).optional().catch(undefined),
      iam: z.object({ callerId: name }).optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
};

export function gatewayCaller({
  identity,
  authorizer,
}: {
  readonly [Part in keyof typeof callerContext]?: z.output<(typeof callerContext)[Part]>;
}): GatewayCaller {
  return {
    apiKeyId: identity?.apiKeyId,
    // `ID:SESSION` for a role, and the sessions of a role are one caller.
    iamId: (identity?.caller ?? authorizer?.iam?.callerId)?.split(':')[0],
    subject: [authorizer?.claims?.sub, authorizer?.principalId, authorizer?.jwt?.claims?.sub].find(
      (subject) => subject !== undefined && subject !== NOBODY,
    ),
  };
}
