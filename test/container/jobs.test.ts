import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { type Container, startContainer } from '../../scripts/lib/docker/container.ts';
import { docker } from '../../scripts/lib/docker/docker.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { jobClient } from '../support/job-client.ts';
import { readRepositoryFile } from '../support/model.ts';
import { answerOf, expectProblem } from '../support/openapi.ts';
import { LOCKED_DOWN } from './limits.ts';

const cat = readRepositoryFile('examples/cat.jpg');

async function startServer(...options: readonly string[]): Promise<Container> {
  const server = await startContainer({ options, command: ['http'] });
  await retry(async () => expect((await fetch(`${server.url}/ready`)).status).toBe(200));
  return server;
}

describe.skipIf(!inject('engine'))('uploads and jobs in a container', () => {
  const volume = `jobs-${randomUUID()}`;
  beforeAll(() => docker('volume', 'create', volume));
  afterAll(() => docker('volume', 'rm', '--force', volume));

  test('a volume keeps them when the container is killed and another takes its place', async () => {
    const options = [...LOCKED_DOWN, `--volume=${volume}:/data`];
    let id: string;
    {
      await using first = await startServer(...options);
      const client = jobClient(first.url);
      const uploads = await Promise.all(Array.from({ length: 20 }, () => client.upload(cat)));
      id = (await client.createJob(uploads)).job_id;
      await docker('kill', '--signal=KILL', first.id);
    }
    await using second = await startServer(...options);
    const client = jobClient(second.url);
    expect(await client.ended(id)).toMatchObject({
      status: 'succeeded',
      counts: { total: 20, succeeded: 20, failed: 0 },
    });
    const results = await client.results(id);
    expect(results.map(({ index }) => index)).toEqual(Array.from({ length: 20 }, (_, index) => index));
    expect(new Set(results.map(({ predictions }) => predictions?.[0]?.label))).toEqual(
      new Set(['Egyptian cat']),
    );
  });

  test('without a volume, the container keeps them for its own life', async () => {
    await using server = await startServer('--cap-drop=ALL');
    const client = jobClient(server.url);
    const { job_id } = await client.createJob([await client.upload(cat)]);
    expect((await client.ended(job_id)).status).toBe('succeeded');
  });

  test('with a read-only file system and no volume, only they fail, and the log says why', async () => {
    await using server = await startServer(...LOCKED_DOWN);
    const response = await fetch(`${server.url}/uploads`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bytes: cat.byteLength }),
    });
    expectProblem(await answerOf(response), 503, 'not_ready');
    const predicted = await fetch(`${server.url}/predict`, { method: 'POST', body: cat });
    expect(predicted.status).toBe(200);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
    await retry(async () =>
      expect(await server.logs()).toMatch(
        /DATA_DIR: expected a folder that can be written, but \/data cannot be \(EROFS\)/,
      ),
    );
  });
});
