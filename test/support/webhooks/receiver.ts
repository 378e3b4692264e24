import { webhookMessage } from '../../../lambda/jobs/webhook/message.ts';
import type { Delivery } from '../../../lambda/jobs/webhook/sender.ts';
import { startCommand } from '../process.ts';
import { finishedJob, loopbackSender, OTHER_SECRET, SECRET } from './sender.ts';

const MESSAGE = webhookMessage(finishedJob());
const ELEVEN_MINUTES_MS = 11 * 60_000;

export interface Reception {
  /** What became of each message. */
  readonly outcomes: Readonly<Record<keyof typeof MESSAGES, Delivery['kind']>>;
  /** How often the receiver has printed the id of the job. */
  readonly mentions: number;
}

/** How the messages to a receiver with `SECRET` are sent, in this order. */
const MESSAGES = {
  valid: {},
  again: {},
  'in a rotation': { secrets: [OTHER_SECRET, SECRET] },
  'with another secret': { secrets: [OTHER_SECRET] },
  'too old': { now: () => Date.now() - ELEVEN_MINUTES_MS },
  'too new': { now: () => Date.now() + ELEVEN_MINUTES_MS },
} as const;

/** What a good receiver does with them. */
export const EXPECTED: Reception['outcomes'] = {
  valid: 'delivered',
  again: 'delivered',
  'in a rotation': 'delivered',
  'with another secret': 'failed',
  'too old': 'failed',
  'too new': 'failed',
};

/** Starts a receiver as a reader would, and sends messages to it that our own code has signed. */
export async function tryReceiver(command: readonly string[], folder: string): Promise<Reception> {
  const receiver = startCommand(command, { WEBHOOK_SECRET: SECRET, PORT: '0' }, folder);
  try {
    const [, port] = await receiver.printed(/port (\d+)/);
    const url = `http://hooks.example:${port}/photos`;
    const outcomes: [string, Delivery['kind']][] = [];
    for (const [name, options] of Object.entries(MESSAGES)) {
      outcomes.push([name, (await loopbackSender(options)(url, MESSAGE)).kind]);
    }
    const mentions = receiver.lines().filter((line) => line.includes(finishedJob().id)).length;
    return { outcomes: Object.fromEntries(outcomes) as Reception['outcomes'], mentions };
  } finally {
    receiver.process.kill();
    await receiver.exitCode;
  }
}
