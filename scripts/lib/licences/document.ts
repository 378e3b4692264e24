import type { Notice, Section } from './shipped.ts';

const HEADER = `THIRD-PARTY NOTICES

Third-party components in the container image and in the bundles of this project: names, versions, licences (SPDX
expressions) and texts. \`npm run notices\` generates this file from the lock files, from the packages and from
scripts/lib/licences/facts.json, which describes the contents of compiled files.

Each numbered text appears once, at the end. The folder licences/ has the texts of the GNU licences and of ONNX Runtime's
notices as separate files.

Other parts of the image:
- Node.js: /usr/local/LICENSE in the image has its licence and the licences of what it includes.
- Debian: /usr/share/doc/*/copyright in the image.
- The model: models/resnet50/NOTICE.

The packages that npm installs on a laptop for other platforms and for development are not part of the image. They come
from their publishers, with their own licences.
`;

const WIDE = '='.repeat(100);
const NARROW = '-'.repeat(100);

/** The text of THIRD-PARTY-NOTICES. The same sections give the same bytes. */
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
