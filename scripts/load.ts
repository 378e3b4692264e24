import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { flag, url, wholeNumber } from './lib/command/options.ts';
import { createProgress, REQUESTS } from './lib/command/progress.ts';
import { credentialOptions, readCredentials, requireCredentials } from './lib/credentials/options.ts';
import { requireConsent } from './lib/load/consent.ts';
import { applyLoad, formatLoad, isClean } from './lib/load/load.ts';
import { requireReachable } from './lib/load/reachable.ts';

await runCommand(
  {
    name: 'npm run load --',
    summary: 'Sends predictions at a steady rate and reports how they were answered.',
    examples: ['', '--rps 20 --seconds 60', '--url https://api.example.com --auth api-key --yes'],
    options: {
      url: url({ help: 'the service', default: 'http://localhost:8080' }),
      ...credentialOptions,
      rps: wholeNumber('N', { help: 'requests a second', min: 1, max: 200, default: 5 }),
      seconds: wholeNumber('N', { help: 'how long', min: 1, max: 600, default: 30 }),
      yes: flag('allows a service that is not on this machine'),
      json: flag('prints JSON'),
    },
    exitCodes: { success: 'every answer was 200', failure: 'some were not' },
    explain: explainAwsError,
  },
  async ({ url, rps, seconds, yes, json, ...given }) => {
    requireConsent(url, yes);
    const credentials = await readCredentials(given, url);
    requireCredentials(given.auth, credentials);
    await requireReachable(url);
    // A log keeps the result only.
    const progress = process.stderr.isTTY
      ? createProgress(process.stderr, rps * seconds, REQUESTS)
      : undefined;
    const result = await applyLoad({
      target: { url, credentials },
      requestsPerSecond: rps,
      seconds,
      onProgress: (requests) => progress?.update(requests),
    });
    progress?.stop();
    console.log(json ? JSON.stringify(result, null, 2) : formatLoad(result));
    return isClean(result) ? 0 : 1;
  },
);
