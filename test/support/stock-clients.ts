import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { repositoryPath } from './model.ts';

/** With the installation of their packages. */
export const STOCK_CLIENTS_TIMEOUT_MS = 400_000;

/**
 * Calls a service with the clients of Triton and KServe, as `npm run clients:protocol -- URL` does.
 *
 * @returns what was called, a line for each call.
 * @throws Error with all output if a call does not work.
 */
export async function callWithStockClients(
  url: string,
  environment: NodeJS.ProcessEnv = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(repositoryPath('test/clients/protocol/run.sh'), [url], {
      env: { ...process.env, ...environment },
    });
    return stdout;
  } catch (cause) {
    const { stdout, stderr } = cause as { readonly stdout: string; readonly stderr: string };
    throw new Error(`Expected the stock clients to work with ${url}:\n${stdout}${stderr}`, { cause });
  }
}
