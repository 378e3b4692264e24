import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { REPOSITORY } from '../paths.ts';

const CLI = `${REPOSITORY}node_modules/aws-cdk/bin/cdk`;

export interface CdkOptions {
  /** Whether changes of permissions need no answer. */
  readonly approves: boolean;
  /** Ends the CLI. CloudFormation goes on by itself. */
  readonly signal: AbortSignal;
  /** What a comparison must not show. */
  readonly secrets: readonly string[];
}

/** The CDK CLI for a stage. */
export interface Cdk {
  /** @returns what it printed. @throws Error with its last line */
  diff(image: string | undefined): Promise<string>;
  /** Prints as it goes, and may ask. @returns its exit code; 1 if a signal ended it */
  deploy(image: string | undefined): Promise<number>;
}

/** @param cli the program. @default the one of this repository */
export function cdkOf(stage: string, { approves, signal, secrets }: CdkOptions, cli = CLI): Cdk {
  const start = (args: readonly string[], image: string | undefined, stdio: 'inherit' | 'pipe') => {
    const context = ['-c', `stage=${stage}`, ...(image === undefined ? [] : ['-c', `image=${image}`])];
    const child = spawn(process.execPath, [cli, ...args, ...context], {
      cwd: REPOSITORY,
      stdio: ['inherit', stdio, stdio],
    });
    const stop = () => child.kill();
    signal.addEventListener('abort', stop, { once: true });
    child.once('exit', () => signal.removeEventListener('abort', stop));
    return child;
  };
  return {
    async diff(image) {
      const child = start(['diff'], image, 'pipe');
      const [out, errors, code] = await Promise.all([
        read(child.stdout),
        read(child.stderr),
        exitCode(child),
      ]);
      const printed = hide([out, errors].filter(Boolean).join('\n'), secrets);
      if (code === 0) return printed;
      throw new Error(`cdk diff: expected exit code 0, got ${code}: ${printed.split('\n').at(-1)}`);
    },
    deploy: (image) =>
      exitCode(start(['deploy', ...(approves ? ['--require-approval', 'never'] : [])], image, 'inherit')),
  };
}

async function exitCode(child: ChildProcess): Promise<number> {
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}

const read = async (stream: NodeJS.ReadableStream | null): Promise<string> =>
  stream === null ? '' : stripVTControlCharacters(await text(stream)).trim();

const hide = (printed: string, secrets: readonly string[]): string =>
  secrets.reduce((shown, secret) => shown.replaceAll(secret, '***'), printed);
