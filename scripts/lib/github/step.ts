import { appendFile, stat } from 'node:fs/promises';

/** GitHub drops a summary of a step that is longer: docs.github.com, "Workflow commands", "Step isolation and limits". */
export const SUMMARY_BYTES = 1024 * 1024;

/**
 * Sets outputs of the step of a workflow, if this is one: lines in the file that GITHUB_OUTPUT names.
 *
 * @throws Error for a value with a line break, which would be read as another output.
 */
export async function writeOutputs(outputs: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(outputs).map(([name, value]) => {
    if (/[\r\n]/.test(value)) throw new Error(`output ${name}: expected one line, got several`);
    return `${name}=${value}\n`;
  });
  const file = process.env['GITHUB_OUTPUT'];
  if (file) await appendFile(file, lines.join(''));
}

const CUT = '\n\nThe rest is in the log of the step.';

/**
 * Adds Markdown to the summary of the step, if this is one: the file that GITHUB_STEP_SUMMARY names. Cuts it at a line where all of the
 * summary would be longer than GitHub takes.
 */
export async function writeSummary(markdown: string): Promise<void> {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (!file) return;
  const used = await stat(file).then(
    ({ size }) => size,
    () => 0,
  );
  const text = fitting(markdown.trimEnd(), SUMMARY_BYTES - used - '\n\n'.length);
  if (text) await appendFile(file, `${text}\n\n`);
}

/** @returns empty if there is no room for anything. */
function fitting(text: string, room: number): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= room) return text;
  const most = room - CUT.length;
  if (most <= 0) return '';
  const start = bytes.subarray(0, most).toString();
  return `${start.slice(0, Math.max(0, start.lastIndexOf('\n')))}${CUT}`;
}
