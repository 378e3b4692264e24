import { appendFile } from 'node:fs/promises';

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

/** Adds Markdown to the summary of the step, if this is one: the file that GITHUB_STEP_SUMMARY names. */
export async function writeSummary(markdown: string): Promise<void> {
  const file = process.env['GITHUB_STEP_SUMMARY'];
  if (file) await appendFile(file, `${markdown.trimEnd()}\n\n`);
}
