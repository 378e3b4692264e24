import { promisify } from 'node:util';
import { expect, test, vi } from 'vitest';
import { lookupUntil } from '../../../lambda/fetch/lookup.ts';
import { createResolver } from '../../../lambda/fetch/resolver.ts';
import { serveDns } from './dns-server.ts';

const going = new AbortController().signal;
const lookup = (...settings: Parameters<typeof lookupUntil>) => promisify(lookupUntil(...settings));

test('finds what the name servers know', async () => {
  const { address } = await serveDns(['192.0.2.1', '192.0.2.2']);
  const find = lookup(going, createResolver({ servers: [address] }));
  expect(await find('s3.example', { all: true })).toEqual([
    { address: '192.0.2.1', family: 4 },
    { address: '192.0.2.2', family: 4 },
  ]);
});

test.each(['localhost', '127.1'])('finds %s, which only the operating system knows', async (name) => {
  const { address } = await serveDns([]);
  const find = lookup(going, createResolver({ servers: [address] }));
  expect(await find(name, { all: true })).not.toEqual([]);
});

test.each(['ENODATA', 'ESERVFAIL', 'EREFUSED', 'ECONNREFUSED'])(
  'asks the operating system if the name servers say %s',
  async (code) => {
    const find = lookup(going, () => Promise.reject(Object.assign(new Error('none'), { code })));
    expect(await find('127.1', { all: true })).toEqual([{ address: '127.0.0.1', family: 4 }]);
  },
);

test('says that nobody knows a name', async () => {
  const find = lookup(going, () => Promise.reject(Object.assign(new Error('none'), { code: 'ENOTFOUND' })));
  await expect(find('s3.invalid', { all: true })).rejects.toThrow('s3.invalid');
});

test('leaves nothing behind when it is aborted while a name server does not answer', async () => {
  const { address, questions } = await serveDns(undefined);
  const leaving = new AbortController();
  const found = lookup(leaving.signal, createResolver({ servers: [address] }))('s3.example', { all: true });
  await vi.waitFor(() => expect(questions()).toBeGreaterThan(0));
  leaving.abort();
  await expect(found).rejects.toMatchObject({ code: 'ECANCELLED' });
  // A lookup of the C library would go on, and delay the end of the process.
  expect(process.getActiveResourcesInfo()).not.toContain('GetAddrInfoReqWrap');
});
