import type { WorkflowRun } from '../github/run.ts';
import type { Link } from './record.ts';

export interface Linked {
  readonly run: WorkflowRun | undefined;
  readonly dashboardUrl: string | undefined;
  /** The id of the CodeDeploy deployment. */
  readonly deployment: string | undefined;
  /** Of the stage. Undefined if it has no stack. */
  readonly region: string | undefined;
}

/** The pages where a person goes on looking. */
export function linksOf({ run, dashboardUrl, deployment, region }: Linked): Link[] {
  return [
    ...(run ? [{ text: 'Run', url: run.url }] : []),
    ...(dashboardUrl ? [{ text: 'Dashboard', url: dashboardUrl }] : []),
    ...(deployment && region
      ? [
          {
            text: 'CodeDeploy',
            url: `https://${region}.console.aws.amazon.com/codesuite/codedeploy/deployments/${deployment}?region=${region}`,
          },
        ]
      : []),
  ];
}
