import { ServiceError } from '../../errors.ts';
import type { JobEngine } from '../../jobs/engine.ts';
import type { UploadReceiver } from '../../jobs/receiver.ts';

/** The engine of uploads and jobs, as the app gets it. */
export interface ServedEngine extends JobEngine {
  /** Present if clients send the files of uploads to this service. */
  readonly receiver?: UploadReceiver | undefined;
}

/** Opens the engine at its first use. Later calls return the same one. */
export type OpenEngine = () => Promise<ServedEngine>;

/** For a service whose uploads and jobs are off. @throws ServiceError `not_found` */
export const noEngine: OpenEngine = async () => {
  throw new ServiceError('not_found', 'Uploads and jobs are off in this service.');
};
