import { describe, expect, it, vi } from 'vitest';
import { createSecretReader, secretsIn } from '../../../../lambda/jobs/webhook/secrets.ts';
import { OTHER_SECRET, SECRET } from '../../../support/webhooks/sender.ts';

const GENERATED = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUV';

describe('a secret of Secrets Manager', () => {
  it.each([
    [JSON.stringify({ current: SECRET }), [SECRET]],
    [JSON.stringify({ current: SECRET, previous: OTHER_SECRET }), [SECRET, OTHER_SECRET]],
    [JSON.stringify({ current: GENERATED, previous: OTHER_SECRET }), [`whsec_${GENERATED}`, OTHER_SECRET]],
    [SECRET, [SECRET]],
    [`${SECRET} ${OTHER_SECRET}`, [SECRET, OTHER_SECRET]],
    [`${SECRET}\n`, [SECRET]],
    [GENERATED, [`whsec_${GENERATED}`]],
  ])('may be %s', (text, secrets) => {
    expect(secretsIn(text)).toEqual(secrets);
  });

  it.each([
    ['', 'text 1: expected whsec_ and 24 to 64 bytes in base64'],
    ['whsec_short', 'text 1: expected whsec_ and 24 to 64 bytes in base64'],
    [`${SECRET} short`, 'text 2: expected whsec_ and'],
    [`${SECRET} ${SECRET} ${SECRET}`, 'expected one text or two, got 3'],
    [JSON.stringify({ current: 'short' }), 'current: expected whsec_ and'],
    [JSON.stringify({ current: SECRET, previous: `${OTHER_SECRET}x` }), 'previous: expected whsec_ and'],
    [JSON.stringify({ previous: SECRET }), 'expected JSON with the key "current"'],
    [JSON.stringify({ current: SECRET, prevoius: OTHER_SECRET }), 'expected JSON with the key "current"'],
    [JSON.stringify({ current: 1 }), 'expected JSON with the key "current"'],
    ['1', 'expected JSON with the key "current"'],
    [`{"current": "${SECRET}"`, 'expected JSON with'],
  ])('that is %s is refused, and not repeated', (text, message) => {
    const read = () => secretsIn(text);
    expect(read).toThrow(`the secret of WEBHOOK_SECRET_ARN: ${message}`);
    expect(read).not.toThrow(/short|AQEB|AgIC/);
  });
});

describe('the reader', () => {
  const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:webhooks-a1b2c3';

  it('reads the secret again after five minutes', async () => {
    let now = 0;
    const send = vi.fn(async () => ({ SecretString: JSON.stringify({ current: SECRET }) }));
    const read = createSecretReader({ send } as never, ARN, () => now);
    expect(await read()).toEqual([SECRET]);
    now = 299_999;
    await read();
    expect(send).toHaveBeenCalledOnce();
    expect(send).toHaveBeenCalledWith(expect.objectContaining({ input: { SecretId: ARN } }));
    now = 300_000;
    send.mockResolvedValue({ SecretString: JSON.stringify({ current: OTHER_SECRET, previous: SECRET }) });
    expect(await read()).toEqual([OTHER_SECRET, SECRET]);
  });

  it('does not keep a failure', async () => {
    const send = vi.fn().mockRejectedValueOnce(new Error('busy')).mockResolvedValue({ SecretString: SECRET });
    const read = createSecretReader({ send } as never, ARN);
    await expect(read()).rejects.toThrow('busy');
    expect(await read()).toEqual([SECRET]);
  });

  it('refuses a secret without text', async () => {
    await expect(createSecretReader({ send: async () => ({}) } as never, ARN)()).rejects.toThrow(
      'WEBHOOK_SECRET_ARN',
    );
  });
});
