import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import { run } from '../system/run.ts';
import { haveSameAssets, withoutAssets } from './assets.ts';
import type { StackDiff } from './markdown.ts';
import { readDiff } from './read-diff.ts';
import { STAGE_APPS, type StageApp, synthesize, TEMPLATE } from './synthesize.ts';

const CDK = join(REPOSITORY, 'node_modules/aws-cdk/bin/cdk');

/**
 * Compares the templates of every stage in another commit with those of the working tree.
 *
 * @param base the folder of the other commit, with its packages. @param work an empty folder.
 * @throws Error if a stage of the working tree cannot be synthesised.
 */
export async function compareTemplates(base: string, work: string): Promise<readonly StackDiff[]> {
  // Stages share the stack of GitHub's identity provider.
  const stacks = new Map<string, StackDiff>();
  for (const app of STAGE_APPS) {
    const compared = await compareApp(base, join(work, `${app.program}-${app.stage}`), app);
    for (const diff of compared) stacks.set(diff.stack, diff);
  }
  return [...stacks.values()];
}

async function compareApp(base: string, work: string, app: StageApp): Promise<readonly StackDiff[]> {
  const [oldOut, newOut] = [join(work, 'old'), join(work, 'new')];
  await mkdir(work);
  const [old, current] = await Promise.allSettled([
    synthesize(base, app, oldOut),
    synthesize(REPOSITORY, app, newOut),
  ]);
  if (current.status === 'rejected') throw current.reason;
  const newTemplates = current.value;
  // The other commit may be older than the stage.
  if (old.status === 'rejected') console.error(`${app.stage} of the other commit: ${old.reason.message}`);
  const oldTemplates = old.status === 'fulfilled' ? old.value : new Map<string, string>();
  const diffs: StackDiff[] = [];
  for (const stack of new Set([...oldTemplates.keys(), ...newTemplates.keys()])) {
    const [before, after] = [oldTemplates.get(stack), newTemplates.get(stack)];
    if (before === undefined) diffs.push({ kind: 'new', stack });
    else if (after === undefined) diffs.push({ kind: 'gone', stack });
    else {
      const file = `${stack}${TEMPLATE}`;
      await Promise.all([
        writeFile(join(oldOut, file), withoutAssets(before)),
        writeFile(join(newOut, file), withoutAssets(after)),
      ]);
      const diff = readDiff(await cdkDiff(stack, newOut, join(oldOut, file)));
      diffs.push({ kind: 'both', stack, hasNewAssets: !haveSameAssets(before, after), diff });
    }
  }
  return diffs;
}

/** With `--template`, the CDK asks AWS for nothing. With `--ci`, it prints to stdout. */
const cdkDiff = (stack: string, assembly: string, template: string): Promise<string> =>
  run(
    process.execPath,
    [CDK, 'diff', stack, '--exclusively', '--app', assembly, '--template', template, '--ci', '--no-notices'],
    {
      env: {
        ...process.env,
        NO_COLOR: '1',
        FORCE_COLOR: '0',
        AWS_EC2_METADATA_DISABLED: 'true',
        CDK_DISABLE_CLI_TELEMETRY: 'true',
        CDK_DISABLE_VERSION_CHECK: 'true',
      },
    },
  );
