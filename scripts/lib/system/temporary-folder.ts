import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TemporaryFolder extends Disposable {
  readonly path: string;
}

const folders = new Set<string>();

function removeAll(): void {
  for (const folder of folders) {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // A tool still writes there. The other folders go all the same.
    }
  }
}

const onInterrupt = () => process.exit(130);
const onTerminate = () => process.exit(143);

/**
 * A folder that only this user can read. It is removed at the end of the scope, or when SIGINT (Ctrl-C), SIGTERM or an exit
 * ends this process before.
 */
export async function temporaryFolder(prefix: string): Promise<TemporaryFolder> {
  const path = await mkdtemp(join(tmpdir(), prefix));
  if (folders.size === 0) {
    process.once('exit', removeAll);
    process.once('SIGINT', onInterrupt);
    process.once('SIGTERM', onTerminate);
  }
  folders.add(path);
  return { path, [Symbol.dispose]: () => remove(path) };
}

function remove(path: string): void {
  rmSync(path, { recursive: true, force: true });
  folders.delete(path);
  if (folders.size > 0) return;
  process.removeListener('exit', removeAll);
  process.removeListener('SIGINT', onInterrupt);
  process.removeListener('SIGTERM', onTerminate);
}
