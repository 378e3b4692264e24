import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { stackName } from '../../../lib/stages.ts';
import { type Inventory, inventoryOf } from './inventory.ts';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

/**
 * Synthesises a stage in a process of its own, as the CDK's command does, and counts what its template holds.
 *
 * @param stages overrides of settings, as cdk.json holds them.
 */
export async function countStage(stage: string, stages: unknown): Promise<Inventory> {
  const directory = await mkdtemp(join(tmpdir(), 'templates-'));
  try {
    await promisify(execFile)(process.execPath, ['bin/app.ts'], {
      cwd: repository,
      env: {
        ...process.env,
        CDK_OUTDIR: directory,
        CDK_CONTEXT_JSON: JSON.stringify({ stage, stages }),
      },
    });
    const name = `${stackName(stage)}.template.json`;
    return inventoryOf(await readFile(join(directory, name), 'utf8'), name);
  } finally {
    await rm(directory, { recursive: true });
  }
}
