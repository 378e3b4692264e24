import type { App } from 'aws-cdk-lib';
import { StageError } from './stages.ts';

/** Writes an app's templates. If a setting is invalid, it prints one line and sets the exit code to 1. */
export function synthesize(create: () => App): void {
  try {
    create().synth();
  } catch (error) {
    if (!(error instanceof StageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
