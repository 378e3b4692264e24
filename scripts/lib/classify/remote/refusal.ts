import type { ErrorCode } from '../../../../lambda/errors.ts';
import type { ProblemBody } from '../../../../lambda/http/problem.ts';
import { parseOrUndefined, problem } from './answers.ts';
import type { Received } from './send.ts';

/** A request that the service refused. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly status: number;
  /** Undefined if something else than the service answered. */
  readonly problem: ProblemBody | undefined;

  constructor(message: string, status: number, problem: ProblemBody | undefined) {
    super(message);
    this.status = status;
    this.problem = problem;
  }

  get code(): ErrorCode | undefined {
    return this.problem?.code;
  }
}

/** @param hint a sentence for a refusal that may be about what is switched on. */
export function refusal({ status, text }: Received, request: string, hint: string): RefusedError {
  const parsed = problem.safeParse(parseOrUndefined(text));
  if (!parsed.success)
    return new RefusedError(`${request}: got the status ${status}.${hint}`, status, undefined);
  const isAboutAccess = ['forbidden', 'unauthorized', 'not_found'].includes(parsed.data.code);
  const { code, title, detail } = parsed.data;
  return new RefusedError(
    `${request}: ${title} (${code}). ${detail}${isAboutAccess ? hint : ''}`,
    status,
    parsed.data,
  );
}

/** API Gateway refuses a path that a stage does not have as it refuses a wrong key. */
export const jobsHint = (stage: string | undefined): string =>
  stage === undefined
    ? ' If the service is yours, start it with JOBS=on.'
    : ` If the credentials are right, uploads and jobs are off in this stage: the setting jobs of stages.${stage} in cdk.json switches them on.`;
