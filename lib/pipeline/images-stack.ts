import { Aws, CfnOutput, RemovalPolicy, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import { ImageTagMutabilityExclusionFilter, Repository, TagMutability } from 'aws-cdk-lib/aws-ecr';
import {
  AccountPrincipal,
  PolicyDocument,
  PolicyStatement,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { stackName } from '../stages.ts';
import { IMAGES_REPOSITORY } from './images.ts';
import { BUILD } from './names.ts';
import { buildStatements, READ_IMAGES } from './policies/images.ts';
import { acknowledgeWildcards } from './policies/wildcards.ts';
import type { ImageSettings, PipelineSettings } from './settings.ts';
import { githubPrincipal, MAIN } from './trust.ts';

/** The only workflow that may push images, as it is on the branch main. Deployments accept no other signer. */
const WORKFLOW = 'publish-image.yml';

export interface ImagesStackProps extends StackProps {
  readonly pipeline: PipelineSettings;
}

/**
 * The repository of the images that every stage runs, and the role that builds them on GitHub. Only an
 * administrator can deploy it, in one account and region. docs/adr/0038 says why there is one repository for
 * all stages.
 */
export class ImagesStack extends Stack {
  constructor(scope: Construct, id: string, { pipeline, ...props }: ImagesStackProps) {
    super(scope, id, props);
    const repository = new Repository(this, 'Images', {
      repositoryName: IMAGES_REPOSITORY,
      // A tag names one image forever, so that nobody can replace the image of a commit.
      imageTagMutability: TagMutability.IMMUTABLE_WITH_EXCLUSION,
      // Clients that doubt a registry's API for referrers list the attestations of an image under a tag made of its digest,
      // and replace the list with each attestation, as GitHub's actions/attest does. Nothing is deployed by these tags.
      imageTagMutabilityExclusionFilters: [ImageTagMutabilityExclusionFilter.wildcard('sha256-*')],
      imageScanOnPush: true,
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    for (const statement of readerStatements(pipeline.images)) repository.addToResourcePolicy(statement);
    const statements = buildStatements();
    const role = new Role(this, 'Role', {
      description: 'Pushes images from GitHub',
      assumedBy: githubPrincipal(pipeline.github, { environment: BUILD, refs: [MAIN], workflow: WORKFLOW }),
      inlinePolicies: { build: new PolicyDocument({ statements, minimize: true }) },
    });
    acknowledgeWildcards(role, statements);

    new CfnOutput(this, 'RoleArn', {
      value: role.roleArn,
      description: 'The variable AWS_ROLE_ARN of the GitHub environment build',
    });
    new CfnOutput(this, 'RepositoryUri', { value: repository.repositoryUri });
    Tags.of(this).add('service', 'resnet50');
  }
}

/**
 * Who may pull images, apart from this account. Roles of other accounts need a permission of their own account
 * too. Lambda pulls for the functions of the stages, in this region only (Lambda developer guide, "Create a
 * Lambda function using a container image", "Amazon ECR cross-account permissions").
 */
function readerStatements({ use, readers }: ImageSettings): PolicyStatement[] {
  const accounts = [Aws.ACCOUNT_ID, ...readers];
  const forReaders = new PolicyStatement({
    sid: 'Readers',
    principals: readers.map((account) => new AccountPrincipal(account)),
    actions: READ_IMAGES,
  });
  const forLambda = new PolicyStatement({
    sid: 'Lambda',
    principals: [new ServicePrincipal('lambda.amazonaws.com')],
    actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
    conditions: {
      StringLike: {
        'aws:SourceArn': accounts.map(
          (account) => `arn:${Aws.PARTITION}:lambda:${Aws.REGION}:${account}:function:${stackName('*')}`,
        ),
      },
    },
  });
  return [...(readers.length > 0 ? [forReaders] : []), ...(use === 'shared' ? [forLambda] : [])];
}
