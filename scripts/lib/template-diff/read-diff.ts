/** What CloudFormation does to a resource. */
export type Impact = 'deleted' | 'orphaned' | 'replaced' | 'perhaps replaced' | 'changed' | 'added';

export interface Change {
  readonly impact: Impact;
  /** The line of the resource, and the lines of its changed properties. */
  readonly text: string;
}

/** The differences that `cdk diff` prints. */
export interface TemplateDiff {
  /** Tables of IAM statements, IAM policies and security groups. */
  readonly security: readonly string[];
  readonly resources: readonly Change[];
  /** Parameters, outputs and the like. */
  readonly others: readonly string[];
}

const RESOURCES = 'Resources';
/** The heading of a section stands alone on its line. The name of the stack and the count at the end do not. */
const HEADING = /^[A-Z][A-Za-z]+( [A-Z][A-Za-z]+)*$/;
const SECURITY = /^(IAM|Security Group)/;
const IMPACTS: readonly (readonly [RegExp, Impact])[] = [
  [/^\[\+\]/, 'added'],
  [/ destroy$/, 'deleted'],
  [/ orphan$/, 'orphaned'],
  [/ may be replaced$/, 'perhaps replaced'],
  [/ replace$/, 'replaced'],
];

/** Reads what `cdk diff` prints for one stack, without colours. */
export function readDiff(printed: string): TemplateDiff {
  const sections = sectionsOf(printed);
  const textOf = ([heading, lines]: readonly [string, readonly string[]]) =>
    [heading, ...lines].join('\n').trimEnd();
  return {
    security: sections.filter(([heading]) => SECURITY.test(heading)).map(textOf),
    resources: sections.filter(([heading]) => heading === RESOURCES).flatMap(([, lines]) => changesIn(lines)),
    others: sections.filter(([heading]) => heading !== RESOURCES && !SECURITY.test(heading)).map(textOf),
  };
}

function sectionsOf(printed: string): readonly (readonly [heading: string, lines: readonly string[]])[] {
  const sections: [string, string[]][] = [];
  for (const line of printed.split('\n')) {
    if (HEADING.test(line)) sections.push([line, []]);
    // The count of stacks at the end.
    else if (!line.startsWith('✨')) sections.at(-1)?.[1].push(line);
  }
  return sections;
}

/** The line of a resource begins at the margin, and those of its properties are indented. */
function changesIn(lines: readonly string[]): readonly Change[] {
  const blocks: string[][] = [];
  for (const line of lines) {
    if (line.startsWith('[')) blocks.push([line]);
    else if (line.trim() !== '') blocks.at(-1)?.push(line);
  }
  return blocks.map(([first = '', ...rest]) => ({
    impact: IMPACTS.find(([pattern]) => pattern.test(first))?.[1] ?? 'changed',
    text: [first, ...rest].join('\n'),
  }));
}
