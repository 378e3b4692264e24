import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import { FAILURES_VARIABLE } from './failed-tests.ts';

/**
 * The files that a step on GitHub hands things on with: folders for PATH, Markdown for the summary, outputs. And the
 * one for failed tests.
 */
export interface GithubFiles {
  readonly summary: string;
  /** Of the command that runs. */
  readonly failedTests: string;
  /** The variables that name the files, and PATH with the folders that steps have added. */
  environment(): Promise<Readonly<Record<string, string>>>;
}

/** @param folder is emptied. */
export async function createGithubFiles(folder = join(REPOSITORY, '.cache/ci')): Promise<GithubFiles> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const [path, summary, output, failedTests] = (await Promise.all(
    ['path', 'summary.md', 'output', 'failed-tests'].map(async (name) => {
      const file = join(folder, name);
      await writeFile(file, '');
      return file;
    }),
  )) as [string, string, string, string];
  return {
    summary,
    failedTests,
    async environment() {
      const added = (await readFile(path, 'utf8')).split('\n').filter((line) => line !== '');
      return {
        GITHUB_PATH: path,
        GITHUB_STEP_SUMMARY: summary,
        GITHUB_OUTPUT: output,
        [FAILURES_VARIABLE]: failedTests,
        PATH: [...added.reverse(), process.env['PATH'] ?? ''].join(delimiter),
      };
    },
  };
}
