import { MIMEType } from 'node:util';
import { ServiceError } from '../../errors.ts';
import type { Steps } from '../loop-share.ts';
import { shorten } from '../wording.ts';
import { decodeBase64 } from './base64.ts';

/** One field of a form. */
export interface FormPart {
  /** Of the field, not of the file. */
  readonly name: string;
  /** Whether the part has a file name. */
  readonly isFile: boolean;
  /** Whether the part says what its content is. Some clients send files with a type but no name. */
  readonly hasContentType: boolean;
  /** A part of the body, not a copy. */
  readonly bytes: Uint8Array;
}

/** More than a batch and its options need, so that the error for too many images can say how many came. */
const MAX_FORM_PARTS = 100;
/** Enough for the longest file name, percent-encoded, in both forms. */
const MAX_PART_HEADER_BYTES = 2048;
/** Clients send up to four. */
const MAX_PART_HEADERS = 16;
/** There are three: `name`, `filename` and `filename*`. */
const MAX_HEADER_PARAMETERS = 8;
/** RFC 2046, 5.1.1. */
const MAX_BOUNDARY_LENGTH = 70;

const TOO_MUCH_HEADER =
  `Expected at most ${MAX_PART_HEADERS} headers and ${MAX_PART_HEADER_BYTES} bytes of them in each part of the ` +
  'form, got more.';

const CRLF = '\r\n';
const HEADERS_END = '\r\n\r\n';
const CONTROL = /[\0\r\n]/;
const PADDING_AFTER_DELIMITER = /^[ \t]*\r\n/;
const MAX_PADDING_BYTES = 64;
/** A parameter of Content-Disposition (RFC 6266, 4.1), with its value quoted or not. */
const PARAMETER = /;\s*([^=;\s]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/g;

/**
 * The parts of a multipart/form-data body (RFC 7578), in order, without copying any of them.
 *
 * @param body is overwritten where a part is in base64.
 * @throws ServiceError `invalid_request`
 */
export function* parseForm(body: Uint8Array, contentType: string): Steps<readonly FormPart[]> {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const delimiter = `--${boundaryOf(contentType)}`;
  const parts: FormPart[] = [];
  let at = skipPreamble(bytes, delimiter);
  while (!isLast(bytes, at)) {
    if (parts.length === MAX_FORM_PARTS) {
      throw damaged(`Expected a multipart form of at most ${MAX_FORM_PARTS} parts, got more.`);
    }
    const start = skipPadding(bytes, at);
    const { headers, contentAt } = readHeaders(bytes, start);
    // The line break before the delimiter belongs to it. In an empty part, it also ends the headers.
    const end = bytes.indexOf(CRLF + delimiter, contentAt - CRLF.length);
    if (end < 0) throw damaged();
    parts.push(yield* partOf(headers, bytes.subarray(contentAt, Math.max(end, contentAt))));
    at = end + CRLF.length + delimiter.length;
    yield;
  }
  return parts;
}

function boundaryOf(contentType: string): string {
  let boundary: string | null = null;
  try {
    boundary = new MIMEType(contentType).params.get('boundary');
  } catch {
    // A content type that cannot be parsed has no boundary, which is refused below.
  }
  if (boundary && boundary.length <= MAX_BOUNDARY_LENGTH) return boundary;
  throw damaged(`Expected a multipart form with a boundary of 1 to ${MAX_BOUNDARY_LENGTH} characters.`);
}

/** @returns the position after the first delimiter. */
function skipPreamble(bytes: Buffer, delimiter: string): number {
  if (bytes.toString('latin1', 0, delimiter.length) === delimiter) return delimiter.length;
  const found = bytes.indexOf(CRLF + delimiter);
  if (found < 0) throw damaged();
  return found + CRLF.length + delimiter.length;
}

const isLast = (bytes: Buffer, at: number): boolean => bytes.toString('latin1', at, at + 2) === '--';

function skipPadding(bytes: Buffer, at: number): number {
  const padding = PADDING_AFTER_DELIMITER.exec(bytes.toString('latin1', at, at + MAX_PADDING_BYTES))?.[0];
  if (padding === undefined) throw damaged();
  return at + padding.length;
}

/** Names become lower-case. A header that comes twice could be read in two ways. */
function readHeaders(bytes: Buffer, start: number) {
  const head = bytes.subarray(start, start + MAX_PART_HEADER_BYTES);
  const length = head.indexOf(HEADERS_END);
  if (length < 0) {
    const isTooLong = bytes.length - start > MAX_PART_HEADER_BYTES;
    throw damaged(isTooLong ? TOO_MUCH_HEADER : undefined);
  }
  const lines = head.toString('utf8', 0, length).split(CRLF, MAX_PART_HEADERS + 1);
  if (lines.length > MAX_PART_HEADERS) throw damaged(TOO_MUCH_HEADER);
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon < 1 || CONTROL.test(line)) throw damaged();
    const name = line.slice(0, colon).trim().toLowerCase();
    if (headers.has(name)) throw damaged('Expected each header of a part of the form once, got one twice.');
    headers.set(name, line.slice(colon + 1).trim());
  }
  return { headers, contentAt: start + length + HEADERS_END.length };
}

function* partOf(headers: ReadonlyMap<string, string>, content: Buffer): Steps<FormPart> {
  const disposition = headers.get('content-disposition') ?? '';
  if (!/^form-data\s*;/i.test(disposition)) throw damaged();
  const parameters = parametersOf(disposition);
  const name = parameters.get('name');
  if (name === undefined) throw damaged();
  const isFile = parameters.has('filename') || parameters.has('filename*');
  const isBase64 = headers.get('content-transfer-encoding')?.toLowerCase() === 'base64';
  const bytes = isBase64 ? yield* decodeBase64(content, `body.${shorten(name)}`) : content;
  return { name, isFile, hasContentType: headers.has('content-type'), bytes };
}

/** Names become lower-case. A parameter that comes twice could be read in two ways. */
function parametersOf(disposition: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of disposition.matchAll(PARAMETER)) {
    const key = name.toLowerCase();
    if (parameters.has(key)) {
      throw damaged('Expected each parameter of Content-Disposition once, got one twice.');
    }
    if (parameters.size === MAX_HEADER_PARAMETERS) {
      throw damaged(`Expected at most ${MAX_HEADER_PARAMETERS} parameters in Content-Disposition, got more.`);
    }
    parameters.set(key, quoted ?? plain?.trimEnd() ?? '');
  }
  return parameters;
}

function damaged(detail = 'The multipart form is damaged or incomplete.'): ServiceError {
  return new ServiceError('invalid_request', detail, {
    fields: [{ field: 'body', message: 'expected multipart/form-data with a boundary and complete parts' }],
  });
}
