import { readFileSync } from 'node:fs';

/**
 * Stands in for Lambda's runtime in its own process: imports the entry, as in the init phase, and invokes its
 * handler with each event of a file. The results go to standard error, so that standard output has only the
 * lines that CloudWatch would get. Beside each result it says whether libvips is loaded by then.
 */
const { handler } = await import('../../lambda/index.ts');
const events: unknown[] = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
for (const [index, event] of events.entries()) {
  const result = await handler(event, { awsRequestId: `invocation-${index}` });
  process.stderr.write(`${JSON.stringify({ result, hasLibvips: hasLibvips() })}\n`);
}

function hasLibvips(): boolean {
  const { sharedObjects } = process.report.getReport() as unknown as { sharedObjects: string[] };
  return sharedObjects.some((path) => path.includes('libvips'));
}
