import type { Steps } from '../loop-share.ts';
import type { OptionSchemas } from '../options/options.ts';
import { byName } from '../repeated.ts';
import { invalidFields, validate } from '../validate.ts';
import { type FormPart, parseForm } from './multipart.ts';
import { MAX_OPTION_BYTES } from './upload.ts';

const FILE = 'file';

/**
 * The files and the options of a form.
 *
 * @returns the files of the fields `file`, in order: parts of the body, not copies.
 * @throws ServiceError `invalid_request` for a damaged form, and for fields that are unknown or wrong.
 */
export function* readForm<Options>(
  body: Uint8Array,
  contentType: string,
  { form }: Pick<OptionSchemas<Options>, 'form'>,
): Steps<{ readonly files: readonly Uint8Array[]; readonly options: Options }> {
  const parts = yield* parseForm(body, contentType);
  const others = parts
    .filter(({ name }) => name !== FILE)
    .map((part): [string, string | Uint8Array] => [part.name, part.isFile ? part.bytes : textOf(part)]);
  const fields = byName(others, (value) => (typeof value === 'string' ? value : '(a file)'));
  const options = validate(form, fields, 'body', [FILE]);
  const files = parts.filter(({ name }) => name === FILE);
  if (!files.every(({ isFile, hasContentType }) => isFile || hasContentType)) {
    throw invalidFields([
      { field: `body.${FILE}`, message: 'expected a file, got text without a file name or a content type' },
    ]);
  }
  return { files: files.map(({ bytes }) => bytes), options };
}

function textOf({ bytes }: FormPart): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8', 0, MAX_OPTION_BYTES);
}
