import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubApi, githubApi } from '../../../../scripts/lib/github/api.ts';
import { checkGreen } from '../../../../scripts/lib/github/green.ts';

const COMMIT = 'a'.repeat(40);
const run = (changes: object = {}) => ({
  id: 7,
  head_sha: COMMIT,
  head_branch: 'main',
  event: 'push',
  status: 'completed',
  conclusion: 'success',
  html_url: 'https://github.com/octo-org/classifier/actions/runs/1',
  ...changes,
});

let server: Server;
let api: GitHubApi;
let requests: IncomingMessage[];
let answer: (response: ServerResponse) => void;

let comparison: string;

const HEAD = 'f'.repeat(40);
/** What GitHub says of a commit and of main, beside the runs. */
const answerOf = ({ url = '' }: IncomingMessage): object | undefined => {
  if (url.includes('/git/ref/heads/main')) return { ref: 'refs/heads/main', object: { sha: HEAD } };
  return url.includes(`/compare/${HEAD}...${COMMIT}?`) ? { status: comparison } : undefined;
};
const runs = (...found: readonly object[]) => {
  answer = (response) =>
    void response.end(JSON.stringify(answerOf(response.req) ?? { workflow_runs: found }));
};
const refuse = (status: number, headers: Record<string, string> = {}) => {
  answer = (response) => void response.writeHead(status, headers).end('{"message":"not for you"}');
};

beforeEach(async () => {
  requests = [];
  comparison = 'behind';
  server = createServer((request, response) => {
    requests.push(request);
    answer(response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  api = githubApi({
    GH_TOKEN: 'secret',
    GITHUB_REPOSITORY: 'octo-org/classifier',
    GITHUB_API_URL: `http://127.0.0.1:${port}`,
  });
});
afterEach(() => server.close());

describe('a commit is green', () => {
  it('if main.yml passed for it after a push to main', async () => {
    runs(run());
    expect(await checkGreen(api, COMMIT)).toMatchObject({ finding: { status: 'ok' }, run: '7' });
    const [request] = requests;
    expect(request?.url).toBe(
      `/repos/octo-org/classifier/actions/workflows/main.yml/runs?head_sha=${COMMIT}&branch=main&event=push&per_page=10`,
    );
    expect(request?.headers.authorization).toBe('Bearer secret');
  });

  it.each([
    ['failed', [run({ conclusion: 'failure' })], /expected success, got failure/],
    ['was cancelled', [run({ conclusion: 'cancelled' })], /got cancelled/],
    ['is running', [run({ status: 'in_progress', conclusion: null })], /has not ended: it is in_progress/],
    ['never ran', [], /has not run for a{40} on main/],
    ['ran for another commit', [run({ head_sha: 'b'.repeat(40) })], /has not run/],
    ['ran by hand', [run({ event: 'workflow_dispatch' })], /has not run/],
    ['ran on another branch', [run({ head_branch: 'attack' })], /has not run/],
    ['failed in its newest run', [run({ conclusion: 'failure' }), run()], /got failure/],
  ])('not if it %s', async (_, found, message) => {
    runs(...found);
    expect(await checkGreen(api, COMMIT)).toMatchObject({
      finding: { status: 'fail', found: expect.stringMatching(message) },
      run: undefined,
    });
  });

  it('after a while, if GitHub gave no answer in between', async () => {
    const answers = [() => refuse(502), () => refuse(429), () => runs(run())];
    const next = () => {
      answers.shift()?.();
      const given = answer;
      answer = (response) => {
        given(response);
        next();
      };
    };
    next();
    expect(await checkGreen(api, COMMIT, 1, 1)).toMatchObject({ run: '7' });
    expect(requests.filter(({ url }) => url?.includes('/runs?'))).toHaveLength(3);
  });

  it('after a while, if GitHub did not say at first what main has', async () => {
    const statuses = [502, 200];
    answer = (response) => {
      const about = answerOf(response.req);
      const status = about === undefined ? 200 : (statuses.shift() ?? 200);
      response.writeHead(status).end(JSON.stringify(about ?? { workflow_runs: [run()] }));
    };
    expect(await checkGreen(api, COMMIT, 1, 1)).toMatchObject({ run: '7' });
  });

  it('or not, at once, if waiting cannot help', async () => {
    refuse(401);
    await expect(checkGreen(api, COMMIT, 1, 1)).rejects.toThrow('GitHub rejects GH_TOKEN');
    expect(requests).toHaveLength(1);
  });

  it('if it is the newest of main', async () => {
    runs(run());
    comparison = 'identical';
    expect(await checkGreen(api, COMMIT)).toMatchObject({ finding: { status: 'ok' } });
  });

  // For a run of the tag `main`, GitHub says head_branch main, and takes main.yml from the commit of the tag.
  it.each(['ahead', 'diverged'])('not if the run was of a tag called main: %s', async (status) => {
    runs(run());
    comparison = status;
    expect(await checkGreen(api, COMMIT)).toMatchObject({
      finding: { status: 'fail', found: expect.stringMatching(/expected a commit of the branch main/) },
      run: undefined,
    });
  });

  it('after a while, if it is still running', async () => {
    const answers = [run({ status: 'queued', conclusion: null }), run()];
    answer = (response) =>
      void response.end(JSON.stringify(answerOf(response.req) ?? { workflow_runs: [answers.shift()] }));
    expect(await checkGreen(api, COMMIT, 1, 1)).toMatchObject({ run: '7' });
    expect(answers).toEqual([]);
  });
});

describe('without an answer, the error says why', () => {
  it.each([
    [404, {}, /main.yml\/runs is not there, or the token may not see it: .*actions: read/],
    [401, {}, /GitHub rejects GH_TOKEN/],
    [403, {}, /GH_TOKEN may not read .*actions: read/],
    [403, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1798761600' }, /after 2027-01-01T00:00:00/],
    [429, { 'retry-after': '60' }, /limits the requests of this token; try again in 60 s/],
    [500, {}, /expected status 200, got 500/],
    [302, { location: 'https://example.com/' }, /expected status 200, got 302/],
  ])('%i %j', async (status, headers, message) => {
    refuse(status, headers as Record<string, string>);
    await expect(checkGreen(api, COMMIT)).rejects.toThrow(message);
    expect(requests).toHaveLength(1);
  });

  it('of another form', async () => {
    answer = (response) => void response.end('{}');
    await expect(checkGreen(api, COMMIT)).rejects.toThrow(/expected an answer of another form/);
  });

  it('from a server that is not there', async () => {
    await expect(checkGreen({ ...api, url: 'http://127.0.0.1:9' }, COMMIT)).rejects.toThrow(
      /cannot be reached at http:\/\/127.0.0.1:9/,
    );
  });

  it.each([
    [{ GITHUB_REPOSITORY: 'a/b' }, 'GH_TOKEN: expected a token'],
    [{ GH_TOKEN: 'secret' }, 'GITHUB_REPOSITORY: expected OWNER/NAME, got nothing'],
    [{ GH_TOKEN: 'secret', GITHUB_REPOSITORY: 'a/../b' }, 'expected OWNER/NAME, got a/../b'],
  ])('%j', (environment, message) => {
    expect(() => githubApi(environment)).toThrow(message);
  });
});
