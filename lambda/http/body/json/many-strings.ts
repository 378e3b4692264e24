import type { Gate } from '../../../budget/gate.ts';
import { inOneStep, parsing, type Steps } from '../../loop-share.ts';
import { withBody } from '../body.ts';
import type { BodySource } from '../source.ts';
import { invalidJson } from './invalid-json.ts';
import { closingQuote } from './long-strings.ts';
import { type JsonFields, parseSmallObject } from './small-object.ts';

const QUOTE = '"'.charCodeAt(0);

/** Bytes outside of strings, such as braces and indentation. A thousand objects in a list need up to 60 bytes each. */
const MAX_STRUCTURE_BYTES = 64 * 1024;
/** Bytes looked at in a step. */
const STEP = 2 ** 16;
/** The text and its parsed strings, in addition to the body. */
const COPIES = 2;

/**
 * Reads a JSON object that may have thousands of strings, and passes it to `use`. The memory stays reserved until
 * `use` is done.
 *
 * @throws ServiceError `invalid_request`, `image_too_large`, `overloaded`; what `use` throws.
 */
export function withManyStrings<Result>(
  source: BodySource,
  { gate, maxBytes }: { readonly gate: Gate; readonly maxBytes: number },
  use: (fields: JsonFields) => Promise<Result>,
): Promise<Result> {
  return withBody(source, { gate, maxBytes, copies: COPIES }, async (body) =>
    use(await parsing.run(parse(body), source.signal)),
  );
}

function* parse(body: Uint8Array): Steps<JsonFields> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  yield* requireLittleStructure(bytes);
  return yield* inOneStep(() => parseSmallObject(bytes.toString()));
}

/** `JSON.parse` would build everything in the body, such as a million arrays. */
function* requireLittleStructure(body: Buffer): Steps<void> {
  let structureBytes = 0;
  let nextStep = STEP;
  for (let at = 0; at < body.length; at += 1) {
    if (body[at] === QUOTE) at = closingQuote(body, at + 1);
    else structureBytes += 1;
    if (structureBytes > MAX_STRUCTURE_BYTES) {
      throw invalidJson(
        `Expected JSON of at most ${MAX_STRUCTURE_BYTES} bytes outside of its strings, got more.`,
      );
    }
    if (at < nextStep) continue;
    yield;
    nextStep = at + STEP;
  }
}
