import { chmodSync, renameSync } from 'node:fs';
import { argv } from 'node:process';

/**
 * Replaces the shell in images built `FROM` this one, which has none. SAM CLI builds such an image to add its
 * emulator, with one line: `RUN mv FILE TARGET && chmod +x TARGET`.
 */
const COMMANDS = {
  mv: (from, to) => renameSync(from, to),
  chmod: (_mode, file) => chmodSync(file, 0o755),
};

const [, , line = ''] = argv;
for (const part of line.split('&&')) {
  const [name, ...words] = part.trim().split(/\s+/);
  if (!Object.hasOwn(COMMANDS, name) || words.length !== 2 || (name === 'chmod' && words[0] !== '+x')) {
    throw new Error(
      `Expected "mv FILE TARGET" or "chmod +x FILE", because this image has no shell; got "${part.trim()}". ` +
        'To run other commands, build from the base image of the Dockerfile instead.',
    );
  }
  COMMANDS[name](...words);
}
