import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, type PolicyStatementProps, type Role } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { type AllowedSource, folderOf } from '../../../lambda/config/jobs.ts';
import { PREFIX } from './bucket.ts';
import { executionArns, machineArn } from './machine.ts';

const NAMES_OF_OBJECTS =
  'The names of objects have the ids of callers, uploads and jobs, which are not known in advance.';

export interface AccessProps {
  readonly bucket: Bucket;
  readonly sources: readonly AllowedSource[];
  /** The names of the machines: machine.ts. */
  readonly jobs: string;
  readonly webhooks: string;
}

/** Who may do what with the bucket and the machines. Nobody else may do anything. */
export class Access {
  readonly #scope: Construct;
  readonly #props: AccessProps;

  constructor(scope: Construct, props: AccessProps) {
    this.#scope = scope;
    this.#props = props;
  }

  /** Takes uploads and jobs from callers, and shows them their results. */
  api(role: Role): void {
    const { jobs } = this.#props;
    this.#objects(role, ['s3:GetObject'], ['uploads/*', 'jobs/*', 'results/*']);
    this.#objects(role, ['s3:PutObject'], ['uploads/*', 'jobs/*/request.json']);
    this.#names(role, ['uploads', 'jobs', 'results']);
    // It counts the running jobs before it starts another.
    const actions = ['states:StartExecution', 'states:ListExecutions'];
    allow(role, { actions, resources: [machineArn(this.#scope, jobs)] });
    this.#executions(role, ['states:DescribeExecution', 'states:StopExecution']);
  }

  /** Classifies batches: reads inputs, writes results. */
  worker(role: Role): void {
    this.#objects(role, ['s3:GetObject'], ['uploads/*', 'jobs/*/inputs/*']);
    this.#objects(role, ['s3:PutObject'], ['results/*/parts/*', 'results/*/failed/*']);
    this.#names(role, ['uploads']);
    for (const source of this.#props.sources) {
      const arn = arnOf(this.#scope, source);
      allow(
        role,
        { actions: ['s3:GetObject'], resources: [`${arn}/${folderOf(source)}*`] },
        'The settings of the stage let jobs read every object there.',
      );
      allow(role, listing(arn, [folderOf(source)]));
    }
  }

  /** Prepares, splits and finishes jobs. It reads the names of the objects of a source, but not the objects. */
  steps(role: Role): void {
    const { jobs, webhooks, sources } = this.#props;
    this.#objects(role, ['s3:GetObject'], ['uploads/*', 'jobs/*', 'results/*']);
    // Never the request, which says whose job it is.
    const written = ['inputs/*', 'batches.json', 'prepared.json', 'closing.json', 'finished.json'];
    const own = written.map((name) => `jobs/*/${name}` as const);
    this.#objects(role, ['s3:PutObject', 's3:AbortMultipartUpload'], [...own, 'results/*']);
    this.#names(role, ['uploads', 'jobs', 'results']);
    for (const source of sources) allow(role, listing(arnOf(this.#scope, source), [folderOf(source)]));
    allow(role, { actions: ['states:StartExecution'], resources: [machineArn(this.#scope, webhooks)] });
    allow(role, { actions: ['states:ListExecutions'], resources: [machineArn(this.#scope, jobs)] });
    this.#executions(role, ['states:DescribeExecution']);
  }

  /** Reads the summary of a job, signs it and sends it. */
  webhook(role: Role, secret: ISecret): void {
    this.#objects(role, ['s3:GetObject'], ['jobs/*']);
    allow(role, { actions: ['secretsmanager:GetSecretValue'], resources: [secret.secretArn] });
  }

  /** The machine of jobs reads the list of the batches itself. */
  machine(role: Role): void {
    const list = this.#props.bucket.arnForObjects(`${PREFIX.jobs}*/batches.json`);
    allow(role, { actions: ['s3:GetObject'], resources: [list] }, NAMES_OF_OBJECTS);
  }

  /** @param patterns of keys: lambda/jobs/cloud/layout.ts */
  #objects(
    role: Role,
    actions: string[],
    patterns: readonly `${(typeof PREFIX)[keyof typeof PREFIX]}${string}`[],
  ): void {
    const resources = patterns.map((pattern) => this.#props.bucket.arnForObjects(pattern));
    allow(role, { actions, resources }, NAMES_OF_OBJECTS);
  }

  #names(role: Role, prefixes: readonly (keyof typeof PREFIX)[]): void {
    const names = prefixes.map((prefix) => PREFIX[prefix]);
    allow(role, listing(this.#props.bucket.bucketArn, names));
  }

  #executions(role: Role, actions: string[]): void {
    const resources = [executionArns(this.#scope, this.#props.jobs)];
    allow(role, { actions, resources }, 'The name of an execution is the id of a job.');
  }
}

const arnOf = (scope: Construct, { bucket }: AllowedSource): string =>
  Stack.of(scope).formatArn({ service: 's3', region: '', account: '', resource: bucket });

/**
 * The names of a bucket's objects that begin with one of the prefixes. Without this permission, S3 says that an object may
 * not be read if it is missing. When it asks for that, there is no prefix, so the condition is `IfExists`.
 */
const listing = (bucketArn: string, prefixes: readonly string[]): PolicyStatementProps => ({
  actions: ['s3:ListBucket'],
  resources: [bucketArn],
  conditions: { StringLikeIfExists: { 's3:prefix': prefixes.map((prefix) => `${prefix}*`) } },
});

/** Adds a statement. @param reason for its wildcards. @default it has none */
function allow(role: Role, statement: PolicyStatementProps, reason?: string): void {
  role.addToPolicy(new PolicyStatement(statement));
  if (reason === undefined) return;
  for (const resource of statement.resources ?? []) {
    const id = `AwsSolutions-IAM5[Resource::${flat(Stack.of(role).resolve(resource))}]`;
    Validations.of(role).acknowledge({ id, reason });
  }
}

/** An ARN as cdk-nag writes it: `<Bucket.Arn>/uploads/*`. */
function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  const {
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    Ref: ref,
  } = value as { 'Fn::Join'?: [string, unknown[]]; 'Fn::GetAtt'?: [string, string]; Ref?: string };
  if (join) return join[1].map(flat).join(join[0]);
  return `<${attribute ? attribute.join('.') : ref}>`;
}
