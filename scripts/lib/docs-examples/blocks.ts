import { adviceOn, natureOf, RUN } from './markdown/languages.ts';
import { type Fence, type Part, partsOf } from './markdown/lines.ts';
import { type Marker, readMarker, type Stage } from './markdown/marker.ts';

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

export interface Block extends Fence {
  readonly fate: Fate;
}

export interface Problem {
  readonly line: number;
  readonly text: string;
}

export interface Page {
  /** From the folder of the repository. */
  readonly path: string;
  readonly blocks: readonly Block[];
  /** What is wrong with the markers of the page. */
  readonly problems: readonly Problem[];
}

/** A reader expects what a block prints in one of these, directly after it. */
const OUTPUT = ['json', 'text'];

/** The blocks of a page, and what becomes of each. */
export function readPage(path: string, markdown: string): Page {
  const blocks: Block[] = [];
  const problems: Problem[] = [];
  const complain = (line: number, text: string) => void problems.push({ line, text });
  let sections: readonly Section[] = [];
  let level = 0;
  let before: (Marker & { readonly line: number }) | undefined;
  let printed: Block | undefined;
  const dropUnused = () => {
    if (before)
      complain(before.line, `expected a block of code on the next line, because of "${before.kind}"`);
    before = undefined;
  };
  for (const part of safeParts(markdown, complain)) {
    if (before && part.line !== before.line + 1) dropUnused();
    if (part.kind === 'heading') {
      level = part.level;
      for (const section of sections.filter((one) => one.level >= level)) endSection(section, complain);
      sections = sections.filter((one) => one.level < level);
      printed = undefined;
    } else if (part.kind === 'comment') {
      dropUnused();
      const marker = markerOf(part, complain);
      if (marker?.kind !== 'section not run') before = marker && { ...marker, line: part.line };
      else if (level === 0) complain(part.line, 'expected a heading above "not run in this section"');
      else sections = [...sections, { level, line: part.line, reason: marker.reason, isUsed: false }];
    } else {
      const section = sections.at(-1);
      const block = { ...part, fate: fateOf(part, before, section, printed, complain) };
      if (block.fate.kind === 'not run' && before === undefined && section) section.isUsed = true;
      before = undefined;
      printed = block.fate.kind === 'run' ? block : undefined;
      blocks.push(block);
    }
  }
  dropUnused();
  for (const section of sections) endSection(section, complain);
  return { path, blocks, problems };
}

type Complain = (line: number, text: string) => void;

/** A section whose programs are not run. */
interface Section {
  readonly level: number;
  readonly line: number;
  readonly reason: string;
  isUsed: boolean;
}

function endSection({ line, isUsed }: Section, complain: Complain): void {
  if (!isUsed) complain(line, 'expected a program in this section that is not run, got none');
}

function safeParts(markdown: string, complain: Complain): readonly Part[] {
  try {
    return partsOf(markdown);
  } catch (error) {
    complain(1, (error as Error).message);
    return [];
  }
}

function markerOf({ line, text }: Part & { kind: 'comment' }, complain: Complain): Marker | undefined {
  try {
    return readMarker(text);
  } catch (error) {
    complain(line, (error as Error).message);
    return undefined;
  }
}

function fateOf(
  fence: Fence,
  marker: Marker | undefined,
  section: Section | undefined,
  printed: Block | undefined,
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
  section: Section | undefined,
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
