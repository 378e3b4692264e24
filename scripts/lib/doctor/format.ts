import type { Stream } from 'node:stream';
import { alignColumns } from '../command/columns.ts';
import { formatFindings } from '../findings/report.ts';
import type { Report } from './doctor.ts';

/** The report for a terminal. The names of all sections have the same width. */
export function formatReport(
  { stage, region, sections, links }: Report,
  stream: Stream & NodeJS.WritableStream,
): string {
  const findings = sections.flatMap((section) => section.findings);
  const count = (status: string, name: string) => {
    const found = findings.filter((finding) => finding.status === status).length;
    return `${found} ${name}${found === 1 ? '' : 's'}`;
  };
  const width = Math.max(...findings.map(({ name }) => name.length));
  return [
    `${stage} in ${region}: ${count('fail', 'failure')}, ${count('warn', 'warning')}`,
    ...sections.map(({ title, findings }) => {
      const padded = findings.map((finding) => ({ ...finding, name: finding.name.padEnd(width) }));
      return `${title}\n${formatFindings(padded, stream)}`;
    }),
    alignColumns(links.map(({ text, url }) => [text, url])),
  ].join('\n\n');
}
