import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { fail, type NamedFinding, ok } from '../findings/finding.ts';
import { example } from '../paths.ts';
import { type Answer, callService, type SmokeTarget } from './request.ts';

const readExample = (name: string) => readFile(example(name));

/** Labels of cats among the 1000 classes. */
const CAT = /\b(cat|tabby)\b/i;
const predictions = z.array(z.object({ label: z.string(), probability: z.number() })).min(1);

type SmokeCheck = (target: SmokeTarget) => Promise<NamedFinding>;

interface Expected<Body extends z.ZodType> {
  readonly status: number;
  readonly body: Body;
  /** What the report says about the answer. */
  readonly tell: (body: z.output<Body>) => string;
}

/** One thing that the service must do. */
function check<Body extends z.ZodType>(
  name: string,
  { status, body, tell }: Expected<Body>,
  ask: (target: SmokeTarget) => Promise<Answer>,
): SmokeCheck {
  return async (target) => {
    try {
      const answer = await ask(target);
      const took = `${answer.elapsedMs.toFixed(0)} ms`;
      const form = body.safeParse(answer.body);
      if (answer.status === status && form.success) return { name, ...ok(`${tell(form.data)} (${took})`) };
      const wrong = form.success ? '' : `, ${form.error.issues.map(({ message }) => message).join('; ')}`;
      const got = `status ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`;
      const found = `expected status ${status}${wrong}, got ${got} (${took})`;
      return { name, ...fail(found, 'Look for the request_id in the log of the function.') };
    } catch (error) {
      return { name, ...fail((error as Error).message, 'Check the URL, and that the service is running.') };
    }
  };
}

const CHECKS: readonly SmokeCheck[] = [
  check('health', { status: 200, body: z.object({ status: z.literal('ok') }), tell: () => 'up' }, (target) =>
    callService(target, 'health'),
  ),
  check(
    'ready',
    { status: 200, body: z.object({ status: z.literal('ready') }), tell: () => 'the model is loaded' },
    (target) => callService(target, 'ready'),
  ),
  check(
    'model',
    {
      status: 200,
      body: z.object({ name: z.string(), version: z.string() }),
      tell: ({ name, version }) => `${name} ${version}`,
    },
    (target) => callService(target, 'model'),
  ),
  check(
    'predict',
    {
      status: 200,
      body: z.object({
        predictions: predictions.refine(([top]) => CAT.test(top?.label ?? ''), 'expected a cat'),
      }),
      tell: ({ predictions: [top] }) => `cat.jpg: ${top?.label}, ${top?.probability.toFixed(2)}`,
    },
    async (target) => callService(target, 'predict', { method: 'POST', body: await readExample('cat.jpg') }),
  ),
  check(
    'batch',
    {
      status: 200,
      body: z.object({ results: z.array(z.object({ predictions })).length(2) }),
      tell: ({ results }) => results.map((result) => result.predictions[0]?.label).join(', '),
    },
    async (target) => {
      const images = await Promise.all(['cat.jpg', 'rocket.jpg'].map(readExample));
      return callService(target, 'predict/batch', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ images: images.map((image) => image.toString('base64')) }),
      });
    },
  ),
  check(
    'refusal',
    {
      status: 415,
      body: z.object({ code: z.literal('unsupported_media_type'), request_id: z.string() }),
      tell: ({ code }) => `a body that is not an image is refused: ${code}`,
    },
    (target) => callService(target, 'predict', { method: 'POST', body: 'not an image' }),
  ),
];

/** A stage with keys must refuse a request without one. */
const KEYLESS = check(
  'no key',
  { status: 403, body: z.object({ code: z.literal('forbidden') }), tell: () => 'refused without a key' },
  async ({ url }) =>
    callService({ url, apiKey: undefined }, 'predict', {
      method: 'POST',
      body: await readExample('cat.jpg'),
    }),
);

/**
 * Checks everything that a running service does, one thing after the other.
 *
 * @param keyRequired whether the service must refuse a prediction without a key.
 */
export async function smoke(target: SmokeTarget, { keyRequired = false } = {}): Promise<NamedFinding[]> {
  const findings: NamedFinding[] = [];
  for (const run of keyRequired ? [...CHECKS, KEYLESS] : CHECKS) findings.push(await run(target));
  return findings;
}
