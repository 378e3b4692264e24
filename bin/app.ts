import { createApp } from '../lib/app.ts';
import { StageError } from '../lib/stages.ts';

try {
  createApp().synth();
} catch (error) {
  if (!(error instanceof StageError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
