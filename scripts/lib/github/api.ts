import { z } from 'zod';
import { whyUnreachable } from '../system/unreachable.ts';

/** How to reach the API of GitHub for one repository. */
export interface GitHubApi {
  /** Such as https://api.github.com. */
  readonly url: string;
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly token: string;
}

const TIMEOUT_MS = 30_000;

/** GitHub gave no answer, which it may do in the next minute. */
export class UnavailableError extends Error {
  override readonly name = 'UnavailableError';
}

/**
 * The API that a workflow's step talks to: GH_TOKEN, GITHUB_REPOSITORY and, on GitHub Enterprise, GITHUB_API_URL.
 *
 * @throws Error that names the variable that is missing.
 */
export function githubApi(environment: NodeJS.ProcessEnv = process.env): GitHubApi {
  const { GH_TOKEN: token, GITHUB_REPOSITORY: repository, GITHUB_API_URL: url } = environment;
  if (!token)
    throw new Error(
      'GH_TOKEN: expected a token that may read the workflow runs, got nothing. For example: export GH_TOKEN=$(gh auth token)',
    );
  if (!repository || !/^[\w.-]+\/[\w.-]+$/.test(repository)) {
    throw new Error(`GITHUB_REPOSITORY: expected OWNER/NAME, got ${repository || 'nothing'}`);
  }
  return { url: url || 'https://api.github.com', repository, token };
}

/**
 * Reads a resource of the repository.
 *
 * @param path below the repository, such as `actions/runs`.
 * @throws Error that says why GitHub gave no answer: no such thing, the limit of requests, the token.
 */
export async function readGitHub<Schema extends z.ZodType>(
  { url, repository, token }: GitHubApi,
  path: string,
  query: Readonly<Record<string, string>>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const address = `${url}/repos/${repository}/${path}`;
  const response = await fetch(`${address}?${new URLSearchParams(query)}`, {
    headers: {
      accept: 'application/vnd.github+json',
      authorization: `Bearer ${token}`,
      'x-github-api-version': '2022-11-28',
    },
    // A redirect could take the token to another host.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: Error) => {
    throw new UnavailableError(`GitHub cannot be reached at ${url}: ${whyUnreachable(error)}`, {
      cause: error,
    });
  });
  if (!response.ok) throw refusal(response, address);
  const parsed = schema.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) {
    throw new Error(`${address}: expected an answer of another form: ${z.prettifyError(parsed.error)}`);
  }
  return parsed.data;
}

/** docs.github.com, "Rate limits for the REST API", "Exceeding the rate limit". */
function refusal({ status, headers }: Response, address: string): Error {
  const wait = headers.get('retry-after');
  const isLimited = headers.get('x-ratelimit-remaining') === '0' || wait !== null;
  if (status === 429 || (status === 403 && isLimited)) {
    return new UnavailableError(
      `GitHub limits the requests of this token; ${until(wait, headers.get('x-ratelimit-reset'))}`,
    );
  }
  if (status === 404) {
    return new Error(
      `${address} is not there, or the token may not see it: it needs the permissions actions: read and contents: read`,
    );
  }
  if (status === 401) return new Error(`GitHub rejects GH_TOKEN (401) for ${address}`);
  if (status === 403) {
    return new Error(
      `GH_TOKEN may not read ${address} (403): it needs the permissions actions: read and contents: read`,
    );
  }
  const message = `${address}: expected status 200, got ${status}: try again, or see https://www.githubstatus.com`;
  return status >= 500 ? new UnavailableError(message) : new Error(message);
}

function until(seconds: string | null, reset: string | null): string {
  if (seconds !== null) return `try again in ${seconds} s`;
  const at = Number(reset) * 1000;
  return at > 0 ? `try again after ${new Date(at).toISOString()}` : 'try again in a minute';
}
