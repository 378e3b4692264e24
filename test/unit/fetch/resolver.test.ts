import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createResolver } from '../../../lambda/fetch/resolver.ts';
import { serveDns } from './dns-server.ts';
import { collectingFetcher } from './loopback.ts';

const SETTINGS = {
  allowHttp: true,
  maxBytes: 1000,
  totalTimeoutMs: 500,
  idleTimeoutMs: 500,
  maxRedirects: 3,
};
const going = new AbortController().signal;

describe('the resolver', () => {
  test('gives every address of a name', async () => {
    const { address } = await serveDns(['192.0.2.1', '192.0.2.2']);
    expect(await createResolver({ servers: [address] })('images.example', going)).toEqual([
      { address: '192.0.2.1', family: 4 },
      { address: '192.0.2.2', family: 4 },
    ]);
  });

  test('rejects a name that nobody knows', async () => {
    const { address } = await serveDns([]);
    await expect(createResolver({ servers: [address] })('images.example', going)).rejects.toMatchObject({
      code: 'ENOTFOUND',
    });
  });

  test('one private address among others refuses the URL', async () => {
    const { address } = await serveDns(['93.184.216.34', '10.0.0.1']);
    const fetchImage = collectingFetcher(SETTINGS, { resolve: createResolver({ servers: [address] }) });
    await expect(fetchImage('https://images.example/')).rejects.toMatchObject({ code: 'url_not_allowed' });
  });
});

describe('a name server that is silent', () => {
  test('costs a URL its own time, and no thread that anything else needs', async () => {
    const { address, questions } = await serveDns(undefined);
    const fetchImage = collectingFetcher(SETTINGS, { resolve: createResolver({ servers: [address] }) });
    const lookups = Array.from({ length: 32 }, () =>
      fetchImage('https://images.example/').catch((error: { code: string }) => error.code),
    );
    // Reading a file takes one of the threads that a lookup of the C library would hold.
    const isFirst = await Promise.race([
      readFile(import.meta.filename).then(() => true),
      Promise.all(lookups).then(() => false),
    ]);
    expect(isFirst).toBe(true);
    expect(new Set(await Promise.all(lookups))).toEqual(new Set(['url_timeout']));
    expect(questions()).toBeGreaterThanOrEqual(32);
  });

  test('a lookup ends with its signal', async () => {
    const { address } = await serveDns(undefined);
    const leaving = new AbortController();
    const lookup = createResolver({ servers: [address] })('images.example', leaving.signal);
    leaving.abort();
    await expect(lookup).rejects.toMatchObject({ code: 'ECANCELLED' });
  });
});
