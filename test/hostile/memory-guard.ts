import { readFileSync } from 'node:fs';

const INTERVAL_MS = 100;
/** The page size of x86-64, and of ARM on Lambda and most servers. */
const PAGE_BYTES = 4096;

/** Resident bytes of a process. Undefined if the system is not Linux or the process has ended. */
export function residentBytes(pid: number): number | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ');
    return Number(pages) * PAGE_BYTES;
  } catch {
    return undefined;
  }
}

/** The files that a process has mapped, as Linux lists them. Empty on other systems. */
export function mappedFiles(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/maps`, 'utf8');
  } catch {
    return '';
  }
}

/**
 * Kills a process that takes more than `maxBytes`, so that a bug does not bring down the machine. A limit of
 * the address space would not work, because V8 reserves far more than it uses.
 *
 * @param onKill called with the bytes that the process had.
 * @returns a function that stops watching.
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
