import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { expect } from 'vitest';
import { readRepositoryFile } from './model.ts';

const document = JSON.parse(Buffer.from(readRepositoryFile('docs/openapi.json')).toString());

/**
 * The document describes answers with open schemas, so that a new field breaks no client. The tests close them:
 * the service sends no field that the document does not describe.
 */
function closed(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(closed);
  const parts = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, closed(part)]));
  return 'properties' in value ? { additionalProperties: false, ...parts } : parts;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(closed(document) as object, 'openapi');

const pointer = (...segments: readonly string[]): string =>
  segments
    .map((segment) => `/${encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'))}`)
    .join('');

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  /** Whether a deployment may ask for credentials. */
  readonly guarded: boolean;
  /** Whether it answers 503 while the model loads. */
  readonly needsModel: boolean;
}

interface Described {
  readonly operationId: string;
  readonly security?: readonly object[];
  readonly responses: {
    readonly 503: { readonly content: Readonly<Record<string, { readonly examples: object }>> };
  };
}

/** The operations of the document. */
export const OPERATIONS: readonly Operation[] = Object.entries<Record<string, Described>>(
  document.paths,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, { operationId, security = [], responses }]) => ({
    method: method.toUpperCase(),
    path,
    operationId,
    guarded: security.some((requirement) => Object.keys(requirement).length > 0),
    needsModel: 'not_ready' in (responses[503].content['application/problem+json']?.examples ?? {}),
  })),
);

/** Whether a path belongs to the Open Inference Protocol, whose tests are in contract/v2. */
export const isProtocol = ({ path }: Pick<Operation, 'path'>): boolean => /^\/v2(\/|$)/.test(path);

/** Those that everybody may call. Uploads and jobs are in contract/jobs.test.ts. */
const gets = OPERATIONS.filter(
  (operation) => operation.method === 'GET' && !operation.guarded && !isProtocol(operation),
);
export const GET_PATHS = gets.map(({ path }) => path);
/** The paths whose GET needs the default model. */
export const MODEL_PATHS = gets.flatMap(({ path, needsModel }) =>
  needsModel && !path.includes('{') ? [path] : [],
);

/** What to request for a path of the document: its parameter is the name of a model. */
export const requestPath = (path: string, model: string): string => path.replace('{name}', model);

/** A response, in terms that HTTP and API Gateway have in common. */
export interface Answer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
}

export async function answerOf(response: Response): Promise<Answer> {
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  return { status: response.status, mediaType, body: await response.json() };
}

/**
 * Fails if docs/openapi.json does not describe this answer: its status, media type, body and, for a problem,
 * its code.
 */
export function expectDocumented(method: string, path: string, answer: Answer): void {
  const responses = document.paths[path]?.[method.toLowerCase()]?.responses;
  expect(Object.keys(responses ?? {}), `${method} ${path}`).toContain(String(answer.status));
  const { content } = responses[answer.status];
  expect(Object.keys(content), `${method} ${path} ${answer.status}`).toContain(answer.mediaType);
  const { examples } = content[answer.mediaType];
  // A problem has an example for each of its codes.
  if (examples) expect(Object.keys(examples)).toContain((answer.body as { code: string }).code);
  const schema = `openapi#${pointer('paths', path, method.toLowerCase(), 'responses', String(answer.status), 'content', answer.mediaType, 'schema')}`;
  const valid = ajv.validate({ $ref: schema }, answer.body);
  expect(
    valid ? [] : ajv.errors,
    `${method} ${path} ${answer.status}: ${JSON.stringify(answer.body).slice(0, 300)}`,
  ).toEqual([]);
}

/** Every problem has the same shape, on any path. */
export function expectProblem(answer: Answer, status: number, code: string): void {
  expect(answer).toMatchObject({ status, mediaType: 'application/problem+json', body: { status, code } });
  const valid = ajv.validate({ $ref: 'openapi#/components/schemas/Problem' }, answer.body);
  expect(valid ? [] : ajv.errors).toEqual([]);
}
