import { requirePipelineStage } from '../../../lib/pipeline/names.ts';
import { UsageError } from '../command/usage-error.ts';
import { loadRequiredPipeline } from '../stages/load.ts';

/** The commands of cdk that run the app, which needs a stage. */
const OF_APP =
  /^(list|ls|synth|synthesize|deploy|destroy|diff|drift|validate|diagnose|rollback|watch|import)$/;
const CONTEXT = /^(?:-c|--context)(?:=|$)/;

/**
 * Says what is missing before cdk does, which would add that its app has failed.
 *
 * @throws UsageError without a command.
 * @throws StageError without a stage or the settings of a pipeline.
 */
export async function checkPipeline(args: readonly string[]): Promise<void> {
  if (args.length === 0) {
    throw new UsageError('COMMAND: expected one of cdk, such as diff or deploy, got nothing');
  }
  if (!args.some((argument) => OF_APP.test(argument))) return;
  requirePipelineStage(contextOf(args)['stage']);
  await loadRequiredPipeline();
}

/** What `-c NAME=VALUE` sets, in each way to write it. */
function contextOf(args: readonly string[]): Readonly<Record<string, string>> {
  const texts = args.flatMap((argument, index) => {
    if (!CONTEXT.test(argument)) return [];
    const equals = argument.indexOf('=');
    return [equals < 0 ? (args[index + 1] ?? '') : argument.slice(equals + 1)];
  });
  return Object.fromEntries(
    texts.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
}
