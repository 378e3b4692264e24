import type { Gate } from '../../../budget/gate.ts';
import { inOneStep, parsing } from '../../loop-share.ts';
import { Repeated } from '../../repeated.ts';
import { withBody } from '../body.ts';
import type { BodySource } from '../source.ts';
import { invalidJson } from './invalid-json.ts';
import { repeatedNames } from './repeated-names.ts';

/** For a JSON body without images. */
const MAX_BYTES = 16 * 1024;

export type JsonFields = Readonly<Record<string, unknown>>;

/** Reads a JSON object without images. @throws ServiceError `invalid_request`, `image_too_large` */
export function readSmallObject(source: BodySource, gate: Gate): Promise<JsonFields> {
  return withBody(source, { gate, maxBytes: MAX_BYTES }, (body) =>
    parsing.run(
      inOneStep(() => parseSmallObject(Buffer.from(body).toString())),
      source.signal,
    ),
  );
}

/**
 * Parses a JSON object of a few tens of KB at most. A name that it has more than once gets the value
 * {@link Repeated}.
 *
 * @throws ServiceError `invalid_request` where the text is not a JSON object.
 */
export function parseSmallObject(text: string): JsonFields {
  const fields = parseObject(text);
  for (const [name, count] of repeatedNames(text)) fields[name] = new Repeated(count);
  return fields;
}

/** RFC 8259, 8.1, lets parsers ignore the mark. Some editors and libraries on Windows write it. */
const withoutByteOrderMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(withoutByteOrderMark(text));
  } catch {
    throw invalidJson('The request body is not valid JSON.');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw invalidJson('The request body is not a JSON object.');
}
