import { readFileSync } from 'node:fs';

/**
 * How many files and connections this process may have open. Undefined without a limit, or where it is not known. Node.js
 * raises its own limit to the hard one when it starts.
 *
 * @param limits proc_pid_limits(5).
 */
export function maxOpenFiles(limits = '/proc/self/limits'): number | undefined {
  try {
    const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync(limits, 'utf8')) ?? [];
    return soft === undefined ? undefined : Number(soft);
  } catch {
    // Not Linux.
    return undefined;
  }
}
