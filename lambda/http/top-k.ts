import { ServiceError } from '../errors.ts';
import { DEFAULT_TOP_K, type PredictionOptions } from './schemas.ts';

/**
 * How many classes to return: the number in the query or in the body, or five if there is none.
 *
 * @throws ServiceError `invalid_request` if the query and the body have different numbers.
 */
export function topKOf({ top_k: inQuery }: PredictionOptions, { top_k: inBody }: PredictionOptions): number {
  if (inQuery !== undefined && inBody !== undefined && inQuery !== inBody) {
    throw new ServiceError(
      'invalid_request',
      `Expected one value of top_k, got ${inQuery} in the query and ${inBody} in the body.`,
      {
        fields: [
          { field: 'query.top_k', message: `expected ${inBody} as in the body, got ${inQuery}` },
          { field: 'body.top_k', message: `expected ${inQuery} as in the query, got ${inBody}` },
        ],
      },
    );
  }
  return inQuery ?? inBody ?? DEFAULT_TOP_K;
}
