import type { PriceBook, PriceName } from '../../../../lib/prices.ts';
import { type Charge, charge, DAYS_PER_MONTH, GB, type Group } from '../bill.ts';
import { type LambdaFunction, onDemandPrice } from '../function.ts';
import { BYTES } from '../volumes.ts';
import type { Photos } from './photos.ts';
import { UPLOAD_SECONDS } from './volumes.ts';

/** S3 deletes uploads in the night after they are a day old: docs.aws.amazon.com/AmazonS3, "Lifecycle". */
export const UPLOAD_DAYS = 2;

export interface UploadedPhotos {
  readonly count: number;
  readonly photos: Photos;
  /** The function of the API, which signs the URLs. */
  readonly lambda: Pick<LambdaFunction, 'architecture' | 'memoryMiB'>;
  readonly firewall: boolean;
}

/**
 * What uploads cost in addition to the job: a request to the API and one to S3 for each photo. Data in costs nothing.
 * A job reads what was uploaded as it reads a bucket.
 */
export function uploadCharges(
  book: PriceBook,
  { count, photos, lambda, firewall }: UploadedPhotos,
): Charge[] {
  const one = (group: Group, name: string, price: PriceName, quantity: number) =>
    charge(book, group, name, price, quantity);
  const logBytes = BYTES.applicationLog + BYTES.metricsLog + BYTES.platformLog + BYTES.accessLog;
  const storedGb = (count * photos.bytes) / GB;
  return [
    one('gateway', 'API Gateway requests', 'restApiRequest', count),
    one('gateway', 'Data out', 'dataOut', (count * BYTES.response) / GB),
    ...(firewall ? [one('firewall', 'WAF requests', 'wafRequest', count)] : []),
    one('compute', 'Invocations', 'lambdaRequest', count),
    one(
      'compute',
      'Duration',
      onDemandPrice(lambda.architecture),
      count * UPLOAD_SECONDS * (lambda.memoryMiB / 1024),
    ),
    one('observability', 'Logs', 'logsIngested', (count * logBytes) / GB),
    one('storage', 'Uploads', 's3Put', count),
    one('storage', 'Uploads stored', 's3Storage', (storedGb * UPLOAD_DAYS) / DAYS_PER_MONTH),
  ];
}
