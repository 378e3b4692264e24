import { mkdir, readFile, rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { writeFileAtomically } from '../../../scripts/lib/system/files.ts';

/** The parts of a long run that are finished, so that an interrupted run can go on. */
export interface Parts {
  /** The value of a part: from the interrupted run if it has finished this part, else measured now. */
  part<Value>(name: string, measure: () => Promise<Value>): Promise<Value>;
}

/** What an interrupted run and the one that goes on must have in common. */
export type RunIdentity = Readonly<Record<string, string | number | boolean>>;

/**
 * @param folder where the parts are kept as JSON.
 * @param resume whether to go on with the run that was interrupted. Otherwise its parts are removed.
 * @throws Error in one line if there is no such run, or if it was another.
 */
export async function openParts(
  folder: string,
  identity: RunIdentity,
  { resume }: { readonly resume: boolean },
): Promise<Parts> {
  const identityFile = `${folder}/run.json`;
  if (resume) requireSame(await read(identityFile), identity);
  else {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await writeFileAtomically(identityFile, JSON.stringify(identity));
  }
  return {
    async part<Value>(name: string, measure: () => Promise<Value>): Promise<Value> {
      const file = `${folder}/${name}.json`;
      const finished = resume ? await read(file) : undefined;
      if (finished !== undefined) return finished as Value;
      const value = await measure();
      await writeFileAtomically(file, JSON.stringify(value));
      return value;
    },
  };
}

async function read(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}

function requireSame(interrupted: unknown, identity: RunIdentity): void {
  if (interrupted === undefined) throw new Error('--resume: expected an interrupted run, there is none');
  if (!isDeepStrictEqual(interrupted, identity))
    throw new Error(
      `--resume: expected the same run as the interrupted one, ${JSON.stringify(interrupted)}, got ${JSON.stringify(identity)}`,
    );
}
