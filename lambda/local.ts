import { type Config, readConfig } from './config.ts';
import { startServer } from './http/server.ts';
import { composeService } from './service.ts';

/** The laptop and container entry: the app on an HTTP server, answering `/health` while the model loads. */
try {
  await run(readConfig());
} catch (error) {
  process.stderr.write(`Cannot start. ${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function run(config: Config): Promise<void> {
  const { app, classifier, observability } = composeService(config);
  const { logger } = observability;
  const server = await startServer(app, config.server);
  process.once('SIGTERM', server.drain);
  process.once('SIGINT', server.drain);
  try {
    const { manifest } = await classifier;
    logger.info(`Ready on ${server.url}`, {
      model: `${manifest.name} ${manifest.version}`,
      threads: config.threads,
    });
  } catch (error) {
    server.drain();
    throw error;
  }
}
