import { readFileSync } from 'node:fs';

const INTERVAL_MS = 100;
/** Of x86-64 and of ARM as Lambda and most servers set it up. */
const PAGE_BYTES = 4096;

/** Resident bytes of a process, of which Linux tells; undefined elsewhere, and where the process has ended. */
export function residentBytes(pid: number): number | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return Number(pages) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}

/** What Linux tells of the files that a process has mapped; empty elsewhere. */
export function mappedFiles(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Ends a process that takes more than `maxBytes`, so that a bug in it does not take the machine along. A limit of address
 * space would not do: V8 reserves many times what it uses.
 *
 * @param onKill told how much the process had.
 * @returns a function that ends the watch.
 */
export function guardMemory(pid: number, maxBytes: number, onKill: (bytes: number) => void): () => void {
  const timer = setInterval(() => {
    const bytes = residentBytes(pid);
    if (bytes === undefined || bytes <= maxBytes) return;
    clearInterval(timer);
    onKill(bytes);
    process.kill(pid, 'SIGKILL');
  }, INTERVAL_MS);
  return () => clearInterval(timer);
}
