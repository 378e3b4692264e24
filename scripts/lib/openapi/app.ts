import { type Budgets, createBudgets } from '../../../lambda/budget/budgets.ts';
import { composeFolderJobs, type FolderJobs } from '../../../lambda/compose-jobs.ts';
import type { FolderJobSettings } from '../../../lambda/config/jobs.ts';
import { type Config, readConfig } from '../../../lambda/config.ts';
import { createHttpApp, type Dependencies } from '../../../lambda/http/app.ts';
import type { Classifier } from '../../../lambda/model/classifier.ts';
import type { ReadyModel } from '../../../lambda/prediction/model-access.ts';
import { createModels, type Models } from '../../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../../lambda/prediction/predictor.ts';
import { createLogSink } from '../../../lambda/telemetry/log/log-sink.ts';
import { createRecorder } from '../../../lambda/telemetry/recorder.ts';
import { loadedSource } from '../model/loaded-source.ts';

/** Fixed memory, models and threads, so that limits and answers do not depend on the machine. */
const CONFIG = readConfig({
  LOG_LEVEL: 'SILENT',
  METRICS: 'off',
  MEMORY_LIMIT_MIB: '1769',
  MODELS: 'resnet50',
  INTRA_OP_THREADS: '1',
});

export interface Changes {
  readonly classifier?: Promise<Classifier>;
  readonly fetchUrl?: Dependencies['fetchUrl'];
  readonly limits?: Partial<Config['limits']>;
  readonly jobs?: Dependencies['jobs'];
}

/** The service with default settings and without a log. It has no model and no network unless they are given. */
export function silentApp({
  limits,
  classifier = new Promise(() => {}),
  fetchUrl = () => Promise.reject(new Error('not used')),
  jobs,
}: Changes = {}): ReturnType<typeof createHttpApp> {
  const config = { ...CONFIG, limits: { ...CONFIG.limits, ...limits } };
  const budgets = createBudgets(config.budgets);
  const models = modelsOf(classifier, config, budgets);
  void models.default.load();
  return createHttpApp({
    config,
    models,
    budgets,
    fetchUrl,
    jobs,
    observability: silentRecorder(config),
  });
}

export interface SilentJobs {
  readonly folder: string;
  readonly classifier: Classifier;
  readonly fetchUrl: Dependencies['fetchUrl'];
  readonly settings: Partial<FolderJobSettings>;
}

/** Uploads and jobs in a folder, with default settings and without a log. */
export function silentJobs({ folder, classifier, fetchUrl, settings }: SilentJobs): FolderJobs {
  const budgets = createBudgets(CONFIG.budgets);
  const models = modelsOf(Promise.resolve(classifier), CONFIG, budgets);
  void models.default.load();
  const { jobs } = CONFIG;
  if (jobs?.kind !== 'folder') throw new Error('expected jobs in a folder');
  return composeFolderJobs(
    CONFIG,
    { ...jobs, folder, ...settings },
    { models, budgets, fetchUrl, observability: silentRecorder(CONFIG) },
  );
}

/** A model with default settings, without a service. */
export async function silentModel(classifier: Classifier): Promise<ReadyModel> {
  return modelsOf(Promise.resolve(classifier), CONFIG, createBudgets(CONFIG.budgets)).default.whenReady();
}

const silentRecorder = (config: Config) => createRecorder([createLogSink(config, () => 0)]);

const modelsOf = (classifier: Promise<Classifier>, config: Config, budgets: Budgets): Models =>
  createModels([loadedSource(classifier)], { config, budgets, queue: createPredictionQueue() });
