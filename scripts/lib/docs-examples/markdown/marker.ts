/** What a program needs beside this repository. */
export const STAGES = ['docker', 'emulator'] as const;
export type Stage = (typeof STAGES)[number];

/** What a comment in a page says about the block below it, or about the section that it is in. */
export type Marker =
  | { readonly kind: 'not run'; readonly reason: string }
  | { readonly kind: 'section not run'; readonly reason: string }
  /** A block of data that is not what the block before it prints. */
  | { readonly kind: 'not compared'; readonly reason: string }
  | { readonly kind: 'run with'; readonly stage: Stage }
  /** A file that has the same commands. */
  | { readonly kind: 'run by'; readonly file: string }
  /** A test that takes the block out of the page. */
  | { readonly kind: 'tested by'; readonly file: string }
  /** The name under which a reader saves the program, and under which another block runs it. */
  | { readonly kind: 'saved as'; readonly file: string };

const FORMS = [
  'not run: REASON',
  'not run in this section: REASON',
  'not compared: REASON',
  `run with: ${STAGES.join('|')}`,
  'run by: FILE',
  'tested by: FILE',
  'saved as: FILE',
];

/**
 * @param comment the text of a comment in a page.
 * @returns undefined for a comment about something else.
 * @throws Error for a comment that looks like a marker, but is none.
 */
export function readMarker(comment: string): Marker | undefined {
  const [, name = '', value = ''] = /^([a-z][a-z ]*?)\s*(?::\s*(.*))?$/is.exec(comment) ?? [];
  const marker = value === '' ? undefined : markerOf(name, value);
  if (marker === undefined && /^(not|run|test|tested|saved|skip)\b/i.test(comment)) {
    throw new Error(`expected a comment such as ${FORMS.join(', ')}; got ${comment}`);
  }
  return marker;
}

function markerOf(name: string, value: string): Marker | undefined {
  switch (name) {
    case 'not run':
      return { kind: 'not run', reason: value };
    case 'not run in this section':
      return { kind: 'section not run', reason: value };
    case 'not compared':
      return { kind: 'not compared', reason: value };
    case 'run with': {
      const stage = STAGES.find((one) => one === value);
      return stage && { kind: 'run with', stage };
    }
    case 'run by':
      return { kind: 'run by', file: value };
    case 'tested by':
      return { kind: 'tested by', file: value };
    case 'saved as':
      return { kind: 'saved as', file: value };
    default:
      return undefined;
  }
}
