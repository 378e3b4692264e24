import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { client, retry } from './support.ts';

const sqs = new SQSClient(client);

/** Receives what a topic publishes. */
export interface Queue {
  /** The parsed message of the next notification. */
  readonly next: () => Promise<Record<string, unknown>>;
  /** Waits a second; true if no message arrives. */
  readonly isEmpty: () => Promise<boolean>;
  readonly remove: () => Promise<unknown>;
}

export async function subscribe(topicArn: string): Promise<Queue> {
  const name = `${topicArn.slice(topicArn.lastIndexOf(':') + 1)}-${process.pid}`;
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name.slice(-80) }));
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
  );
  await new SNSClient(client).send(
    new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes?.['QueueArn'] }),
  );
  const receive = async () => {
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    return Messages?.[0];
  };
  return {
    next: () =>
      retry(async () => {
        const message = await receive();
        if (!message?.Body) throw new Error(`Expected a message from ${topicArn}, got none`);
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
        return JSON.parse(JSON.parse(message.Body).Message);
      }),
    isEmpty: async () => (await receive()) === undefined,
    remove: () => sqs.send(new DeleteQueueCommand({ QueueUrl })),
  };
}
