import { readConfig } from '../../../lambda/config.ts';
import type { StageName } from '../../../lib/stages.ts';
import { UsageError } from '../command/usage-error.ts';
import type { GivenCredentials } from '../credentials/options.ts';
import { clearMemory } from './remote/memory.ts';
import type { ClassificationSource } from './source.ts';

export interface SourceOptions extends GivenCredentials {
  readonly stage: StageName | undefined;
  readonly url: string | undefined;
  readonly model: string | undefined;
  /** The file of the results. */
  readonly out: string;
}

export interface ChosenSource {
  readonly source: ClassificationSource;
  /** Throws away what earlier runs have begun. */
  readonly restart: () => Promise<void>;
}

/**
 * This process, or the service that the options name. Loads only what it needs: the model, or the AWS SDK.
 *
 * @throws UsageError if the options contradict each other.
 */
export async function chooseSource({ out, model, ...options }: SourceOptions): Promise<ChosenSource> {
  const service = await findService(options);
  if (service === undefined) {
    const { localSource } = await import('./local/local.ts');
    const models = model === undefined ? {} : { MODELS: model };
    const source = await localSource(readConfig({ ...process.env, ...models }));
    return { source, restart: () => clearMemory(out) };
  }
  const { cancelRemembered, remoteSource } = await import('./remote/remote.ts');
  return {
    source: await remoteSource({ service, model, results: out }),
    async restart() {
      await cancelRemembered(service, out);
      await clearMemory(out);
    },
  };
}

async function findService({ stage, url, ...given }: Omit<SourceOptions, 'model' | 'out'>) {
  const hasCredentials = given.auth !== undefined || given['api-key'] !== undefined;
  if (stage !== undefined) {
    if (url !== undefined || hasCredentials) {
      throw new UsageError('--stage: expected neither --url, --auth nor --api-key, which the stage decides');
    }
    return (await import('./remote/target.ts')).stageService(stage);
  }
  if (url !== undefined) return (await import('./remote/target.ts')).urlService(url, given);
  if (hasCredentials) throw new UsageError('--auth and --api-key: expected only with --url, got no --url');
  return undefined;
}
