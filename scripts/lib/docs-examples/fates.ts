import { adviceOn, natureOf, RUN } from './markdown/languages.ts';
import type { Fence } from './markdown/lines.ts';
import type { Marker, Stage } from './markdown/marker.ts';

/** What becomes of a block of code. */
export type Fate =
  /** Runs with the service on port 8080, or in the stage of CI that has what it needs. */
  | { readonly kind: 'run'; readonly stage: Stage | undefined }
  /** Is written to a file, which another block runs. */
  | { readonly kind: 'saved'; readonly file: string }
  | { readonly kind: 'run by' | 'tested by'; readonly file: string }
  | { readonly kind: 'not run'; readonly reason: string }
  /** Is compared with what the block on this line prints. */
  | { readonly kind: 'output'; readonly of: number }
  | { readonly kind: 'data' };

/** Is told what is wrong on a line. */
export type Complain = (line: number, text: string) => void;

/** A reader expects what a block prints in one of these, directly after it. */
const OUTPUT = ['json', 'text'];

/**
 * @param marker on the line before.
 * @param section says why the programs around it are not run.
 * @param printed the block before it, if it runs.
 */
export function fateOf(
  fence: Fence,
  marker: Marker | undefined,
  section: { readonly reason: string } | undefined,
  printed: Fence | undefined,
  complain: Complain,
): Fate {
  const { line, language } = fence;
  switch (natureOf(language)) {
    case 'unknown':
      complain(line, `expected a language (${adviceOn(language)}), got ${language || 'none'}`);
      return { kind: 'data' };
    case 'data': {
      const isOutput = printed !== undefined && OUTPUT.includes(language);
      // Nothing runs it anyway, which a page may explain.
      if (marker?.kind === 'not run' || marker?.kind === 'not compared') return { kind: 'data' };
      if (marker) complain(line, `expected no "${marker.kind}" before ${language}, which nothing runs`);
      return isOutput ? { kind: 'output', of: printed.line } : { kind: 'data' };
    }
    case 'program':
      return fateOfProgram(fence, marker, section, complain);
  }
}

function fateOfProgram(
  { line, language }: Fence,
  marker: Marker | undefined,
  section: { readonly reason: string } | undefined,
  complain: Complain,
): Fate {
  switch (marker?.kind) {
    case 'not run':
      return { kind: 'not run', reason: marker.reason };
    case 'run by':
    case 'tested by':
      return { kind: marker.kind, file: marker.file };
    case 'saved as':
      return { kind: 'saved', file: marker.file };
    case 'run with':
      return { kind: 'run', stage: marker.stage };
  }
  if (marker) complain(line, `expected no "${marker.kind}" before ${language}`);
  if (section) return { kind: 'not run', reason: section.reason };
  if (!Object.hasOwn(RUN, language)) {
    complain(
      line,
      `expected <!-- tested by: FILE --> or <!-- not run: REASON --> before ${language}, which CI cannot run`,
    );
    return { kind: 'data' };
  }
  return { kind: 'run', stage: undefined };
}
