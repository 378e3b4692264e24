import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createResolver } from '../../../lambda/fetch/resolver.ts';
import { serveDns } from './dns-server.ts';
import { collectingFetcher } from './loopback.ts';

const SETTINGS = {
  allowHttp: true,
  accept: 'image/*',
  maxBytes: 1000,
  totalTimeoutMs: 500,
  idleTimeoutMs: 500,
  maxRedirects: 3,
};
const going = new AbortController().signal;

describe('the resolver', () => {
  test('returns every address of a name', async () => {
    const { address } = await serveDns(['192.0.2.1', '192.0.2.2']);
    expect(await createResolver({ servers: [address] })('images.example', going)).toEqual([
      { address: '192.0.2.1', family: 4 },
      { address: '192.0.2.2', family: 4 },
    ]);
  });

  test('rejects a name that does not exist', async () => {
    const { address } = await serveDns([]);
    await expect(createResolver({ servers: [address] })('images.example', going)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
  });

  test('makes the fetcher refuse a URL with one private address among others', async () => {
    const { address } = await serveDns(['93.184.216.34', '10.0.0.1']);
    const fetchUrl = collectingFetcher(SETTINGS, { resolve: createResolver({ servers: [address] }) });
    await expect(fetchUrl('https://images.example/')).rejects.toMatchObject({ code: 'url_not_allowed' });
  });
});

describe('a name server that does not answer', () => {
  test('makes the URL time out, but takes no thread from other work', async () => {
    const { address, questions } = await serveDns(undefined);
    const fetchUrl = collectingFetcher(SETTINGS, { resolve: createResolver({ servers: [address] }) });
    const lookups = Array.from({ length: 32 }, () =>
      fetchUrl('https://images.example/').catch((error: { code: string }) => error.code),
    );
    // Reading a file needs one of the threads that lookups of the C library would block.
    const isFirst = await Promise.race([
      readFile(import.meta.filename).then(() => true),
      Promise.all(lookups).then(() => false),
    ]);
    expect(isFirst).toBe(true);
    expect(new Set(await Promise.all(lookups))).toEqual(new Set(['url_timeout']));
    expect(questions()).toBeGreaterThanOrEqual(32);
  });

  test('a lookup ends when its signal aborts', async () => {
    const { address } = await serveDns(undefined);
    const leaving = new AbortController();
    const lookup = createResolver({ servers: [address] })('images.example', leaving.signal);
    leaving.abort();
    await expect(lookup).rejects.toMatchObject({ code: 'ECANCELLED' });
  });
});
