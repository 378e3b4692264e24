import { type Complain, type Fate, fateOf } from './fates.ts';
import { type Fence, type Part, partsOf } from './markdown/lines.ts';
import { type Marker, readMarker } from './markdown/marker.ts';

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
