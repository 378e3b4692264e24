import type { IncomingMessage, RequestListener } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { Webhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { ServiceError } from '../../../../lambda/errors.ts';
import { webhookMessage } from '../../../../lambda/jobs/webhook/message.ts';
import { createWebhookSender } from '../../../../lambda/jobs/webhook/sender.ts';
import { signatureOf } from '../../../../lambda/jobs/webhook/signature.ts';
import { finishedJob, loopbackSender, OTHER_SECRET, SECRET } from '../../../support/webhooks/sender.ts';
import { type Loopback, serve, serveRaw } from '../../fetch/loopback.ts';

const MESSAGE = webhookMessage(finishedJob({ status: 'failed', reason: 'Grüße: “no photos” 🖼' }));

const urlOf = ({ port }: Loopback): string => `http://hooks.example:${port}/hook`;

/** A receiver that accepts everything. @returns what came, too. */
async function recorder() {
  const received: { headers: Record<string, string>; body: string }[] = [];
  const server = await serve(async (request: IncomingMessage, response) => {
    const body = (await buffer(request)).toString();
    received.push({ headers: request.headers as Record<string, string>, body });
    response.writeHead(204).end();
  });
  return { url: urlOf(server), received };
}

describe('a message', () => {
  it('is verified by the library of Standard Webhooks', async () => {
    const { url, received } = await recorder();
    expect(await loopbackSender()(url, MESSAGE)).toEqual({ kind: 'delivered' });
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    expect(new Webhook(SECRET).verify(body, headers)).toEqual(JSON.parse(MESSAGE.body));
    expect(() => new Webhook(SECRET).verify(body.replace('failed', 'ok'), headers)).toThrow();
    expect(() => new Webhook(OTHER_SECRET).verify(body, headers)).toThrow();
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'webhook-id': MESSAGE.id });
  });

  it('is verified with either secret during a rotation', async () => {
    const { url, received } = await recorder();
    await loopbackSender({ secrets: [SECRET, OTHER_SECRET] })(url, MESSAGE);
    const [{ headers, body } = { headers: {}, body: '' }] = received;
    for (const secret of [SECRET, OTHER_SECRET]) new Webhook(secret).verify(body, headers);
  });

  it('has the time of each attempt, and else stays the same', async () => {
    const { url, received } = await recorder();
    let now = 1_700_000_000_999;
    const send = loopbackSender({ now: () => now });
    await send(url, MESSAGE);
    now += 60_000;
    await send(url, MESSAGE);
    const [first, second] = received;
    expect(first?.headers['webhook-timestamp']).toBe('1700000000');
    expect(second?.headers['webhook-timestamp']).toBe('1700000060');
    expect(second?.body).toBe(first?.body);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-signature']).not.toBe(first?.headers['webhook-signature']);
  });

  it('is signed like the example of the library', () => {
    // From the tests of github.com/standard-webhooks/standard-webhooks/libraries/javascript.
    const parts = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', timestamp: 1614265330, body: '{"test": 2432232314}' };
    expect(signatureOf(parts, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    );
  });
});

describe('an attempt', () => {
  const attempt = async (listener: RequestListener) =>
    loopbackSender()(urlOf(await serve(listener)), MESSAGE);

  it.each([200, 201, 204, 299])('that is answered with %i has delivered', async (status) => {
    expect(await attempt((_request, response) => response.writeHead(status).end())).toEqual({
      kind: 'delivered',
    });
  });

  it('that is answered with 410 ends the webhook', async () => {
    expect(await attempt((_request, response) => response.writeHead(410).end())).toEqual({ kind: 'gone' });
  });

  it.each([
    [302, 'Expected a status from 200 to 299, got 302. Redirects are not followed.'],
    [404, 'Expected a status from 200 to 299, got 404.'],
    [500, 'Expected a status from 200 to 299, got 500.'],
  ])('that is answered with %i has failed', async (status, reason) => {
    const location = 'http://hooks.example/';
    expect(await attempt((_request, response) => response.writeHead(status, { location }).end())).toEqual({
      kind: 'failed',
      reason,
    });
  });

  it('that is not answered in time has failed', async () => {
    const server = await serveRaw(() => {});
    expect(await loopbackSender({ timeoutMs: 60 })(urlOf(server), MESSAGE)).toEqual({
      kind: 'failed',
      reason: 'The receiver did not answer within 0.06 s.',
    });
    await server.drained();
  });

  it('at a closed connection has failed', async () => {
    const server = await serveRaw((socket) => socket.destroy());
    expect(await loopbackSender()(urlOf(server), MESSAGE)).toEqual({
      kind: 'failed',
      reason: 'The host closed the connection before its response was complete.',
    });
  });

  it.each([
    ['http://hooks.example/', 'The URL of the webhook must use https.'],
    ['https://10.0.0.1/', 'The URL of the webhook must point only to public addresses.'],
    ['https://inside.example/', 'The URL of the webhook must point only to public addresses.'],
  ])('at %s has failed with the checks of production', async (url, reason) => {
    const resolve = async () => [{ address: '10.0.0.1', family: 4 }];
    const send = createWebhookSender({ secrets: [SECRET], allowHttp: false }, { resolve });
    expect(await send(url, MESSAGE)).toEqual({ kind: 'failed', reason });
  });

  it('that the caller gives up is not a failed one', async () => {
    const server = await serveRaw(() => {});
    const reason = new ServiceError('not_ready', 'The service stops.');
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 40);
    await expect(loopbackSender()(urlOf(server), MESSAGE, controller.signal)).rejects.toBe(reason);
    await server.drained();
  });
});
