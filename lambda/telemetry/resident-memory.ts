let last = 0;

/**
 * Resident memory of the process, in bytes. Node.js reads it from /proc, which fails while too many files are open: then it
 * is the last value, because nothing that is recorded may end the process.
 */
export function residentBytes(): number {
  try {
    last = process.memoryUsage.rss();
  } catch {}
  return last;
}
