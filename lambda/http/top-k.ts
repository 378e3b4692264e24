import { ServiceError } from '../errors.ts';
import { DEFAULT_TOP_K, type PredictionOptions } from './schemas.ts';

/**
 * How many classes to name: as the query says, or the body, or five where neither does.
 *
 * @throws ServiceError `invalid_request` where the query and the body say different numbers.
 */
export function topKOf({ top_k: inQuery }: PredictionOptions, { top_k: inBody }: PredictionOptions): number {
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    throw new ServiceError(
      'invalid_request',
      `Expected one value of top_k, got ${inQuery} in the query and ${inBody} in the body.`,
      {
        fields: [
          { field: 'query.top_k', message: `expected the value in the body, ${inBody}, got ${inQuery}` },
          { field: 'body.top_k', message: `expected the value in the query, ${inQuery}, got ${inBody}` },
        ],
      },
    );
  }
  return inQuery ?? inBody ?? DEFAULT_TOP_K;
}
