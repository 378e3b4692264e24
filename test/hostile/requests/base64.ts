import type { Random } from '../random.ts';

type Spoil = (text: string, random: Random) => string;

const lines =
  (length: number, end: string): Spoil =>
  (text) =>
    text.match(new RegExp(`.{1,${length}}`, 'g'))?.join(end) ?? text;

/** Unusual base64 that some decoders accept and others do not (RFC 4648, sections 3 and 5). */
const WAYS: Readonly<Record<string, Spoil>> = {
  'as it should be': (text) => text,
  'lines of 76': lines(76, '\r\n'),
  'lines of one': lines(1, '\n'),
  'tabs and spaces': lines(5, ' \t'),
  'form feeds': lines(60, '\f'),
  'spaces of Unicode': lines(60, '\u00a0\u2028\u3000'),
  'URL-safe': (text) => text.replaceAll('+', '-').replaceAll('/', '_'),
  'no padding': (text) => text.replace(/=+$/, ''),
  'too much padding': (text) => `${text}====`,
  'padding within': (text) => `${text.slice(0, 100)}==${text.slice(100)}`,
  'padding only': () => '==',
  'one character less': (text) => text.slice(0, -1),
  'one character alone': () => 'A',
  'bits that are left over': (text) => `${text.replace(/=+$/, '').slice(0, -1)}/`,
  'a character of none': (text, random) => {
    const at = random.below(text.length + 1);
    return text.slice(0, at) + random.of(['!', '%', '.', '\0', '\u{1f408}', '\ud800', 'Ā']) + text.slice(at);
  },
  'a data URL': (text) => `data:image/jpeg;base64,${text}`,
  'a data URL with parameters': (text) => `DATA:image/jpeg;charset=utf-8;name="a,b";base64,${text}`,
  'a data URL without base64': (text) => `data:image/jpeg,${encodeURIComponent(text)}`,
  'a data URL twice': (text) => `data:;base64,data:;base64,${text}`,
  'a data URL that is long before its comma': (text) => `data:${'x'.repeat(5000)};base64,${text}`,
  'percent encoding': (text) => encodeURIComponent(text),
  'base64 of base64': (text) => Buffer.from(text).toString('base64'),
  hexadecimal: (text) => Buffer.from(text, 'base64').toString('hex'),
  nothing: () => '',
  'white space only': (_text, random) => ' \n'.repeat(1 + random.below(10_000)),
};
const KINDS = Object.entries(WAYS);

/** Writes bytes as base64, or as text that is almost base64. */
export function base64Text(
  bytes: Uint8Array,
  random: Random,
): { readonly text: string; readonly did: string } {
  const [did, spoil] = random.of(KINDS);
  return { text: spoil(Buffer.from(bytes).toString('base64'), random), did: `base64: ${did}` };
}
