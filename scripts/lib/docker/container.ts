import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { docker, IMAGE } from './docker.ts';

export interface ContainerSettings {
  /** Of `docker run`, before the name of the image. */
  readonly options?: readonly string[];
  /** `http` for the server; the name of a handler, or nothing, for the emulator. */
  readonly command?: readonly string[];
}

/** A container that is removed at the end of its scope. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /** Where its port 8080 is reached from this machine. */
  readonly url: string;
  readonly exec: (...command: readonly string[]) => Promise<string>;
  /** Standard output and standard error. */
  readonly logs: () => Promise<string>;
  /** One field of `docker inspect`, as a Go template names it. */
  readonly inspect: (field: string) => Promise<string>;
}

export async function startContainer({ options = [], command = [] }: ContainerSettings): Promise<Container> {
  const id = await docker('run', '--detach', '--publish', '127.0.0.1::8080', ...options, IMAGE, ...command);
  return attach(id, (await docker('port', id, '8080/tcp')).split('\n')[0] ?? '', true);
}

/** A container that something else starts and removes. */
export const existingContainer = (id: string, address: string): Container => attach(id, address, false);

function attach(id: string, address: string, isOurs: boolean): Container {
  return {
    id,
    url: `http://${address}`,
    exec: (...command) => docker('exec', id, ...command),
    async logs() {
      const { stdout, stderr } = await promisify(execFile)('docker', ['logs', id], { maxBuffer: 2 ** 26 });
      return stdout + stderr;
    },
    inspect: (field) => docker('inspect', '--format', `{{${field}}}`, id),
    async [Symbol.asyncDispose]() {
      if (isOurs) await docker('rm', '--force', id);
    },
  };
}
