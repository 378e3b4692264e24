import { type CfnElement, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { CAPTURES_PREFIX } from '../../lambda/config/capture.ts';
import type { Environment } from '../../lambda/config.ts';
import type { Settings } from '../settings.ts';
import { dataRemoval } from './data-removal.ts';
import { PRIVATE_BUCKET } from './private-bucket.ts';

export interface InputCapturesProps {
  readonly capture: Exclude<Settings['inputCapture'], 'off'>;
  readonly settings: Pick<Settings, 'removalPolicy'>;
}

/**
 * The bucket for a sample of the images, which S3 deletes after some days. The photos may show people, so
 * the service can only add images: it cannot read, list, replace or delete them. docs/adr/0029 says why it is
 * encrypted by S3 and has no access log.
 */
export class InputCaptures extends Construct {
  readonly bucket: Bucket;
  /** The settings of the service that captures images. */
  readonly environment: Environment;

  constructor(scope: Construct, id: string, { capture, settings }: InputCapturesProps) {
    super(scope, id);
    this.bucket = new Bucket(this, 'Bucket', {
      ...PRIVATE_BUCKET,
      lifecycleRules: [
        {
          id: 'DeleteAfterKeepDays',
          expiration: Duration.days(capture.keepDays),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
      removalPolicy: dataRemoval(settings),
    });
    Validations.of(this.bucket).acknowledge({
      id: 'AwsSolutions-S1',
      reason:
        'An access log needs a second bucket, which holds addresses of people for its own time. Data events of CloudTrail record who reads an image, where that is required: docs/security.md.',
    });
    this.environment = {
      CAPTURE_BUCKET: this.bucket.bucketName,
      CAPTURE_PERCENT: String(capture.percent),
    };
  }

  /** Lets the service add images, and nothing else. */
  grantWrite(role: Role): void {
    const images = `${CAPTURES_PREFIX}*`;
    role.addToPolicy(
      new PolicyStatement({
        actions: ['s3:PutObject'],
        resources: [this.bucket.arnForObjects(images)],
        conditions: { Null: { 's3:if-none-match': 'false' } },
      }),
    );
    const bucketId = Stack.of(this).getLogicalId(this.bucket.node.defaultChild as CfnElement);
    Validations.of(role).acknowledge({
      id: `AwsSolutions-IAM5[Resource::<${bucketId}.Arn>/${images}]`,
      reason: 'The name of an image has its date and its request id, which are not known in advance.',
    });
  }
}
