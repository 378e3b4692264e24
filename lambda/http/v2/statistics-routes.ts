import type { Models } from '../../prediction/models.ts';
import type { ProtocolHandler } from './serve.ts';
import { chosenVersions, servedModels } from './served-models.ts';
import type { Statistics } from './statistics.ts';

export const allStatisticsHandler =
  (models: Models, statistics: Statistics): ProtocolHandler =>
  async () => ({ model_stats: (await servedModels(models)).map(statistics.of) });

/** Of all versions of a model, unless the path names one. */
export const statisticsHandler =
  (models: Models, statistics: Statistics): ProtocolHandler =>
  async (c) => {
    const versions = await chosenVersions(c, models);
    return { model_stats: versions.map(statistics.of) };
  };
