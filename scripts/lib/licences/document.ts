import type { Notice, Section } from './shipped.ts';

const HEADER = `THIRD-PARTY NOTICES

What the container image and the bundles of this project contain that others made: names, versions, licences (SPDX
expressions) and texts. \`npm run notices\` makes this file from the lock files, from the packages and from what
scripts/lib/licences/facts.json states about the contents of compiled files.

Each numbered text stands once, at the end. licences/ has the texts of the GNU licences and of ONNX Runtime's notices as
files of their own.

Of the image itself:
- Node.js: its licence, with those of what it includes, is /usr/local/LICENSE in the image.
- Debian: the copyright files of its packages are /usr/share/doc/*/copyright in the image.
- The model: models/resnet50/NOTICE.

Not part of the image are the packages that npm installs on a laptop for other platforms and for development. They come
from their publishers, with licences of their own.
`;

const WIDE = '='.repeat(100);
const NARROW = '-'.repeat(100);

/** The text of THIRD-PARTY-NOTICES. The same sections make the same bytes. */
export function noticesDocument(sections: readonly Section[]): string {
  const texts = [...new Set(sections.flatMap(({ notices }) => notices.flatMap((notice) => notice.texts)))];
  const numbers = new Map(texts.map((text, index) => [text, index + 1]));
  const written = sections.map(({ title, about, notices }) =>
    [`${WIDE}\n${title}\n\n${about}`, ...notices.map((notice) => entry(notice, numbers))].join('\n\n'),
  );
  const appendix = texts.map((text, index) => `${NARROW}\nText ${index + 1}\n${NARROW}\n\n${text}`);
  return `${[HEADER, ...written, `${WIDE}\nTexts`, ...appendix].join('\n\n')}\n`;
}

function entry(
  { name, version, licence, source, copyright, texts }: Notice,
  numbers: ReadonlyMap<string, number>,
): string {
  const places = texts.map((text) => numbers.get(text)).join(', ');
  const lines = [
    `Licence: ${licence}`,
    ...(source ? [`Source: ${source}`] : []),
    ...copyright,
    `Text: ${places}`,
  ];
  return [version ? `${name} ${version}` : name, ...lines.map((line) => `    ${line}`)].join('\n');
}
