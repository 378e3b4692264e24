import type { Container } from './container.ts';

/** The process of the service. The container may also run the emulator or the engine's init process. */
const FIND_SERVICE = `
  const service = fs.readdirSync('/proc').find((pid) => /^[0-9]+$/.test(pid) &&
    fs.readFileSync('/proc/' + pid + '/cmdline', 'latin1').startsWith('/usr/local/bin/node\\0/lambda-entrypoint.mjs\\0'));
  if (!service) throw new Error('the service does not run');`;

/**
 * Runs JavaScript in the container of the service, which has no shell. The variable `service` holds the id of
 * the service's process.
 */
export const execBesideService = (container: Container, code: string): Promise<string> =>
  container.exec('node', '--eval', `${FIND_SERVICE}\n${code}`);

/** A file of /proc about the process of the service. */
export const serviceProcess = (container: Container, file: 'stat' | 'status'): Promise<string> =>
  execBesideService(container, `console.log(fs.readFileSync('/proc/' + service + '/${file}', 'utf8'))`);

/** Resident memory in MiB of the process of the service in a container. */
export async function containerResidentMiB(container: Container): Promise<number> {
  const status = await serviceProcess(container, 'status');
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (!kibibytes) throw new Error(`Expected VmRSS in the status of a process, got ${status}`);
  return Number(kibibytes) / 1024;
}
