import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Stage } from '../../../lib/stages.ts';
import { readStackOutputs, type StackOutputs } from '../aws/stack-outputs.ts';
import { formatFindings } from '../findings/report.ts';
import { workflowRun } from '../github/run.ts';
import { writeOutputs, writeSummary } from '../github/step.ts';
import { publishNote } from '../notes/publish.ts';
import { linksOf } from './links.ts';
import { recordMarkdown } from './markdown.ts';
import type { DeliveryRecord } from './record.ts';
import { recordText } from './text.ts';

/** What a command knows of its own work. */
export type Ended = Omit<DeliveryRecord, 'stage' | 'by' | 'links' | 'ended'>;

/**
 * Tells how a deployment or a rollback ended: on the terminal, in the summary and the outputs of a workflow's step, and in a
 * note, if the stage sends notes. None of it can make a deployment fail.
 *
 * @returns the exit code of the command.
 */
export async function finish({ name, settings }: Stage, ended: Ended): Promise<0 | 1> {
  const stack = await readStackOutputs(new CloudFormationClient({}), name).catch(() => undefined);
  const run = workflowRun();
  const record: DeliveryRecord = {
    ...ended,
    stage: name,
    by: run?.actor,
    links: linksOf({
      run,
      dashboardUrl: stack?.dashboardUrl,
      deployment: stack && (await newestDeployment(stack, ended.started)),
      region: stack?.alertsTopicArn?.split(':')[3],
    }),
    ended: new Date(),
  };
  console.log(`\n${recordText(record)}`);
  const { image, versions } = record;
  await Promise.all([
    writeSummary(recordMarkdown(record)),
    writeOutputs({
      outcome: record.outcome.kind,
      ...(image === undefined ? {} : { image, digest: image.split('@')[1] ?? '' }),
      ...(versions.after === undefined ? {} : { version: versions.after }),
    }),
  ]).catch((error: Error) => console.error(`The record could not be written: ${error.message}`));
  if (settings.deploymentNotes) {
    const note = await publishNote(new SNSClient({}), stack?.alertsTopicArn, record);
    console.log(formatFindings([note], process.stdout));
  }
  return record.outcome.kind === 'succeeded' ? 0 : 1;
}

/** The CodeDeploy deployment that began since then. @returns undefined if there is none, or it cannot be read */
async function newestDeployment({ deployment }: StackOutputs, since: Date): Promise<string | undefined> {
  if (deployment === undefined) return undefined;
  const { deployments = [] } = await new CodeDeployClient({})
    .send(
      new ListDeploymentsCommand({
        applicationName: deployment.application,
        deploymentGroupName: deployment.group,
        createTimeRange: { start: since },
      }),
    )
    .catch(() => ({ deployments: [] }));
  return deployments[0];
}
