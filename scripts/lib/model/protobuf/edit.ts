import { type Field, fieldsOf } from './read.ts';
import { type Encoded, message } from './write.ts';

/**
 * Copies a message with other fields, and leaves all other bytes as they are.
 *
 * @param replace returns what stands in place of a field, or undefined to keep it.
 */
export function replaceFields(bytes: Uint8Array, replace: (field: Field) => Encoded | undefined): Encoded {
  const pieces: Uint8Array[] = [];
  let kept = 0;
  for (const field of fieldsOf(bytes)) {
    const replacement = replace(field);
    if (replacement === undefined) continue;
    pieces.push(bytes.subarray(kept, field.start), ...replacement);
    kept = field.end;
  }
  return [...pieces, bytes.subarray(kept)];
}

/** Replaces what the fields with that number hold. */
export const inField = (wanted: number, edit: (bytes: Uint8Array) => Encoded) => (field: Field) =>
  field.number === wanted && field.bytes ? message(wanted, [edit(field.bytes)]) : undefined;
