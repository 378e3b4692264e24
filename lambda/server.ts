import { composeAdmin } from './admin.ts';
import { composeService, type JobParts } from './compose.ts';
import { composeFolderJobs, type FolderJobs } from './compose-jobs.ts';
import type { FolderJobSettings } from './config/jobs.ts';
import { type Config, readConfig } from './config.ts';
import { createArrivals } from './http/server/arrivals.ts';
import { onFirstSignal } from './http/server/first-signal.ts';
import { startServer } from './http/server/server.ts';
import { watchEventLoop } from './telemetry/event-loop.ts';
import { createTerminal } from './telemetry/terminal.ts';

/**
 * Abandoned work, such as decoding for a client that has gone, may delay the end of the process by this much.
 */
const EXIT_GRACE_MS = 500;

/**
 * A run of the model waits at most this long for arriving connections. A hundred photos can be read in that
 * time.
 */
const ARRIVALS_MS = 100;

/**
 * After readiness, until libvips and the other models are loaded unless a request has needed them. Each blocks the
 * event loop for 40 ms or more, and the clients that have waited for the service send their requests first.
 */
const REST_DELAY_MS = 1000;

/** 128 plus the number of SIGPIPE, as of a program that the system ends for the same reason. */
const NO_READER = 141;

// Nobody reads the log any more, as after `npm start | head -1`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(NO_READER);
});

/** The entry for laptops and containers: an HTTP server, which answers `/health` while the model loads. */
try {
  await run(readConfig());
} catch (error) {
  process.stderr.write(`Cannot start. ${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function run(config: Config): Promise<void> {
  const arrivals = createArrivals();
  const { admin: settings, jobs: jobSettings } = config;
  let jobs: FolderJobs | undefined;
  const createJobs = (folder: FolderJobSettings) => (parts: JobParts) => {
    jobs = composeFolderJobs(config, folder, parts);
    return jobs.open;
  };
  const { app, admin, models, loadImageDecoder, loadOtherModels, observability } = composeService(config, {
    betweenRuns: () => arrivals.settle(ARRIVALS_MS),
    sink: process.stdout.isTTY ? createTerminal(config, process.stdout) : undefined,
    createAdmin: settings && ((state) => composeAdmin(config, settings, state)),
    createJobs: jobSettings?.kind === 'folder' ? createJobs(jobSettings) : undefined,
    recordsAfterAnswers: true,
  });
  const server = await startServer(app, config.server, { arrivals, onRefusal: observability.recordRefusal });

  async function close(options?: { readonly noticeMs: number }): Promise<void> {
    const drained = server.drain(options);
    admin?.endViews();
    jobs?.stop();
    await drained;
    await jobs?.close();
    setTimeout(() => process.exit(), EXIT_GRACE_MS).unref();
  }
  onFirstSignal(async (signal) => {
    observability.recordLifecycle({ kind: 'stopping' });
    // The notice is for load balancers. Ctrl-C comes from a person.
    await close(signal === 'SIGINT' ? { noticeMs: 0 } : undefined);
    observability.recordLifecycle({ kind: 'stopped' });
  });
  /** Failures are logged, and `/ready` reports them. */
  async function loadTheRest(): Promise<void> {
    await loadImageDecoder().catch(() => {});
    await loadOtherModels().catch(() => {});
    await admin?.load().catch(() => {});
    await jobs?.resume();
  }
  try {
    const { manifest } = await models.default.load();
    await models.requireDistinct();
    watchEventLoop(observability.recordBlock, admin?.recordDelay);
    observability.recordLifecycle({
      kind: 'ready',
      url: server.url,
      model: `${manifest.name} ${manifest.version}`,
      threads: config.threads,
      memoryMiB: Math.round(config.memoryLimitBytes / 2 ** 20),
    });
    setTimeout(loadTheRest, REST_DELAY_MS).unref();
  } catch (error) {
    void close({ noticeMs: 0 });
    throw error;
  }
}
