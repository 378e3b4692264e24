import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { failed, notEarly, succeeded } from './expectations.ts';
import { DETAIL, type FakeService, imagesIn, PREDICTION, type Scenario } from './fake-service.ts';
import { type Prediction, type Run, table } from './run.ts';

/** From the folder of a program. */
const CAT = '../../cat.jpg';
const ESPRESSO = '../../espresso.jpg';
const NO_IMAGE = '../README.md';
const URL_OF_IMAGE = 'https://example.com/cat.jpg';
/** The service's limit is 16. */
const MANY = Array.from({ length: 17 }, () => CAT);
const MAX_ATTEMPTS = 5;

type Case = (run: Run) => Promise<void>;

/** What a program does with the service of this repository at `url`. */
export const serviceCases = (url: string): Readonly<Record<string, Case>> => ({
  'classifies a file': async (run) => {
    succeeded(await run(['--url', url, CAT]), table([[CAT, await predicted(url, CAT)]]));
  },

  'classifies a batch': async (run) => {
    const rows = [CAT, ESPRESSO].map(async (file) => [file, await predicted(url, file)] as const);
    succeeded(await run(['--url', `${url}/`, CAT, ESPRESSO]), table(await Promise.all(rows)));
  },

  'says why a file is refused': async (run) => {
    failed(await run(['--url', url, NO_IMAGE]), '', /^\.\.\/README\.md: unsupported_media_type: .+$/);
  },

  'classifies the rest of a batch': async (run) => {
    const rest = table([[CAT, await predicted(url, CAT)]]);
    failed(await run(['--url', url, NO_IMAGE, CAT]), rest, /^\.\.\/README\.md: unsupported_media_type: .+$/);
  },

  'says how it is called': async (run) => {
    const { exitCode, stderr } = await run([]);
    equal(exitCode, 2);
    match(stderr, /usage: .*\[--url BASE\] FILE_OR_URL/i);
  },

  'says which file cannot be read': async (run) => {
    failed(await run(['--url', url, 'no-such-file.jpg']), '', /^no-such-file\.jpg: .+$/);
  },
});

/** What a program does with answers that the service of this repository cannot be made to give. */
export const fakeCases = (fake: FakeService, program: string): Readonly<Record<string, Case>> => {
  const found = table([[CAT, PREDICTION]]);
  const call = async (
    run: Run,
    scenario: Scenario,
    images: readonly string[],
    env?: Record<string, string>,
  ) => {
    const ended = await run(['--url', fake.baseUrl(program, scenario), ...images], env);
    return { ended, requests: fake.received(program, scenario) };
  };
  const gaveUp = async (run: Run, scenario: Scenario, attempts: number, reason: RegExp) => {
    const { ended, requests } = await call(run, scenario, [CAT]);
    failed(ended, '', reason);
    equal(requests.length, attempts);
  };

  return {
    'classifies a URL, with a key': async (run) => {
      const { ended, requests } = await call(run, 'ready', [URL_OF_IMAGE], { API_KEY: 'a-key' });
      succeeded(ended, table([[URL_OF_IMAGE, PREDICTION]]));
      deepEqual(
        requests.map(({ path }) => path.split('?')[0]),
        ['/predict/url'],
      );
      deepEqual(JSON.parse(String(requests[0]?.body)), { url: URL_OF_IMAGE });
      equal(requests[0]?.headers['x-api-key'], 'a-key');
      equal(requests[0]?.headers.authorization, undefined);
    },

    'waits as long as a busy service asks': async (run) => {
      const { ended, requests } = await call(run, 'busy', [CAT]);
      succeeded(ended, found);
      equal(requests.length, 3);
      notEarly(requests);
      const photo = await readFile(new URL('../../../examples/cat.jpg', import.meta.url));
      ok(
        requests.every(({ body }) => body.equals(photo)),
        'every attempt sends the photo',
      );
      match(ended.stderr, new RegExp(`^overloaded: ${DETAIL} Trying again in [12]\\.\\d+ s\\.$`, 'm'));
    },

    'splits many files, and waits when it was too fast': async (run) => {
      const { ended, requests } = await call(run, 'throttled', MANY);
      succeeded(ended, table(MANY.map((file) => [file, PREDICTION])));
      deepEqual(
        requests.map(({ path, body, headers }) =>
          path.startsWith('/predict/batch') ? imagesIn(body, headers) : 1,
        ),
        [16, 16, 1],
      );
      notEarly(requests.slice(0, 2));
    },

    'sends a request again that was not answered': async (run) => {
      const { ended, requests } = await call(run, 'dropped', [CAT]);
      succeeded(ended, found);
      equal(requests.length, 2);
      match(ended.stderr, /^no answer from http:/);
    },

    'gives up in the end': (run) =>
      gaveUp(
        run,
        'always-busy',
        MAX_ATTEMPTS,
        new RegExp(`^\\.\\./\\.\\./cat\\.jpg: not_ready: ${DETAIL}$`, 'm'),
      ),

    'gives up at once if the wait is too long': (run) => gaveUp(run, 'used-up', 1, /: rate_limited: /),

    'does not send a refused request again, and sends a token': async (run) => {
      const { ended, requests } = await call(run, 'unauthorized', [CAT], { API_TOKEN: 'a-token' });
      failed(ended, '', new RegExp(`^\\.\\./\\.\\./cat\\.jpg: unauthorized: ${DETAIL}$`));
      deepEqual(
        requests.map(({ headers }) => [headers.authorization, headers['x-api-key']]),
        [['Bearer a-token', undefined]],
      );
    },

    'does not repeat an unexpected error': (run) => gaveUp(run, 'broken', 1, /: internal: /),
    'does not follow a redirect': (run) => gaveUp(run, 'moved', 1, /\b302\b/),
    'names the status of an answer without problem details': (run) => gaveUp(run, 'proxy', 1, /\b502\b/),
  };
};

/** What the service says itself. */
async function predicted(url: string, file: string): Promise<Prediction> {
  const body = await readFile(new URL(file, new URL('../../../examples/clients/any/', import.meta.url)));
  const response = await fetch(`${url}/predict?top_k=1`, { method: 'POST', body });
  return ((await response.json()) as { predictions: [Prediction] }).predictions[0];
}
