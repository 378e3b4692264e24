import type { JobId } from '../../../lambda/jobs/ids.ts';
import type { FinishedJob } from '../../../lambda/jobs/webhook/message.ts';
import { createWebhookSender, type WebhookSender } from '../../../lambda/jobs/webhook/sender.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 1).toString('base64')}`;
export const OTHER_SECRET = `whsec_${Buffer.alloc(24, 2).toString('base64')}`;

export const finishedJob = (changes: Partial<FinishedJob> = {}): FinishedJob => ({
  id: 'job_00112233445566778899aabbccddeeff' as JobId,
  status: 'succeeded',
  counts: { total: 3, succeeded: 2, failed: 1, pending: 0 },
  createdAt: new Date('2026-11-27T10:00:00Z'),
  startedAt: new Date('2026-11-27T10:00:01Z'),
  finishedAt: new Date('2026-11-27T10:05:00.250Z'),
  reason: undefined,
  ...changes,
});

/** A sender for which every name is 127.0.0.1, and that address and all ports are allowed. */
export const loopbackSender = (
  options: {
    readonly secrets?: readonly string[];
    readonly now?: () => number;
    readonly timeoutMs?: number;
  } = {},
): WebhookSender => {
  const { secrets = [SECRET], ...dependencies } = options;
  return createWebhookSender(
    { secrets, allowHttp: true },
    {
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      isAllowedAddress: (address) => address === '127.0.0.1',
      isAllowedPort: () => true,
      ...dependencies,
    },
  );
};
