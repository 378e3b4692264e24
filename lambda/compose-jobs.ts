import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JobParts } from './compose.ts';
import type { FolderJobSettings } from './config/jobs.ts';
import type { Config } from './config.ts';
import { ServiceError } from './errors.ts';
import type { OpenEngine } from './http/jobs/engine.ts';
import { resultLine } from './http/jobs/result-line.ts';
import { maxUploadBytes } from './http/jobs/upload-limits.ts';
import { DATABASE_FILE } from './jobs/folder/database-file.ts';
import type { FolderEngine } from './jobs/folder/folder-engine.ts';

/** A folder that could not be opened is not tried again sooner: a check of a database takes time. */
const RETRY_MS = 5000;

/** The uploads and jobs of an HTTP server. Their code and their folder are opened at the first use. */
export interface FolderJobs {
  /** @throws ServiceError `not_ready` if the folder cannot be used. The log says why. */
  readonly open: OpenEngine;
  /** Goes on with unfinished jobs, if the folder has been used before. A failure is logged. */
  resume(): Promise<void>;
  /** Begins no other image of a job. Everything else still works. */
  stop(): void;
  close(): Promise<void>;
}

/** Puts them together, for the entry that offers them. */
export function composeFolderJobs(config: Config, settings: FolderJobSettings, parts: JobParts): FolderJobs {
  const { observability } = parts;
  let opening: Promise<FolderEngine> | undefined;
  let opened: FolderEngine | undefined;
  let isStopping = false;

  async function openFolder(): Promise<FolderEngine> {
    const { openFolderEngine } = await import('./jobs/folder/folder-engine.ts');
    const engine = await openFolderEngine({
      settings,
      ...parts,
      maxImageBytes: Math.max(maxUploadBytes(config), config.limits.maxImageBytes),
      format: resultLine,
      webhooks: await webhooks(),
      onProblem: (reason) => observability.recordLifecycle({ kind: 'jobs_failed', reason }),
      onRefusal: (reason) => observability.recordLifecycle({ kind: 'jobs_refused', reason }),
      onResume: () => observability.recordLifecycle({ kind: 'jobs_resumed' }),
    });
    opened = engine;
    if (isStopping) engine.stop();
    return engine;
  }

  async function webhooks() {
    const { webhookSecrets: secrets } = settings;
    if (!secrets) return undefined;
    const { allowHttp } = config.url;
    const [{ createWebhookSender }, { reportFailures }, { checkWebhookUrl }] = await Promise.all([
      import('./jobs/webhook/sender.ts'),
      import('./jobs/webhook/report-failures.ts'),
      import('./jobs/webhook/url.ts'),
    ]);
    return {
      check: (url: string) => checkWebhookUrl(url, { allowHttp }),
      send: reportFailures(createWebhookSender({ secrets, allowHttp }), (attempt) =>
        observability.recordLifecycle({ kind: 'webhook_failed', ...attempt }),
      ),
    };
  }

  async function open(): Promise<FolderEngine> {
    opening ??= openFolder().catch((cause: Error) => {
      observability.recordLifecycle({ kind: 'jobs_failed', reason: cause.message });
      setTimeout(() => {
        opening = undefined;
      }, RETRY_MS).unref();
      throw new ServiceError('not_ready', 'Uploads and jobs cannot be used at the moment.', {
        cause,
        retryAfterSeconds: RETRY_MS / 1000,
      });
    });
    return opening;
  }

  return {
    open,
    async resume() {
      if (!existsSync(join(settings.folder, DATABASE_FILE))) return;
      await open().catch(() => {});
    },
    stop() {
      isStopping = true;
      opened?.stop();
    },
    async close() {
      const engine = await opening?.catch(() => undefined);
      await engine?.close();
    },
  };
}
