import { randomUUID } from 'node:crypto';

/**
 * Stands in for an execution environment of Lambda: imports an entry, as in the init phase, and invokes its handler
 * with one event after the other. Standard output has the lines that CloudWatch would get.
 *
 *   node scripts/programs/lambda-environment.ts ENTRY
 */
const { handler } = await import(`../../lambda/${process.argv[2]}.ts`);
process.on('message', async (event) => {
  const answer: unknown = await handler(event, { awsRequestId: randomUUID() });
  process.send?.({ answer: answer ?? null });
});
process.send?.({ ready: true });
