import { markdownTable } from '../generated/markdown.ts';
import type { NamedFinding } from './finding.ts';

/** Findings for the summary of a job. */
export const findingsMarkdown = (title: string, findings: readonly NamedFinding[]): string =>
  `## ${title}\n\n${markdownTable(['Result', 'Found'], findings.map(findingRow), { align: 'left' })}`;

/** What a check found, and what to do. */
export function findingRow(finding: NamedFinding): [string, string] {
  const advice = finding.status === 'ok' ? '' : ` → ${finding.advice}`;
  const status = finding.status === 'fail' ? '**fail**' : finding.status;
  return [status, plain(`${finding.name}: ${finding.found}${advice}`)];
}

/** Text of a tool or a service in a table: neither Markdown nor HTML of its own. */
export const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\|`*_[\]]/g, '\\$&');
