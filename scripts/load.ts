/**
 * Sends predictions at a steady rate and reports how they were answered:
 *
 *   npm run load -- [--url http://localhost:8080] [--api-key KEY] [--rps 5] [--seconds 30] [--yes] [--json]
 *
 * At most 200 a second for 600 seconds. A service elsewhere needs --yes. Exit codes: 0 every answer was 200, 1 some were
 * not, 2 wrong usage.
 */
import { readOptions, runCommand } from './lib/command/command.ts';
import { applyLoad, formatLoad, isClean } from './lib/load/load.ts';
import { readLoad } from './lib/load/options.ts';

const USAGE = 'Usage: npm run load -- [--url URL] [--api-key KEY] [--rps N] [--seconds N] [--yes] [--json]';

await runCommand(USAGE, async () => {
  const options = readOptions({
    url: { type: 'string', default: 'http://localhost:8080' },
    'api-key': { type: 'string' },
    rps: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '30' },
    yes: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  });
  const result = await applyLoad(readLoad(options));
  console.log(options.json ? JSON.stringify(result, null, 2) : formatLoad(result));
  return isClean(result) ? 0 : 1;
});
