import type { Gate } from '../../budget/gate.ts';
import { withBody } from './body.ts';
import { parseSmallObject } from './json.ts';
import type { BodySource } from './source.ts';

/** A body of JSON without images. */
const MAX_BYTES = 16 * 1024;

/** Reads and parses a JSON object without images. @throws ServiceError `invalid_request`, `image_too_large` */
export function readJsonObject(source: BodySource, gate: Gate): Promise<Readonly<Record<string, unknown>>> {
  return withBody(source, { gate, maxBytes: MAX_BYTES }, async (body) =>
    parseSmallObject(Buffer.from(body).toString()),
  );
}
