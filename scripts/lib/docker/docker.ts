import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const repository = fileURLToPath(new URL('../../..', import.meta.url));

export const IMAGE = 'resnet50';
/** What the Runtime Interface Emulator and `sam local start-lambda` call the one function there is. */
export const INVOKE_PATH = '/2015-03-31/functions/function/invocations';

/** Standard output of a Docker command. @throws with what it wrote to standard error. */
export async function docker(...args: readonly string[]): Promise<string> {
  const { stdout } = await run('docker', args, { cwd: repository, maxBuffer: 2 ** 26 });
  return stdout.trimEnd();
}

export interface ContainerSettings {
  /** Of `docker run`, in front of the image's name. */
  readonly options?: readonly string[];
  /** `http` for the server; a handler's name, or nothing, for the emulator. */
  readonly command?: readonly string[];
}

/** A container that ends with its scope. */
export interface Container extends AsyncDisposable {
  readonly id: string;
  /** Its port 8080 from here. */
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

/** A container that something else has started, and ends. */
export const existingContainer = (id: string, address: string): Container => attach(id, address, false);

function attach(id: string, address: string, isOurs: boolean): Container {
  return {
    id,
    url: `http://${address}`,
    exec: (...command) => docker('exec', id, ...command),
    async logs() {
      const { stdout, stderr } = await run('docker', ['logs', id], { maxBuffer: 2 ** 26 });
      return stdout + stderr;
    },
    inspect: (field) => docker('inspect', '--format', `{{${field}}}`, id),
    async [Symbol.asyncDispose]() {
      if (isOurs) await docker('rm', '--force', id);
    },
  };
}

/** Asks again until there is an answer, which a starting server does not give. */
export async function retry<Result>(
  work: () => Promise<Result>,
  { timeoutMs = 20_000, pauseMs = 10 }: { timeoutMs?: number; pauseMs?: number } = {},
): Promise<Result> {
  const end = performance.now() + timeoutMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}

/** The process that runs the service: beside it there may be the emulator, or the engine's init process. */
const FIND_SERVICE = `
  const service = fs.readdirSync('/proc').find((pid) => /^[0-9]+$/.test(pid) &&
    fs.readFileSync('/proc/' + pid + '/cmdline', 'latin1').startsWith('/usr/local/bin/node\\0/lambda-entrypoint.mjs\\0'));
  if (!service) throw new Error('the service does not run');`;

/**
 * Runs a piece of JavaScript beside the service, in its container, which has no shell. It finds the id of the service's
 * process in `service`.
 */
export const execBesideService = (container: Container, code: string): Promise<string> =>
  container.exec('node', '--eval', `${FIND_SERVICE}\n${code}`);

/** A file of /proc about the process that runs the service. */
export const serviceProcess = (container: Container, file: 'stat' | 'status'): Promise<string> =>
  execBesideService(container, `console.log(fs.readFileSync('/proc/' + service + '/${file}', 'utf8'))`);

/** Resident memory in MiB of the process that runs the service in a container. */
export async function residentMiB(container: Container): Promise<number> {
  const status = await serviceProcess(container, 'status');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (!kibibytes) throw new Error(`Expected VmRSS in the status of a process, got ${status}`);
  return Number(kibibytes) / 1024;
}
