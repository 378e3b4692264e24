/** CHANGELOG.md, in the form of https://keepachangelog.com/en/1.1.0/. */
export interface Changelog {
  /** In the order of the file, the newest first. */
  readonly sections: readonly Section[];
}

/** What a version changes. */
export interface Section {
  /** Such as `1.2.3`, or `Unreleased`. */
  readonly name: string;
  /** Such as `2026-12-01`; undefined for what is not released. */
  readonly date: string | undefined;
  /** Markdown, without the heading, trimmed. */
  readonly body: string;
  /** The index of the line that has the heading. */
  readonly line: number;
}

export const UNRELEASED = 'Unreleased';

const HEADING = /^## \[([^\]]+)\](?: - (\d{4}-\d{2}-\d{2}))?$/;
/** `[1.2.3]: https://…`, at the end of the file. */
const LINK_REFERENCE = /^\[[^\]]+\]: \S+$/;

/** @throws Error if a heading has another form, or stands there twice. */
export function parseChangelog(text: string): Changelog {
  const sections: (Omit<Section, 'body'> & { readonly lines: string[] })[] = [];
  let isCode = false;
  for (const [index, line] of linesOf(text).entries()) {
    if (line.startsWith('```')) isCode = !isCode;
    if (!isCode && line.startsWith('## ')) {
      const heading = parseHeading(line.trimEnd());
      if (sections.some(({ name }) => name === heading.name)) {
        throw new Error(`CHANGELOG.md: expected one section [${heading.name}], got two`);
      }
      sections.push({ ...heading, line: index, lines: [] });
    } else if (isCode || !LINK_REFERENCE.test(line)) {
      sections.at(-1)?.lines.push(line);
    }
  }
  return {
    sections: sections.map(({ lines, ...section }) => ({ ...section, body: lines.join('\n').trim() })),
  };
}

function parseHeading(line: string): Pick<Section, 'name' | 'date'> {
  const [, name, date] = HEADING.exec(line) ?? [];
  if (name === undefined || (name === UNRELEASED) !== (date === undefined)) {
    throw new Error(
      `CHANGELOG.md: expected a heading ## [${UNRELEASED}] or ## [1.2.3] - 2026-12-01, got ${line}`,
    );
  }
  return { name, date };
}

/** @throws Error if the changelog does not have it. */
export function sectionOf({ sections }: Changelog, name: string): Section {
  const found = sections.find((section) => section.name === name);
  if (!found) {
    const names = sections.map((section) => section.name).join(', ') || 'none';
    throw new Error(`CHANGELOG.md: expected a section [${name}], got ${names}`);
  }
  return found;
}

export const newestRelease = ({ sections }: Changelog): Section | undefined =>
  sections.find(({ name }) => name !== UNRELEASED);

/** The entries that declare a breaking change: those that begin with **Breaking. */
export const breakingEntries = ({ body }: Section): readonly string[] =>
  body
    .split(/^(?=[-*] |#)/m)
    .filter((entry) => /^[-*] \*\*Breaking\b/.test(entry))
    .map((entry) => entry.trim());

/** The sections from a version down to the one after `before`: with those of the pre-releases between. @throws Error */
export function sectionsSince(changelog: Changelog, name: string, before: string): readonly Section[] {
  const from = changelog.sections.indexOf(sectionOf(changelog, name));
  const to = changelog.sections.findIndex((section) => section.name === before);
  return changelog.sections.slice(from, to === -1 ? from + 1 : to);
}

/** The entries under Unreleased that declare a breaking change and that an older changelog does not have. */
export function declaredSince(changelog: Changelog, older: Changelog | undefined): readonly string[] {
  const known = new Set(older?.sections.flatMap(breakingEntries));
  return breakingEntries(sectionOf(changelog, UNRELEASED)).filter((entry) => !known.has(entry));
}

/** @returns the text with the section Unreleased named after the version, below a new, empty one. @throws Error */
export function withRelease(
  text: string,
  { version, date }: { readonly version: string; readonly date: string },
): string {
  const changelog = parseChangelog(text);
  if (changelog.sections.some(({ name }) => name === version)) {
    throw new Error(`CHANGELOG.md: expected no section [${version}] yet, got one`);
  }
  const unreleased = sectionOf(changelog, UNRELEASED);
  if (unreleased.body === '') {
    throw new Error(`CHANGELOG.md: expected what ${version} changes under [${UNRELEASED}], got nothing`);
  }
  return linesOf(text)
    .toSpliced(unreleased.line + 1, 0, '', `## [${version}] - ${date}`)
    .join('\n')
    .replace(
      /^\[Unreleased\]: (\S+\/compare\/)(\S+)\.\.\.HEAD$/m,
      (_, compare: string, before: string) =>
        `[${UNRELEASED}]: ${compare}v${version}...HEAD\n[${version}]: ${compare}${before}...v${version}`,
    );
}

/** An editor may have ended the lines as on Windows. */
const linesOf = (text: string): string[] => text.split(/\r?\n/);
