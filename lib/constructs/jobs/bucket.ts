import { Duration, Validations } from 'aws-cdk-lib';
import { Bucket, type CorsRule, HttpMethods } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { JobsOn } from '../../settings/jobs.ts';
import type { Settings } from '../../settings.ts';
import { dataRemoval } from '../data-removal.ts';
import { PRIVATE_BUCKET } from '../private-bucket.ts';

/** What the names of the bucket's objects begin with. lambda/jobs/cloud writes them. */
export const PREFIX = { uploads: 'uploads/', jobs: 'jobs/', results: 'results/' } as const;

/** A job's request is older than its last result by as long as the job took. */
const JOBS_OUTLIVE_RESULTS_DAYS = 7;

export interface JobsBucketProps {
  readonly jobs: Pick<JobsOn, 'keepDays'>;
  readonly settings: Pick<Settings, 'corsOrigins' | 'removalPolicy'>;
}

/**
 * The bucket of uploads, jobs and results. Clients reach it only through presigned URLs, which are as good as the
 * permissions of the function that signed them.
 */
export class JobsBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { jobs, settings }: JobsBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Resource', {
      ...PRIVATE_BUCKET,
      cors: corsRules(settings.corsOrigins),
      lifecycleRules: [
        expiry('DeleteUploads', PREFIX.uploads, 1),
        expiry('DeleteJobs', PREFIX.jobs, jobs.keepDays + JOBS_OUTLIVE_RESULTS_DAYS),
        expiry('DeleteResults', PREFIX.results, jobs.keepDays),
      ],
      removalPolicy: dataRemoval(settings),
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'An access log needs a second bucket, which holds addresses of people for its own time. Data events of CloudTrail record who reads an object, where that is required: docs/security.md.',
    });
  }
}

/** S3 counts whole days and deletes after the next midnight (UTC), so an object lives at least this long. */
function expiry(id: string, prefix: string, days: number) {
  return {
    id,
    prefix,
    expiration: Duration.days(days),
    abortIncompleteMultipartUploadAfter: Duration.days(1),
  };
}

/**
 * What pages of other origins may do with presigned URLs.
 *
 * A GET of results comes from a redirect of the API, after which browsers send the origin `null`. Reading is therefore
 * open to all origins: without a presigned URL there is nothing to read, and no cookie or key is sent along.
 */
function corsRules(origins: readonly string[]): CorsRule[] {
  if (origins.length === 0) return [];
  return [
    {
      allowedMethods: [HttpMethods.PUT],
      allowedOrigins: [...origins],
      allowedHeaders: ['content-type'],
      maxAge: 3600,
    },
    { allowedMethods: [HttpMethods.GET, HttpMethods.HEAD], allowedOrigins: ['*'], maxAge: 3600 },
  ];
}
