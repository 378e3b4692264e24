import type { DeliveryRecord } from '../record/record.ts';
import { headline } from '../record/record.ts';
import { recordText } from '../record/text.ts';

/** docs.aws.amazon.com/sns/latest/api/API_Publish.html: printable ASCII, less than 100 characters. */
const MOST_SUBJECT_CHARACTERS = 99;

export interface Note {
  readonly subject: string;
  /** What SNS sends to each kind of subscriber: `MessageStructure` json. */
  readonly message: Readonly<Record<'default' | 'email', string>>;
}

/**
 * The note of a deployment or a rollback. E-mail gets text. All others get the only form that Amazon Q Developer shows in
 * chats beside AWS's own events: docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html. Webhooks read it as JSON.
 */
export function noteOf(record: DeliveryRecord): Note {
  const { stage, outcome, links, action, commit } = record;
  const title = headline(record);
  const reason = outcome.kind === 'succeeded' ? [] : [escaped(outcome.reason)];
  const facts = [
    ...(commit === undefined ? [] : [`Commit ${commit}`]),
    ...(record.by === undefined ? [] : [`By ${escaped(record.by)}`]),
    ...links.map(({ text, url }) => `${text}: ${url}`),
  ];
  const chat = {
    version: '1.0',
    source: 'custom',
    content: {
      textType: 'client-markdown',
      title: outcome.kind === 'succeeded' ? title : `⚠️ ${title}`,
      description: [...reason, ...facts].join('\n'),
      ...(outcome.kind === 'succeeded' ? {} : { nextSteps: [escaped(outcome.advice)] }),
      keywords: [stage, action, outcome.kind],
    },
    metadata: { threadId: `${action}-${stage}-${record.started.getTime()}`, summary: title },
  };
  return {
    subject: ascii(`resnet50 ${title}`).slice(0, MOST_SUBJECT_CHARACTERS),
    message: { default: JSON.stringify(chat), email: recordText(record) },
  };
}

/** Characters that would be mark-up in a chat. */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

const ascii = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, '-');
