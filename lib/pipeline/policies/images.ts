import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { imagesRepository } from '../arns.ts';
import { allow } from './statement.ts';

/**
 * What it takes to find an image by its tag and to pull it with its signatures. ecr:BatchGetImage also allows
 * the list of what refers to an image (ECR API reference, ListImageReferrers).
 */
export const READ_IMAGES = [
  'ecr:BatchCheckLayerAvailability',
  'ecr:BatchGetImage',
  'ecr:DescribeImages',
  'ecr:GetDownloadUrlForLayer',
];

/** Logs in to ECR and reads repositories. The login is for a whole account, and allows nothing by itself. */
export function readImages(repositories: readonly string[]): PolicyStatement[] {
  return [allow(READ_IMAGES, repositories), allow(['ecr:GetAuthorizationToken'], '*')];
}

/** What the workflow that builds images may do: push them and their attestations. It may delete nothing. */
export function buildStatements(): PolicyStatement[] {
  const repository = imagesRepository();
  return [
    ...readImages([repository]),
    allow(
      ['ecr:CompleteLayerUpload', 'ecr:InitiateLayerUpload', 'ecr:PutImage', 'ecr:UploadLayerPart'],
      repository,
    ),
  ];
}
