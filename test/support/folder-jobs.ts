import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Budgets, createBudgets } from '../../lambda/budget/budgets.ts';
import { type Config, type Environment, readConfig } from '../../lambda/config.ts';
import { createUrlFetcher } from '../../lambda/fetch/fetch.ts';
import { resultLine } from '../../lambda/http/jobs/result-line.ts';
import { type FolderEngine, openFolderEngine } from '../../lambda/jobs/folder/folder-engine.ts';
import { checkWebhookUrl } from '../../lambda/jobs/webhook/url.ts';
import { createModels, type Models } from '../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../lambda/prediction/predictor.ts';
import { loadedSource } from '../../scripts/lib/model/loaded-source.ts';
import { type TestApp, testApp } from './app.ts';
import { fakeClassifier } from './model.ts';

/** It resolves no name, so it reaches nothing. */
export const fetchNothing = createUrlFetcher(
  {
    accept: 'image/*',
    allowHttp: false,
    maxBytes: 20_000_000,
    maxRedirects: 0,
    totalTimeoutMs: 1000,
    idleTimeoutMs: 1000,
  },
  { resolve: async () => [] },
);

export interface TestModels {
  readonly config: Config;
  readonly budgets: Budgets;
  readonly models: Models;
}

/** A fake model and its budgets, for an app and an engine that share them. */
export async function testModels(environment: Environment): Promise<TestModels> {
  const config = readConfig({ MODELS: 'resnet50', ...environment });
  const budgets = createBudgets(config.budgets);
  const models = createModels([loadedSource(Promise.resolve(fakeClassifier()))], {
    config,
    budgets,
    queue: createPredictionQueue(),
  });
  await models.default.load();
  return { config, budgets, models };
}

export interface FolderJobs extends TestApp {
  readonly engine: FolderEngine;
  readonly budgets: Budgets;
  readonly folder: string;
  readonly close: () => Promise<void>;
}

/** The app with uploads and jobs in a folder of its own. */
export async function folderJobs(environment: Environment = {}): Promise<FolderJobs> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-'));
  const settings = { DATA_DIR: folder, ...environment };
  const { config, budgets, models } = await testModels(settings);
  if (config.jobs?.kind !== 'folder') throw new Error('expected the settings of a folder');
  const engine = await openFolderEngine({
    settings: config.jobs,
    models,
    budgets,
    fetchUrl: fetchNothing,
    maxImageBytes: 20_000_000,
    format: resultLine,
    webhooks: {
      check: (url) => checkWebhookUrl(url, { allowHttp: false }),
      send: () => Promise.reject(new Error('this test sends nothing')),
    },
    onProblem: (reason) => {
      throw new Error(reason);
    },
    onResume: () => {},
  });
  return {
    ...testApp({ models, budgets, jobs: async () => engine }, settings),
    engine,
    budgets,
    folder,
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}
