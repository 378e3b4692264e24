import { z } from 'zod';
import { isExpected, NO_CAPTURE_HEADERS, predictions } from './canary.ts';
import { excerpt, type ServiceRequest } from './invoke.ts';

export interface SmokeAnswer {
  readonly status: number;
  /** Parsed JSON, or the text of an answer that is not JSON. */
  readonly body: unknown;
}

/** One thing that the running service must do. */
export interface SmokeCheck {
  readonly name: string;
  readonly request: ServiceRequest;
  /** @returns what the answer shows. @throws Error saying what was expected and what came. */
  readonly judge: (answer: SmokeAnswer) => string;
}

export interface SmokePhoto {
  readonly photo: Uint8Array<ArrayBuffer>;
  /** The acceptable classes: WordNet ids or labels. */
  readonly expectedClasses: readonly string[];
}

interface Expected<Body extends z.ZodType> {
  readonly status: number;
  readonly body: Body;
  /** What the report says about the answer. */
  readonly tell: (body: z.output<Body>) => string;
}

/** @throws Error saying what was expected and what came. */
export function judge<Body extends z.ZodType>(
  { status, body, tell }: Expected<Body>,
  answer: SmokeAnswer,
): string {
  const got = `got status ${answer.status}: ${excerpt(JSON.stringify(answer.body) ?? '')}`;
  if (answer.status !== status) throw new Error(`expected status ${status}, ${got}`);
  const form = body.safeParse(answer.body);
  if (form.success) return tell(form.data);
  const wrong = form.error.issues.map(({ code, message, path }) =>
    // Only a custom issue is in our own words.
    code === 'custom' ? message : `expected another value of ${path.join('.') || 'the body'}`,
  );
  throw new Error(`${wrong.join('; ')}, ${got}`);
}

const check = <Body extends z.ZodType>(
  name: string,
  request: ServiceRequest,
  expected: Expected<Body>,
): SmokeCheck => ({ name, request, judge: (answer) => judge(expected, answer) });

const NOT_AN_IMAGE = Uint8Array.from(Buffer.from('not an image'));

/** Everything that the service must do, with keys or without. Each check costs at most two predictions. */
export function smokeChecks({ photo, expectedClasses }: SmokePhoto): readonly SmokeCheck[] {
  const image = Buffer.from(photo).toString('base64');
  const topIsExpected = predictions.refine(
    ([top]) => top !== undefined && isExpected(expectedClasses, top),
    `expected one of the classes ${expectedClasses.join(', ')}`,
  );
  return [
    check(
      'health',
      { method: 'GET', path: 'health' },
      { status: 200, body: z.object({ status: z.literal('ok') }), tell: () => 'up' },
    ),
    check(
      'ready',
      { method: 'GET', path: 'ready' },
      { status: 200, body: z.object({ status: z.literal('ready') }), tell: () => 'the model is loaded' },
    ),
    check(
      'model',
      { method: 'GET', path: 'model' },
      {
        status: 200,
        body: z.object({ name: z.string(), version: z.string() }),
        tell: ({ name, version }) => `${name} ${version}`,
      },
    ),
    check(
      'predict',
      { method: 'POST', path: 'predict', headers: NO_CAPTURE_HEADERS, body: photo },
      {
        status: 200,
        body: z.object({ predictions: topIsExpected }),
        tell: ({ predictions: [top] }) => `the photo shows ${top?.label}, ${top?.probability.toFixed(2)}`,
      },
    ),
    check(
      'batch',
      {
        method: 'POST',
        path: 'predict/batch',
        headers: { ...NO_CAPTURE_HEADERS, 'content-type': 'application/json' },
        body: Uint8Array.from(Buffer.from(JSON.stringify({ images: [image, image] }))),
      },
      {
        status: 200,
        body: z.object({ results: z.array(z.object({ predictions: topIsExpected })).length(2) }),
        tell: ({ results }) => results.map((result) => result.predictions[0]?.label).join(', '),
      },
    ),
    check(
      'refusal',
      { method: 'POST', path: 'predict', body: NOT_AN_IMAGE },
      {
        status: 415,
        body: z.object({ code: z.literal('unsupported_media_type'), request_id: z.string() }),
        tell: ({ code }) => `a body that is not an image is refused: ${code}`,
      },
    ),
  ];
}
