import { ServiceError } from '../errors.ts';

/** An image that cannot be classified, and why. The other images of its request still can. */
export interface Failed {
  readonly error: ServiceError;
}

/**
 * Turns an error of one image into its outcome.
 *
 * @throws ServiceError `overloaded`, which is about the service and not about the image.
 */
export async function orFailed<Value>(work: Promise<Value>): Promise<Value | Failed> {
  try {
    return await work;
  } catch (cause) {
    const error = ServiceError.from(cause);
    if (error.code === 'overloaded') throw error;
    return { error };
  }
}
