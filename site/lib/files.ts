import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY } from './repository.ts';

/** Files of the repository that Git tracks, or would track: what it ignores is no part of the documentation. */
export function repositoryFiles(...patterns: readonly string[]): readonly string[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--', ...patterns];
  const found = execFileSync('git', args, { cwd: REPOSITORY, encoding: 'utf8' });
  // Git also lists files that were deleted and not committed.
  return [...new Set(found.split('\0'))]
    .filter((file) => file !== '' && existsSync(join(REPOSITORY, file)))
    .sort();
}

export const readRepositoryText = (path: string): string => readFileSync(join(REPOSITORY, path), 'utf8');
