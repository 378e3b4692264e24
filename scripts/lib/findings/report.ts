import type { Stream } from 'node:stream';
import { styleText } from 'node:util';
import { showsUnicode } from '../command/terminal.ts';
import { fill, textColumns } from '../command/wrap.ts';
import type { Finding, NamedFinding } from './finding.ts';

const MARKS: Record<
  Finding['status'],
  { readonly mark: string; readonly colour: 'green' | 'yellow' | 'red' }
> = {
  ok: { mark: 'ok  ', colour: 'green' },
  warn: { mark: 'warn', colour: 'yellow' },
  fail: { mark: 'fail', colour: 'red' },
};

/**
 * A line for each finding, and a line for what to do. Coloured only if the terminal supports it, and no wider than a
 * terminal.
 */
export function formatFindings(
  findings: readonly NamedFinding[],
  stream: Stream & NodeJS.WritableStream & { readonly columns?: number },
): string {
  const width = Math.max(...findings.map(({ name }) => name.length));
  const margin = ' '.repeat(width + 7);
  const columns = (stream.columns ? textColumns(stream) : Number.POSITIVE_INFINITY) - margin.length;
  const arrow = showsUnicode() ? '→' : '->';
  return findings
    .map((finding) => {
      const { mark, colour } = MARKS[finding.status];
      const found = finding.found.split('\n').flatMap((line) => fill(line, columns));
      const advice =
        finding.status === 'ok'
          ? []
          : fill(finding.advice, columns - 2).map(
              (line, index) => `${index > 0 ? '  ' : `${arrow} `}${line}`,
            );
      const start = `${styleText(colour, mark, { stream })} ${finding.name.padEnd(width)}  `;
      return start + [...found, ...advice].join(`\n${margin}`);
    })
    .join('\n');
}

/**
 * Prints findings, as lines or as JSON.
 *
 * @returns the exit code of a command that found them: 1 if a check failed.
 */
export function reportFindings(findings: readonly NamedFinding[], { json = false } = {}): 0 | 1 {
  console.log(json ? JSON.stringify(findings, null, 2) : formatFindings(findings, process.stdout));
  return hasFailed(findings) ? 1 : 0;
}

export const hasFailed = (findings: readonly NamedFinding[]): boolean =>
  findings.some(({ status }) => status === 'fail');
