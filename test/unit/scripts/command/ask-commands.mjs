import { pathToFileURL } from 'node:url';

/**
 * Runs commands one after the other in this process, each with `--help`, with an option that does not
 * exist, and with that option after the arguments of each example, and prints what each one said as JSON. One process for all of them, because most of a command's
 * start is loading its modules.
 *
 *   node ask-commands.mjs FILE...
 */
const answers = {};
for (const file of process.argv.slice(2)) {
  const url = pathToFileURL(file).href;
  const help = await ask(`${url}?help`, file, '--help');
  const examples = {};
  for (const [line] of help.stdout.matchAll(/^ {2}(npm run|node) .*$/gm)) {
    const args = line
      .trim()
      .split(' ')
      .slice(line.includes(' -- ') ? 4 : 3);
    examples[line.trim()] = await ask(
      `${url}?${encodeURIComponent(line)}`,
      file,
      ...args,
      '--no-such-option',
    );
  }
  answers[file] = { help, unknown: await ask(`${url}?unknown`, file, '--no-such-option'), examples };
}
process.exitCode = 0;
process.stdout.write(JSON.stringify(answers));

async function ask(url, file, ...args) {
  const answer = { code: undefined, stdout: '', stderr: '' };
  const { log, error } = console;
  console.log = (text) => {
    answer.stdout += text;
  };
  console.error = (text) => {
    answer.stderr += text;
  };
  process.argv = [process.execPath, file, ...args];
  process.exitCode = undefined;
  try {
    await import(url);
    answer.code = process.exitCode ?? 0;
  } finally {
    Object.assign(console, { log, error });
  }
  return answer;
}
