import type { Stage } from '../../../lib/stages.ts';
import { readStackOutputs } from '../aws/stack-outputs.ts';
import type { NamedFinding } from '../findings/finding.ts';
import { checkStack } from '../preflight/account.ts';
import { checkAlias } from '../preflight/alias.ts';
import { checkJobs } from '../preflight/jobs.ts';
import type { Link } from '../record/record.ts';
import { countAlerted, countKeys, countPaged } from './access.ts';
import { findAlarms } from './alarms.ts';
import { checkPeak } from './capacity.ts';
import { checkExpiry, type ReadExpiry } from './certificate.ts';
import type { DoctorClients } from './clients.ts';
import { findDeployments, findLastDrift } from './deliveries.ts';
import { checkFailedJobs, findJobsMachine } from './jobs.ts';
import { doctorLinks } from './links.ts';
import { type DoctorCheck, runReadable } from './readable.ts';
import { askService, findKnownGood, findVersions } from './running.ts';

/** What there is to know of a deployed stage. */
export interface Report {
  readonly stage: string;
  readonly region: string;
  readonly sections: readonly { readonly title: string; readonly findings: readonly NamedFinding[] }[];
  readonly links: readonly Link[];
}

export interface Examination {
  readonly stage: Stage;
  readonly clients: DoctorClients;
  readonly now: Date;
  /** Reads the certificate of a host; a fake in tests. */
  readonly readExpiry?: ReadExpiry;
}

/**
 * Reads everything about a deployed stage, and changes nothing.
 *
 * @throws Error if the stage has no stack, or its stack may not be read.
 */
export async function examine({ stage, clients, now, readExpiry }: Examination): Promise<Report> {
  const { cloudFormation, cloudWatch, lambda } = clients;
  const { name, settings } = stage;
  const outputs = await readStackOutputs(cloudFormation, name);
  const region = await cloudFormation.config.region();
  const machine = await findJobsMachine(clients, outputs);
  const sections: readonly { readonly title: string; readonly checks: readonly DoctorCheck[] }[] = [
    {
      title: 'What it runs',
      checks: [
        { name: 'version', needs: ['lambda:GetFunction'], run: () => findVersions(clients, outputs) },
        { name: 'service', needs: [], run: () => askService(outputs) },
        {
          name: 'rollback',
          needs: ['ssm:GetParameter', 'lambda:GetAlias'],
          run: () => findKnownGood(clients, outputs),
        },
        {
          name: 'alias',
          needs: ['lambda:GetAlias'],
          run: () => checkAlias(cloudFormation, lambda, name),
        },
      ],
    },
    {
      title: 'Health',
      checks: [
        {
          name: 'alarms',
          needs: ['cloudwatch:DescribeAlarms'],
          run: () => findAlarms(cloudWatch, outputs.stack.name),
        },
        {
          name: 'alerts',
          needs: ['sns:ListSubscriptionsByTopic'],
          run: () => countAlerted(clients, outputs),
        },
        {
          name: 'pages',
          needs: ['sns:ListSubscriptionsByTopic'],
          run: () => countPaged(clients, stage, outputs),
        },
        {
          name: 'jobs',
          needs: ['states:ListExecutions'],
          run: () => checkFailedJobs(clients, stage, machine, now),
        },
      ],
    },
    {
      title: 'Deliveries',
      checks: [
        {
          name: 'stack',
          needs: ['cloudformation:DescribeStacks'],
          run: () => checkStack(cloudFormation, outputs.stack.name),
        },
        {
          name: 'deployments',
          needs: ['codedeploy:ListDeployments', 'codedeploy:BatchGetDeployments'],
          run: () => findDeployments(clients, outputs, now),
        },
        {
          name: 'drift',
          needs: ['cloudformation:DescribeStacks', 'cloudformation:DescribeStackResourceDrifts'],
          run: () => findLastDrift(clients, stage, outputs, now),
        },
      ],
    },
    {
      title: 'Access and limits',
      checks: [
        { name: 'keys', needs: ['apigateway:GET'], run: () => countKeys(clients, stage, outputs, now) },
        { name: 'certificate', needs: [], run: () => checkExpiry(settings, now, readExpiry) },
        {
          name: 'quota',
          needs: ['lambda:GetAccountSettings', 'cloudwatch:GetMetricStatistics'],
          run: () => checkPeak(clients, now),
        },
        { name: 'job quotas', needs: [], run: async () => checkJobs(settings, region) },
      ],
    },
  ];
  return {
    stage: name,
    region,
    sections: await Promise.all(
      sections.map(async ({ title, checks }) => ({ title, findings: await runReadable(checks) })),
    ),
    links: doctorLinks(outputs, settings, { region, machine }),
  };
}
