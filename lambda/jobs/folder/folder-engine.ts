import { join } from 'node:path';
import type { Budgets } from '../../budget/budgets.ts';
import type { FolderJobSettings } from '../../config/jobs.ts';
import { ServiceError } from '../../errors.ts';
import type { UrlFetcher } from '../../fetch/fetch.ts';
import { type Models, modelChoice } from '../../prediction/models.ts';
import { createInputClassifier } from '../classify-input.ts';
import type { JobEngine } from '../engine.ts';
import type { UploadReceiver } from '../receiver.ts';
import type { FormatResult } from '../result.ts';
import type { WebhookMessage } from '../webhook/message.ts';
import type { WebhookSender } from '../webhook/sender.ts';
import { cleanUp, removeEndedInputs } from './cleaner.ts';
import { startDeliverer } from './deliverer.ts';
import { createEnding } from './ending.ts';
import { holdAccepted } from './hold-accepted.ts';
import { createJobs } from './jobs.ts';
import { createManifestReader } from './manifest.ts';
import { createPauses } from './pauses.ts';
import { createInputReader } from './read-input.ts';
import { reportRefusals } from './refusal-report.ts';
import { createRoom } from './room.ts';
import { startRunner } from './runner.ts';
import { createSlots } from './slots.ts';
import { explainFolder } from './storage-errors.ts';
import { openStore } from './store/store.ts';
import { createTurns } from './turns.ts';
import { openUploadFiles } from './upload-files.ts';
import { createUploads } from './uploads.ts';

const CLEAN_UP_MS = 60_000;

export interface FolderEngine extends JobEngine {
  readonly receiver: UploadReceiver;
  /** Begins no other image. Everything else still works. */
  stop(): void;
  /** Gives up the images in progress, which the next start takes again, and closes the folder. */
  close(): Promise<void>;
}

export interface FolderEngineDependencies {
  readonly settings: FolderJobSettings;
  readonly models: Models;
  readonly budgets: Budgets;
  readonly fetchUrl: UrlFetcher;
  /** Of an image of a job. No more than {@link Budgets.bodies} can ever grant. */
  readonly maxImageBytes: number;
  readonly format: FormatResult;
  /** Undefined if jobs with a webhook are refused. */
  readonly webhooks:
    | {
        /** @throws ServiceError `invalid_request`, `url_not_allowed` */
        readonly check: (url: string) => void;
        readonly send: WebhookSender;
      }
    | undefined;
  /** Takes a sentence for the log. */
  readonly onProblem: (reason: string) => void;
  /** Told why, if uploads and jobs are refused for lack of room. @default nobody */
  readonly onRefusal?: (reason: string) => void;
  /** Called when jobs that waited for room go on. */
  readonly onResume: () => void;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** How often what has expired is deleted, in milliseconds. @default a minute */
  readonly cleanUpMs?: number;
  /** How long work waits for room before it tries again, in milliseconds. @default 2 s */
  readonly retryMs?: number;
}

/**
 * Uploads and jobs in a folder of this machine. Creates the folder if it is missing, and goes on with its jobs.
 *
 * @throws FolderError
 */
export async function openFolderEngine({
  settings,
  models,
  budgets,
  fetchUrl,
  maxImageBytes,
  format,
  webhooks,
  onProblem,
  onRefusal = () => {},
  onResume,
  now = Date.now,
  cleanUpMs = CLEAN_UP_MS,
  retryMs,
}: FolderEngineDependencies): Promise<FolderEngine> {
  const { folder, keepDays } = settings;
  const served = new Set((await models.identified()).map(({ identity }) => modelChoice(identity)));
  const store = openStore<WebhookMessage>(folder);
  const { database } = store;
  const files = await openUploadFiles(join(folder, 'uploads')).catch((error: unknown) => {
    database.close();
    throw explainFolder(folder, error);
  });
  await files.sweep((id) => (store.uploads.get(id)?.receivedAt ?? null) !== null);
  const room = createRoom(settings, database, now);
  const slots = createSlots(settings);
  holdAccepted(store, { room, slots });
  const uploads = createUploads({ store, files, room, now });

  const closing = new AbortController();
  let cleaning = Promise.resolve();
  /** One after the other. What comes up meanwhile is for the next one. */
  const cleaner = (work: (signal: AbortSignal) => Promise<void>) => {
    let isDue = false;
    return () => {
      if (isDue) return;
      isDue = true;
      cleaning = cleaning
        .then(() => {
          isDue = false;
          return work(closing.signal);
        })
        .catch((error: Error) => onProblem(`What has expired cannot be deleted. ${error.message}`));
    };
  };
  const clean = cleaner((signal) => cleanUp({ store, files, uploads, room, keepDays, now }, signal));
  const cleanInputs = cleaner((signal) => removeEndedInputs({ store }, signal));

  const deliverer = webhooks && startDeliverer({ store, send: webhooks.send, now, onProblem });
  const onEnd = (job: number) => {
    room.endJob(job);
    slots.free(job);
    cleanInputs();
  };
  const endJob = createEnding({ store, now, onEnd, onDelivery: () => deliverer?.wake() });
  const turns = createTurns(budgets.predictions);
  const runner = startRunner({
    store,
    classifierOf: (owner) =>
      createInputClassifier({
        models,
        bodies: budgets.bodies,
        maxImageBytes,
        readInput: createInputReader(
          { uploads: store.uploads, files, fetchUrl, fetches: budgets.fetches },
          owner,
        ),
        classifying: turns.classifying,
      }),
    format,
    readManifest: createManifestReader({ store, files, room, endJob }),
    endJob,
    turns,
    pauses: createPauses({ onPause: onProblem, onResume }, retryMs),
    room,
    now,
    isServed: (model) => served.has(model),
    onProblem,
  });

  clean();
  const timer = setInterval(clean, cleanUpMs);
  timer.unref();

  const jobs = createJobs({
    store,
    uploads,
    room,
    models,
    slots,
    keepDays,
    now,
    checkWebhook: webhooks?.check ?? refuseWebhook,
    endJob,
    runner,
  });
  const reporting = reportRefusals({ uploads, jobs }, { onRefusal, now });

  return {
    ...reporting,
    receiver: reporting.uploads,
    stop: runner.stop,
    async close() {
      clearInterval(timer);
      closing.abort();
      await Promise.all([runner.close(), deliverer?.stop(), cleaning]);
      database.close();
    },
  };
}

function refuseWebhook(): never {
  throw new ServiceError(
    'invalid_request',
    'Expected no webhook, because the service has no WEBHOOK_SECRET.',
    {
      fields: [{ field: 'body.webhook', message: 'expected none' }],
    },
  );
}
