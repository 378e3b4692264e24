import { findingRow, plain } from '../findings/markdown.ts';
import { markdownTable } from '../generated/markdown.ts';
import { SUMMARY_BYTES } from '../github/step.ts';
import { type DeliveryRecord, duration, headline, versionChange } from './record.ts';

/** Leaves room for all the rest of the record, and for other records of the step. */
const MOST_DIFF_BYTES = SUMMARY_BYTES / 4;

/** The record for the summary of a job. */
export function recordMarkdown(record: DeliveryRecord): string {
  return [
    `## ${headline(record)}`,
    failureText(record),
    facts(record),
    steps(record),
    record.diff === undefined ? undefined : collapsed('Changes (cdk diff)', record.diff),
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

function failureText({ outcome }: DeliveryRecord): string | undefined {
  if (outcome.kind === 'succeeded') return undefined;
  return `**${plain(outcome.reason)}**\n\n${plain(outcome.advice)}`;
}

function facts(record: DeliveryRecord): string {
  const { stage, commit, image, by, links, versions } = record;
  const rows = [
    ['Stage', stage],
    ['Version', versionChange(versions)],
    ...(commit === undefined ? [] : [['Commit', `\`${commit}\``]]),
    ...(image === undefined ? [] : [['Image', `\`${image}\``]]),
    ...(by === undefined ? [] : [['By', plain(by)]]),
    ['Took', duration(record)],
    ...(links.length === 0 ? [] : [['Links', links.map(({ text, url }) => `[${text}](${url})`).join(' · ')]]),
  ];
  return markdownTable(['', ''], rows, { align: 'left' });
}

function steps({ steps }: DeliveryRecord): string {
  const rows = steps.flatMap(({ name, passed, seconds, findings }) => [
    [name, passed ? 'passed' : '**failed**', `${seconds.toFixed(0)} s`, ''],
    ...findings.map((finding) => {
      const [result, found] = findingRow(finding);
      return ['', result, '', found];
    }),
  ]);
  return markdownTable(['Step', 'Result', 'Time', 'Found'], rows, { align: 'left' });
}

/** Text as it is, which opens with a click. Cut at a line if it is too long for a summary. */
function collapsed(title: string, text: string): string {
  const bytes = Buffer.from(text);
  const isCut = bytes.length > MOST_DIFF_BYTES;
  const shown = isCut
    ? bytes
        .subarray(0, MOST_DIFF_BYTES)
        .toString()
        .replace(/\n[^\n]*$/, '')
    : text;
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const rest = isCut ? '\n\nThe rest is in the log of the step.' : '';
  return `<details><summary>${title}</summary>\n\n${fence}\n${shown}\n${fence}${rest}\n\n</details>`;
}
