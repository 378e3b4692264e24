import { STOP_CODES } from './stop-codes.ts';

/** Node.js would colour with both, and warn. */
function obeyNoColor(): void {
  if (process.env['NO_COLOR']) delete process.env['FORCE_COLOR'];
}

let areHandled = false;

/**
 * Lets Ctrl-C and SIGTERM end a command as an exit, which restores the terminal and removes temporary folders. A command
 * that listens for them itself decides on its own. And lets it go on if the reader of its output goes away, as `head`
 * does.
 */
export function handleProcessEvents(): void {
  if (areHandled) return;
  areHandled = true;
  obeyNoColor();
  for (const [signal, code] of Object.entries(STOP_CODES)) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(code);
    });
  }
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
