import type { AllowedSource } from '../../config/jobs.ts';
import { quote } from '../../shown.ts';
import type { JobInput } from '../engine.ts';
import { isUploadId } from '../ids.ts';
import { isAllowed } from './allowed.ts';
import { parseS3Uri } from './s3-uri.ts';

/** As in the body of a request. */
const MAX_URL_LENGTH = 2048;
/** The longest URI of S3 is shorter than the longest URL, even in bytes of UTF-8. */
export const MAX_LINE_BYTES = 3 * MAX_URL_LENGTH;

/** A job that cannot run, and why: a sentence for its owner. */
export class UnusableSource extends Error {}

/**
 * Reads a line of a manifest, without its line break.
 *
 * @returns undefined for a blank line.
 * @throws UnusableSource if the line is wrong.
 */
export function parseLine(
  text: string,
  number: number,
  sources: readonly AllowedSource[],
): JobInput | undefined {
  const line = text.trim();
  if (line === '') return undefined;
  if (isUploadId(line)) return { upload_id: line };
  if (line.startsWith('https://') && line.length <= MAX_URL_LENGTH && URL.canParse(line))
    return { url: line };
  const uri = parseS3Uri(line);
  if (!uri || uri.key === '') {
    const expected = sources.length > 0 ? 'an https URL, an s3:// URI or' : 'an https URL or';
    throw wrongLine(number, `expected ${expected} the id of an upload, got ${quote(line)}`);
  }
  if (!isAllowed(sources, uri)) {
    throw wrongLine(number, `expected an object that jobs may read, got ${quote(line)}`);
  }
  return { s3: line };
}

export const wrongLine = (number: number, problem: string): UnusableSource =>
  new UnusableSource(`Line ${number} of the manifest: ${problem}.`);
