import type { Random } from '../random.ts';
import type { RequestBody } from './body.ts';

type Piece = string | Uint8Array;
const join = (...pieces: readonly Piece[]): Buffer =>
  Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece)));

const BOUNDARIES = [
  'x-boundary',
  '-',
  '--',
  'a'.repeat(70),
  'a'.repeat(71),
  'b'.repeat(3000),
  "'()+_,-./:=?",
  'with space',
  '\r\n',
  '"',
  '',
];
const ENDS = ['\r\n', '\r\n', '\r\n', '\n', '\r', '\r\n\r\n', ''];
const HEADERS = [
  'content-disposition: form-data; name="file"; filename="cat.jpg"',
  'content-disposition: form-data; name="file"; filename="cat.jpg"',
  'Content-Disposition: form-data; name=file; filename=cat.jpg',
  'content-disposition: form-data; name="file"; filename*=UTF-8\'\'%e2%82%ac.jpg',
  'content-disposition: form-data; name="file"; filename=""',
  'content-disposition: form-data; name="file"',
  'content-disposition: form-data; filename="cat.jpg"',
  'content-disposition: form-data; name="file"; name="other"; filename="a"; filename="b"',
  'content-disposition: form-data; name="__proto__"; filename="cat.jpg"',
  'content-disposition: form-data; name="fi\\"le"; filename="c\\"at.jpg"',
  'content-disposition: form-data; name="file; filename="cat.jpg',
  'content-disposition: attachment; name="file"; filename="cat.jpg"',
  'content-disposition : form-data; name="file"; filename="cat.jpg"',
  'content-disposition: form-data;\r\n name="file"; filename="cat.jpg"',
  'content-disposition: FORM-DATA; NAME="file"; FILENAME="cat.jpg"',
  'content-disposition:',
  ': form-data',
  'content-type: image/jpeg',
  '\0',
  '',
];
const MORE_HEADERS = [
  'content-type: image/jpeg',
  'content-type: multipart/form-data; boundary=x-boundary',
  'content-type: text/plain; charset=utf-16',
  'content-transfer-encoding: base64',
  'content-transfer-encoding: quoted-printable',
  'content-length: 5',
  'content-disposition: form-data; name="again"; filename="b.jpg"',
  `x: ${'h'.repeat(20_000)}`,
  'nothing',
  '\u00e9\u00ff: \u00ff',
];

/** The content type, with the boundary of the body or another one. */
function contentTypeFor(boundary: string, random: Random): string {
  // `fetch` refuses to send line breaks in a header.
  const named = boundary.replace(/[\r\n]/g, '');
  return random.of([
    `multipart/form-data; boundary=${named}`,
    `multipart/form-data; boundary=${named}`,
    `multipart/form-data; boundary="${named}"`,
    `multipart/form-data; boundary="${named}`,
    `Multipart/Form-Data;BOUNDARY=${named}`,
    `multipart/form-data; boundary=other; boundary=${named}`,
    `multipart/form-data; charset=utf-8; boundary=${named}; x`,
    `multipart/form-data; boundary=${named.slice(1)}`,
    `multipart/mixed; boundary=${named}`,
    'multipart/form-data',
    'multipart/form-data; boundary',
    `multipart/form-data; boundary*=UTF-8''${encodeURIComponent(named)}`,
  ]);
}

/** A form whose framing is mostly correct. Every piece has a chance to be replaced. */
export function multipartBody(images: readonly Uint8Array[], random: Random): RequestBody {
  const oddly = random.of([3, 10, 40]);
  const odd = (): boolean => random.below(oddly) === 0;
  const did: string[] = [];
  /** Mostly the usual choice, sometimes one of the others. */
  function choose<Value>(what: string, usual: Value, others: readonly Value[]): Value {
    if (!odd()) return usual;
    did.push(what);
    return random.of(others);
  }
  const boundary = choose('boundary', 'x-boundary', BOUNDARIES);
  const end = () => choose('line end', '\r\n', ENDS);

  function part(content: Piece): Buffer {
    const headers = [choose('header', HEADERS[0] as string, HEADERS)];
    if (odd()) headers.push(choose('one more header', 'content-type: image/jpeg', MORE_HEADERS));
    const delimiter = choose('delimiter', `--${boundary}`, [
      boundary,
      `--${boundary}--`,
      `-${boundary}`,
      `--${boundary} \t`,
    ]);
    return join(delimiter, end(), ...headers.flatMap((header) => [header, end()]), end(), content, end());
  }
  const parts = images.map((image) => part(image));
  if (odd()) {
    did.push('fields');
    const field = part('x');
    parts.push(...Array.from({ length: random.of([1, 5, 90, 110, 1000]) }, () => field));
  }
  if (odd()) {
    did.push('a form in the form');
    parts.push(part(join(...parts, `--${boundary}--\r\n`)));
  }
  const last = choose('end', `--${boundary}--\r\n`, [
    `--${boundary}--`,
    `--${boundary}`,
    `--${boundary}-`,
    '',
    `--${boundary}--\r\nepilogue`,
  ]);
  let body = join(choose('preamble', '', ['\r\n', 'preamble\r\n', '\0'.repeat(100)]), ...parts, last);
  if (odd()) {
    did.push('truncated');
    body = body.subarray(0, random.below(body.length + 1));
  }
  const contentType = odd()
    ? contentTypeFor(boundary, random)
    : `multipart/form-data; boundary=${boundary.replace(/[\r\n]/g, '')}`;
  return { contentType, body, did: `form ${did.join(', ')} as ${contentType.slice(0, 100)}` };
}
