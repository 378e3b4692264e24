import type { Settings } from '../../../lib/settings.ts';
import type { StageName } from '../../../lib/stages.ts';

export interface StageExample {
  /** A sentence that leads to the example. */
  readonly lead: string;
  readonly stage: StageName;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface StageTopic {
  readonly title: string;
  readonly settings: readonly (keyof Settings)[];
  readonly examples: readonly StageExample[];
}

/** The settings of a stage, each in one topic, in the order in which they are listed. */
export const STAGE_TOPICS: readonly StageTopic[] = [
  {
    title: 'The function',
    settings: ['architecture', 'memoryMiB', 'timeoutSeconds', 'models', 'reservedConcurrency'],
    examples: [
      {
        lead: 'A function with two vCPUs of arm64, two models and a maximum of 200 environments:',
        stage: 'prod',
        settings: {
          architecture: 'arm64',
          memoryMiB: 3538,
          timeoutSeconds: 20,
          models: ['efficientnet-lite2', 'resnet50'],
          reservedConcurrency: 200,
        },
      },
    ],
  },
  {
    title: 'Cold starts',
    settings: ['coldStart'],
    examples: [
      {
        lead: 'More warm environments on weekday mornings, and a step for sudden peaks:',
        stage: 'prod',
        settings: {
          coldStart: {
            max: 20,
            schedules: [
              { name: 'Morning', cron: '0 7 ? * MON-FRI *', timeZone: 'Europe/Berlin', min: 8, max: 20 },
              { name: 'Evening', cron: '0 20 ? * MON-FRI *', timeZone: 'Europe/Berlin', min: 3, max: 20 },
            ],
            step: { environments: 5 },
          },
        },
      },
      {
        lead: 'Snapshots instead of warm environments:',
        stage: 'prod',
        settings: { coldStart: { kind: 'snapstart' } },
      },
      {
        lead: 'Nothing that costs while it is idle:',
        stage: 'staging',
        settings: { coldStart: { kind: 'on-demand' } },
      },
    ],
  },
  {
    title: 'Callers and their limits',
    settings: ['auth', 'throttle', 'waf', 'corsOrigins'],
    examples: [
      {
        lead: 'API keys with other limits. `generation` 2 replaces the stage’s own key:',
        stage: 'prod',
        settings: { auth: { ratePerSecond: 100, burst: 200, requestsPerDay: 500_000, generation: 2 } },
      },
      {
        lead: 'AWS credentials, also of another account:',
        stage: 'prod',
        settings: { auth: { kind: 'iam', accounts: ['210987654321'] } },
      },
      {
        lead: 'Tokens of a Cognito user pool:',
        stage: 'prod',
        settings: {
          auth: {
            kind: 'jwt',
            tokens: {
              from: 'cognito',
              userPoolArn: 'arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_Ab12',
            },
            scopes: ['vision/predict'],
          },
        },
      },
      {
        lead: 'Tokens of another OpenID Connect issuer:',
        stage: 'prod',
        settings: {
          auth: {
            kind: 'jwt',
            tokens: { from: 'oidc', issuer: 'https://login.example.com/', audiences: ['api://vision'] },
          },
        },
      },
      {
        lead: 'No credentials, no firewall, lower limits, and a page that may call the API:',
        stage: 'dev',
        settings: {
          auth: 'off',
          waf: 'off',
          throttle: { predict: { ratePerSecond: 10, burst: 20 }, slow: { ratePerSecond: 2, burst: 4 } },
          corsOrigins: ['https://app.example.com'],
        },
      },
    ],
  },
  {
    title: 'Network',
    settings: ['domain', 'vpc'],
    examples: [
      {
        lead: 'A custom domain name:',
        stage: 'prod',
        settings: {
          domain: {
            name: 'classify.example.com',
            hostedZoneId: 'Z0123456789ABCDEFGHIJ',
            hostedZoneName: 'example.com',
            certificateArn:
              'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c1d2e-3f40-5162-7384-95a6b7c8d9e0',
          },
        },
      },
      {
        lead: 'A private network:',
        stage: 'prod',
        settings: {
          vpc: {
            vpcId: 'vpc-0123456789abcdef0',
            availabilityZones: ['eu-central-1a', 'eu-central-1b'],
            privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0fedcba9876543210'],
          },
        },
      },
    ],
  },
  {
    title: 'Jobs',
    settings: ['jobs'],
    examples: [
      {
        lead: 'More workers, and two places that jobs may read:',
        stage: 'prod',
        settings: { jobs: { concurrency: 200, sources: ['photos/2026/', 'archive'] } },
      },
      {
        lead: 'Jobs in a stage that has none by default, so every value is needed:',
        stage: 'dev',
        settings: {
          jobs: {
            concurrency: 5,
            memoryMiB: 1769,
            maxUploadBytes: 20_000_000,
            keepDays: 7,
            maxHours: 24,
            sources: [],
          },
        },
      },
    ],
  },
  {
    title: 'Deployments',
    settings: ['delivery', 'canaryClasses', 'deploymentNotes'],
    examples: [
      {
        lead: 'A fifth of the traffic every ten minutes, and notes about each deployment:',
        stage: 'prod',
        settings: {
          delivery: { kind: 'linear', percent: 20, minutes: 10, bakeMinutes: 10, photosPerMinute: 60 },
          deploymentNotes: true,
        },
      },
      {
        lead: 'All traffic at once:',
        stage: 'staging',
        settings: { delivery: { kind: 'all-at-once', bakeMinutes: 2 } },
      },
      {
        lead: 'Other classes for the check, such as those of your own model:',
        stage: 'prod',
        settings: { canaryClasses: ['Egyptian cat', 'tabby'] },
      },
    ],
  },
  {
    title: 'Alarms and notifications',
    settings: [
      'alarms',
      'probe',
      'paging',
      'notificationEmails',
      'notificationUrls',
      'notificationChats',
      'runbooksUrl',
    ],
    examples: [
      {
        lead: 'Looser thresholds, and everybody who should know:',
        stage: 'prod',
        settings: {
          alarms: { p95LatencyMs: 500, p99LatencyMs: 2000, availabilityPercent: 99.5 },
          probe: { everyMinutes: 2, timeoutMs: 5000 },
          notificationEmails: ['ops@example.com'],
          notificationUrls: [{ url: 'https://pager.example.com/integration/1234', receives: 'pages' }],
          notificationChats: [
            { kind: 'slack', workspaceId: 'T0123456789', channelId: 'C0123456789', receives: 'alerts' },
            {
              kind: 'teams',
              tenantId: '12345678-1234-1234-1234-123456789012',
              teamId: '12345678-1234-1234-1234-123456789013',
              channelId: '19%3aab6ef35e%40thread.tacv2',
            },
          ],
          runbooksUrl: 'https://github.com/OWNER/NAME/blob/main/docs/runbooks',
        },
      },
      {
        lead: 'No probe and no pages:',
        stage: 'prod',
        settings: { probe: 'off', paging: false },
      },
    ],
  },
  {
    title: 'Logs and samples',
    settings: ['logLevel', 'logRetentionDays', 'tracing', 'inputCapture'],
    examples: [
      {
        lead: 'Detailed logs for a year, no traces, and one image in a thousand for two weeks:',
        stage: 'prod',
        settings: {
          logLevel: 'DEBUG',
          logRetentionDays: 365,
          tracing: false,
          inputCapture: { percent: 0.1, keepDays: 14 },
        },
      },
    ],
  },
  {
    title: 'Quality and cost',
    settings: ['qualityWatch', 'costWatch'],
    examples: [
      {
        lead: 'A new baseline since an intended change, and a report of days that cost half more than expected:',
        stage: 'prod',
        settings: {
          qualityWatch: { baselineDays: 21, baselineFrom: '2026-03-01' },
          costWatch: { requestsPerSecond: 5, percentOfExpected: 150, anomalyUsd: 20 },
        },
      },
    ],
  },
  {
    title: 'The resources of the stack',
    settings: ['removalPolicy', 'tags'],
    examples: [
      {
        lead: 'Keep the data of a deleted stack, and tag every resource:',
        stage: 'staging',
        settings: { removalPolicy: 'retain', tags: { team: 'vision', 'cost-center': '4711' } },
      },
    ],
  },
];

/** The value of `pipeline` in the context of cdk.json. */
export const PIPELINE_EXAMPLE = {
  github: { owner: 'octo-org', ownerId: 9_919, repository: 'classifier', repositoryId: 1_296_269 },
  oidcProvider: 'existing',
  images: { use: 'shared', account: '123456789012', region: 'eu-central-1', readers: ['210987654321'] },
};
