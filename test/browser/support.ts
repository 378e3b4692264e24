import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest';
import { composeAdmin } from '../../lambda/admin.ts';
import { createBudgets } from '../../lambda/budget/budgets.ts';
import { type Environment, readConfig } from '../../lambda/config.ts';
import { createHttpApp } from '../../lambda/http/app.ts';
import { startServer } from '../../lambda/http/server/server.ts';
import type { Classifier } from '../../lambda/model/classifier.ts';
import type { Manifest } from '../../lambda/model/manifest.ts';
import { createModels } from '../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../lambda/prediction/predictor.ts';
import { createLogSink } from '../../lambda/telemetry/log/log-sink.ts';
import { createRecorder } from '../../lambda/telemetry/recorder.ts';
import { loadedSource } from '../../scripts/lib/model/loaded-source.ts';
import { findChromium } from '../../scripts/lib/screenshots/chromium.ts';
import { manifest as fakeManifest } from '../support/model.ts';

export const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

const CHROMIUM = findChromium();

/** Without a browser, the tests are skipped on a laptop and fail on a build server. */
export const noBrowser = CHROMIUM === undefined && process.env['CI'] !== 'true';
if (noBrowser)
  process.stderr.write('Browser tests skipped: found no Chromium. Set CHROMIUM_PATH to its path.\n');

const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--disable-quic',
];

const LABELS = ['Egyptian cat', 'tabby', 'tiger cat', 'lynx', 'Persian cat', 'cougar', 'cheetah'];
const PROBABILITIES = [0.8733, 0.074, 0.0421, 0.0066, 0.0011, 0.0009, 0.0004];

const MANIFEST: Manifest = {
  ...fakeManifest,
  name: 'resnet50',
  version: '9.8.7-fake',
  accuracy: [{ dataset: 'photos of cats', images: 100, top1: 0.5, top5: 0.75, precision: 'int8' }],
};

/** A model that always predicts the same cat, and that can be paused. */
function fakeModel(changes: Partial<Manifest>) {
  const manifest = { ...MANIFEST, ...changes };
  let held: Promise<void> = Promise.resolve();
  const labels = LABELS.map((label, index) => ({ index, wnid: `n0000000${index}`, label }));
  const classifier: Classifier = {
    manifest,
    labels,
    threads: 1,
    activationMapper: undefined,
    async run(_images, count) {
      await held;
      return Array.from({ length: count }, () => ({ scores: Float32Array.from(PROBABILITIES) }));
    },
    probabilities: (scores) => scores,
    name: (_scores, top) =>
      labels
        .slice(0, top)
        .map((label, index) => ({ ...label, rank: index + 1, probability: PROBABILITIES[index] ?? 0 })),
  };
  return {
    classifier,
    /** Pauses predictions until the returned function is called. */
    hold(): () => void {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      return gate.resolve;
    },
  };
}

/** The service behind API Gateway, which adds the stage to every path and removes it for the service. */
export const GATEWAY = 'https://gateway.example/prod';

interface Visit extends BrowserContextOptions {
  readonly path?: string;
  /** URL of the service: {@link GATEWAY}. @default its own server */
  readonly base?: string;
  /** The only address outside the service that the page may open. */
  readonly foreign?: string;
  /** Console errors that the test expects. */
  readonly expected?: RegExp;
}

/**
 * The real app with fake models, and a browser.
 *
 * @param manifests how the model differs from the usual one, and the further models.
 */
export async function startBrowserTests(
  environment: Environment = {},
  manifests: readonly [Partial<Manifest>, ...Partial<Manifest>[]] = [{}],
) {
  const config = readConfig({ PORT: '0', LOG_LEVEL: 'SILENT', INTRA_OP_THREADS: '1', ...environment });
  const [{ classifier, hold }, ...others] = [fakeModel(manifests[0]), ...manifests.slice(1).map(fakeModel)];
  const budgets = createBudgets(config.budgets);
  const sourceOf = (loaded: Classifier) => loadedSource(Promise.resolve(loaded));
  const models = createModels([sourceOf(classifier), ...others.map((other) => sourceOf(other.classifier))], {
    config,
    budgets,
    queue: createPredictionQueue(),
  });
  await Promise.all(models.all.map((model) => model.load()));
  const { name, version } = classifier.manifest;
  const admin =
    config.admin &&
    composeAdmin(config, config.admin, {
      inFlight: () => 0,
      waiting: () => 0,
      models: () => [{ name, version, state: 'ready' }],
      readyAfterMs: () => 0,
    });
  const app = createHttpApp({
    config,
    models,
    budgets,
    fetchUrl: async (_url, take) => {
      await take(await readFile(example('cat.jpg')));
    },
    observability: createRecorder([createLogSink(config, () => 0), ...(admin?.sinks ?? [])]),
    addAdminRoutes: admin?.addRoutes,
  });
  const server = await startServer(app, config.server);
  const browser = await chromium.launch({ executablePath: CHROMIUM ?? 'chromium', args: ARGUMENTS });
  let complaints: string[] = [];

  async function visit(visit: Visit = {}): Promise<Page> {
    const { path = '/', base = server.url, foreign, expected, ...options } = visit;
    const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ...options });
    onTestFinished(() => context.close());
    context.setDefaultTimeout(10_000);
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
    await context.addInitScript({ path: fileURLToPath(new URL('./in-page.js', import.meta.url)) });
    const page = await context.newPage();
    page.on('request', (request) => {
      const url = request.url();
      const own = [`${base}/`, `blob:${new URL(base).origin}/`, 'data:'].some((prefix) =>
        url.startsWith(prefix),
      );
      if (!own && url !== foreign) complaints.push(`request to ${url}`);
    });
    page.on('console', (message) => {
      const text = message.text();
      if (message.type() === 'error' && !expected?.test(text)) complaints.push(text);
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await context.route(`${GATEWAY}/**`, async (route) => {
      const url = route.request().url().replace(GATEWAY, server.url);
      await route.fulfill({ response: await route.fetch({ url }) });
    });
    await page.goto(base + path);
    return page;
  }

  return {
    origin: server.url,
    hold,
    visit,
    /** Console errors, uncaught errors, CSP violations and requests to other sites since the last call. */
    takeComplaints(): string[] {
      const taken = complaints;
      complaints = [];
      return taken;
    },
    async stop(): Promise<void> {
      await browser.close();
      admin?.endViews();
      server.drain();
    },
  };
}

export type BrowserTests = Awaited<ReturnType<typeof startBrowserTests>>;

/**
 * Starts a service and a browser before the tests of a block, and stops them after it. A test fails if it leaves a
 * complaint that it has not taken.
 */
export function browserTests(
  ...settings: Parameters<typeof startBrowserTests>
): Pick<BrowserTests, 'origin' | 'hold' | 'visit' | 'takeComplaints'> {
  let tests: BrowserTests;
  beforeAll(async () => {
    tests = await startBrowserTests(...settings);
  }, 30_000);
  afterAll(() => tests?.stop());
  afterEach(() => expect(tests.takeComplaints()).toEqual([]));
  return {
    get origin() {
      return tests.origin;
    },
    hold: () => tests.hold(),
    visit: (visit) => tests.visit(visit),
    takeComplaints: () => tests.takeComplaints(),
  };
}

/** The text with no-break spaces as ordinary spaces. */
export const plain = (text: string | null): string => (text ?? '').replaceAll('\u00a0', ' ').trim();

type InPage = Record<string, (argument: unknown) => unknown>;

/** Calls one of the functions of in-page.js. */
export const inPage = <Result = unknown>(page: Page, name: string, argument?: unknown): Promise<Result> =>
  page.evaluate(
    ([name, argument]) => (globalThis as unknown as { inPage: InPage }).inPage[name]?.(argument) as Result,
    [name, argument] as const,
  );
