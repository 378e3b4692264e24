import type { Random } from '../random.ts';
import { base64Text } from './base64.ts';
import type { RequestBody } from './body.ts';

/** Characters of a long string or of many names. Larger bodies are tested in `json.test.ts`. */
const COUNTS = [1, 10, 1000, 20_000];
const TYPES = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json; charset=utf-16',
  'APPLICATION/JSON',
  'application/vnd.api+json',
  'text/json',
  'application/json, text/plain',
  'application/json;;;=',
];

type Spoil = (text: string, random: Random, field: string) => string;

const nested: Spoil = (text, random) => {
  const depth = random.of(COUNTS);
  const [open, close] = random.of([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"image":[', ']}'],
  ] as const);
  return `${open.repeat(depth)}${text}${close.repeat(depth - random.below(2))}`;
};
const value = (random: Random): string =>
  random.of([
    'null',
    'true',
    '-0',
    '1e400',
    '0.1e-400',
    '[]',
    '{}',
    '""',
    '"x"',
    '[[]]',
    '9'.repeat(400),
    'NaN',
  ]);
/** Inserts `piece` after the first brace. */
const within = (text: string, piece: string): string => text.replace('{', () => `{${piece}`);

const WAYS: Readonly<Record<string, Spoil>> = {
  'as it should be': (text) => text,
  'in itself': nested,
  'a field in itself': (text, random, field) => within(text, `"x":${nested('1', random, field)},`),
  'many names': (text, random) =>
    within(text, Array.from({ length: random.of(COUNTS) }, (_, at) => `"n${at}":${at},`).join('')),
  'the same name again': (text, random, field) =>
    within(text, `"${field}":${value(random)},`.repeat(random.of(COUNTS))),
  'the name at the end again': (text, random, field) => text.replace(/}$/, `,"${field}":${value(random)}}`),
  'a long name': (text, random) => within(text, `"${'n'.repeat(random.of(COUNTS))}":1,`),
  'names of the prototype': (text, random) =>
    within(text, `"${random.of(['__proto__', 'constructor', 'toString', 'then'])}":{"status":500},`),
  'a lone surrogate': (text) => within(text, '"\\ud800":"\\udfff\\ud800",'),
  'escapes for letters': (text, random) => {
    const at = random.below(Math.max(1, text.length - 200));
    const escaped = text
      .slice(at, at + 100)
      .replace(/[A-Za-z0-9]/g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`);
    return text.slice(0, at) + escaped + text.slice(at + 100);
  },
  'a bad escape': (text, random) =>
    text.replace(
      ':"',
      `:"${random.of(['\\x41', '\\u00', '\\', '\\u{41}', '\\0', '\u0000', '\u001f', '\n'])}`,
    ),
  'a value of another type': (_text, random, field) => `{"${field}":${value(random)}}`,
  'an array for the object': (text) => `[${text}]`,
  'two of them': (text) => `${text}\n${text}`,
  'a comma too many': (text) => text.replace(/}$/, ',}'),
  'a comment': (text) => `/* */${text}// end`,
  'single quotes': (text) => text.replaceAll('"', "'"),
  truncated: (text, random) => text.slice(0, random.below(text.length + 1)),
  'a byte order mark': (text) => `\ufeff${text}`,
  'white space around': (text, random) =>
    `${random.of([' ', '\n', '\t', '\u00a0', '\0']).repeat(random.of(COUNTS))}${text}  `,
};
const KINDS = Object.entries(WAYS);

/** Last changes, to the bytes: another encoding, or bytes that are not UTF-8. */
function encode(text: string, random: Random): Buffer {
  const bytes = Buffer.from(text);
  switch (random.below(12)) {
    case 0:
      return Buffer.from(text, 'utf16le');
    case 1: {
      if (bytes.length > 0) bytes[random.below(bytes.length)] = random.of([0, 0x80, 0xc0, 0xed, 0xf8, 0xff]);
      return bytes;
    }
    default:
      return bytes;
  }
}

/** A JSON body for `/predict`, or for `/predict/batch` if there are several images. */
export function jsonBody(images: readonly Uint8Array[], isBatch: boolean, random: Random): RequestBody {
  const texts = images.map((image) => base64Text(image, random));
  const [name, spoil] = random.of(KINDS);
  const field = isBatch ? 'images' : 'image';
  const content = isBatch ? texts.map(({ text }) => text) : texts[0]?.text;
  const body = encode(spoil(JSON.stringify({ [field]: content }), random, field), random);
  const contentType = random.below(3) === 0 ? random.of(TYPES) : 'application/json';
  return {
    contentType,
    body,
    did: `JSON ${name} as ${contentType}; ${texts.map(({ did }) => did).join(', ')}`,
  };
}
