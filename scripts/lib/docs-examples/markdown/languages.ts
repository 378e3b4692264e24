/** Programs that this machine can run, with the ending of their files. */
export const RUN: Readonly<Record<string, string>> = { sh: 'sh', python: 'py', js: 'mjs', ts: 'ts' };

/** Programs that need a toolchain or a project around them. */
const COMPILED = ['csharp', 'go', 'java', 'rust', 'powershell', 'hcl', 'dockerfile'];

/** Text that nothing runs. */
const DATA = ['css', 'csv', 'diff', 'html', 'http', 'ini', 'json', 'mermaid', 'text', 'toml', 'xml', 'yaml'];

export type Nature = 'program' | 'data' | 'unknown';

export function natureOf(language: string): Nature {
  if (Object.hasOwn(RUN, language) || COMPILED.includes(language)) return 'program';
  return DATA.includes(language) ? 'data' : 'unknown';
}

/** Names that people use for a language of the list. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  bash: 'sh',
  console: 'sh',
  javascript: 'js',
  jsonc: 'json',
  ndjson: 'json',
  py: 'python',
  shell: 'sh',
  txt: 'text',
  typescript: 'ts',
  yml: 'yaml',
};

/** What a page should have instead of an unknown language. */
export function adviceOn(language: string): string {
  if (language === '') return 'such as sh, json or text';
  return OTHER_NAMES[language] ?? [...Object.keys(RUN), ...COMPILED, ...DATA].join(', ');
}
