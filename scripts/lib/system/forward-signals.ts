import type { ChildProcess } from 'node:child_process';

/** Lets a program end on SIGINT (Ctrl-C) and SIGTERM in its own way, while this process waits for it. */
export function forwardSignals(child: ChildProcess): Disposable {
  // A terminal sends Ctrl-C to the program too.
  const interrupt = () => void (process.stdin.isTTY || child.kill('SIGINT'));
  const terminate = () => void child.kill('SIGTERM');
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', terminate);
  return {
    [Symbol.dispose]() {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
    },
  };
}
