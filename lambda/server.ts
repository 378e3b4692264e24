import { composeService } from './compose.ts';
import { type Config, readConfig } from './config.ts';
import { createArrivals } from './http/server/arrivals.ts';
import { startServer } from './http/server/server.ts';
import { watchEventLoop } from './telemetry/event-loop.ts';

/** Work that nobody waits for any more, such as a decode for a client that has gone, may take so long at the end. */
const EXIT_GRACE_MS = 500;

/** A run of the model waits so long at most for the connections that arrive: a hundred photos are read in that time. */
const ARRIVALS_MS = 100;

/** The laptop and container entry: the app on an HTTP server, answering `/health` while the model loads. */
try {
  await run(readConfig());
} catch (error) {
  process.stderr.write(`Cannot start. ${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function run(config: Config): Promise<void> {
  const arrivals = createArrivals();
  const { app, classifier, observability } = composeService(config, {
    betweenRuns: () => arrivals.settle(ARRIVALS_MS),
  });
  const { logger } = observability;
  const server = await startServer(app, config.server, { arrivals, onRefusal: observability.recordRefusal });

  async function end(options?: { readonly noticeMs: number }): Promise<void> {
    logger.info('Shutting down: requests in flight are answered');
    await server.drain(options);
    logger.info('Stopped');
    setTimeout(() => process.exit(), EXIT_GRACE_MS).unref();
  }
  process.once('SIGTERM', () => void end());
  // Somebody at a terminal; there is no load balancer to tell.
  process.once('SIGINT', () => void end({ noticeMs: 0 }));
  try {
    const { manifest } = await classifier;
    watchEventLoop(observability.recordBlock);
    logger.info(`Ready on ${server.url}`, {
      model: `${manifest.name} ${manifest.version}`,
      threads: config.threads,
      memory_mib: Math.round(config.memoryLimitBytes / 2 ** 20),
    });
  } catch (error) {
    void end({ noticeMs: 0 });
    throw error;
  }
}
