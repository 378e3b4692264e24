import { z } from 'zod';
import { text } from './field.ts';

/** What a topic carries: every alarm and its end, or one message for each outage. */
export type Notices = 'alerts' | 'pages';

const noticesSchema = z
  .enum(['alerts', 'pages', 'both'], 'expected alerts, pages or both')
  .default('both')
  .describe('Every alarm and its end (`alerts`), one message for each outage (`pages`), or both.');

export const urlsSchema = z.array(
  z.strictObject({
    url: z
      .url({ protocol: /^https$/, error: 'expected an https URL' })
      .describe('The endpoint, which AWS SNS calls.'),
    receives: noticesSchema,
  }),
);

const uuid = text(
  /^[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/,
  'expected an id such as 12345678-1234-1234-1234-123456789012',
);

/** A channel of Slack or Teams, as Amazon Q Developer in chat applications names it. */
export const chatsSchema = z.array(
  z.discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('slack'),
        workspaceId: text(/^[0-9A-Z]{1,255}$/, 'expected an id such as T0123456789').describe(
          'The workspace of Slack.',
        ),
        channelId: text(/^[A-Za-z0-9]+$/, 'expected an id such as C0123456789').describe('The channel.'),
        receives: noticesSchema,
      }),
      z.strictObject({
        kind: z.literal('teams'),
        tenantId: uuid.describe('The tenant of Microsoft 365.'),
        teamId: uuid.describe('The team.'),
        channelId: text(/^\S{1,255}$/, 'expected an id such as 19%3aab6ef35e%40thread.tacv2').describe(
          'The channel.',
        ),
        receives: noticesSchema,
      }),
    ],
    { error: 'expected the kind slack or teams' },
  ),
);

/** Whether a subscriber receives what a topic carries. */
export const receives = (subscriber: { readonly receives: Notices | 'both' }, notices: Notices): boolean =>
  subscriber.receives === 'both' || subscriber.receives === notices;

interface Subscribers {
  readonly paging: boolean;
  readonly notificationEmails: readonly string[];
  readonly notificationUrls: z.output<typeof urlsSchema>;
  readonly notificationChats: z.output<typeof chatsSchema>;
}

/** Whether a page would reach nobody. False if the stage pages nobody on purpose. */
export function pagesNobody({
  paging,
  notificationEmails,
  notificationUrls,
  notificationChats,
}: Subscribers): boolean {
  const others = [...notificationUrls, ...notificationChats].filter((one) => receives(one, 'pages'));
  return paging && notificationEmails.length + others.length === 0;
}
