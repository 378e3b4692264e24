import { z } from 'zod';
import { ERROR_KINDS, type ErrorCode } from '../../../../lambda/errors.ts';
import type { ModelRef, ResultFormat } from './format.ts';

const line = z.object({
  file: z.string(),
  problem: z.object({ code: z.enum(Object.keys(ERROR_KINDS) as [ErrorCode, ...ErrorCode[]]) }).optional(),
});

/** An object for each photo: what the API answers for an image of a batch, with the file and the model. */
export const ndjson = ({ name, version }: ModelRef): ResultFormat => ({
  name: 'ndjson',
  heading: '',
  hasQuotes: false,
  write(file, answer) {
    const model = 'problem' in answer ? {} : { model: { name, version } };
    return `${JSON.stringify({ file, ...model, ...answer })}\n`;
  },
  read(record) {
    const parsed = line.safeParse(parseOrUndefined(record));
    if (!parsed.success) return undefined;
    return { file: parsed.data.file, problem: parsed.data.problem?.code, isLast: true };
  },
});

function parseOrUndefined(record: string): unknown {
  try {
    return JSON.parse(record);
  } catch {
    return undefined;
  }
}
