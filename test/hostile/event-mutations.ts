import type { Random } from './random.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Text that headers, logs, URLs or parsers may misread. */
const TEXTS: readonly string[] = [
  '',
  ' ',
  '\0',
  'a\r\nset-cookie: b=c',
  '\n{"level":"ERROR"}',
  '\t',
  '\u0080\u00ff',
  '✓ 猫 🐈',
  '\ud800',
  'x\udfff',
  '\u2028',
  '\u202e',
  '__proto__',
  'constructor',
  '%',
  '%ZZ',
  '%00',
  '%2e%2e%2fpredict',
  '/',
  '//evil.example/predict',
  '///',
  '/\\evil.example\\predict',
  '\\predict',
  '/predict?top_k=3',
  '/predict#part',
  '/predict;a=b',
  '/../predict',
  '/pre\ndict',
  '/predict/',
  '@evil.example/',
  ':443/',
  'https://evil.example/predict',
  'get',
  'GET ',
  'TRACE',
  'CONNECT',
  'PROPFIND',
  'PRI * HTTP/2.0',
  '*',
  'chunked',
  '-1',
  '1e400',
  '9'.repeat(400),
  'multipart/form-data',
  'application/json; charset=utf-7',
  'a'.repeat(10_000),
  '{"image":"%%%"}',
  '['.repeat(5000),
  '2.0',
  '1.0',
];

const OTHERS: readonly Json[] = [
  null,
  true,
  false,
  0,
  -1,
  1e308,
  [],
  [null],
  [['a']],
  ['a', 1],
  {},
  { a: null },
  { a: { b: 'c' } },
];

const NAMES: readonly string[] = [
  'content-length',
  'Content-Length',
  'transfer-encoding',
  'content-type',
  'content-encoding',
  'expect',
  'host',
  'origin',
  'access-control-request-method',
  'x-request-id',
  'cookie',
  '',
  'a b',
  'x-ü',
  'x:y',
  '__proto__',
];

/** Changes one to four values, names or fields of an event. */
export function mutateEvent(event: Json, random: Random): Json {
  let mutated = event;
  for (let count = 1 + random.below(4); count > 0; count -= 1) mutated = mutate(mutated, random);
  return mutated;
}

function mutate(value: Json, random: Random): Json {
  if (Array.isArray(value) && value.length > 0 && random.below(8) > 0) {
    const at = random.below(value.length);
    return value.map((item, index) => (index === at ? mutate(item, random) : item));
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value) && random.below(30) > 0) {
    return mutateField(value as { readonly [name: string]: Json }, random);
  }
  return random.below(4) === 0 ? random.of(OTHERS) : mutateText(value, random);
}

/** Changes a field, adds one or removes one. */
function mutateField(value: { readonly [name: string]: Json }, random: Random): Json {
  const entries = Object.entries(value);
  const at = random.below(entries.length + 1);
  const entry = entries[at];
  if (!entry) return withField(value, random.of(NAMES), random.of(TEXTS));
  const [name, inner] = entry;
  if (random.below(12) === 0) return Object.fromEntries(entries.filter((_, index) => index !== at));
  return withField(value, name, mutate(inner, random));
}

/** Sets a field as `JSON.parse` does, so that `__proto__` is an ordinary field. */
function withField(value: { readonly [name: string]: Json }, name: string, field: Json): Json {
  return Object.fromEntries([...Object.entries(value), [name, field]]);
}

function mutateText(value: Json, random: Random): Json {
  const text = typeof value === 'string' ? value : '';
  const other = random.of(TEXTS);
  const at = random.below(text.length + 1);
  return random.of([
    other,
    text + other,
    other + text,
    text.slice(0, at) + other + text.slice(at),
    text.slice(0, at),
  ]);
}
