import type { Settings } from '../../../lib/settings.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import type { Link } from '../record/record.ts';

/** Where a person goes on looking. */
export function doctorLinks(
  { apiUrl, dashboardUrl, deployment, functionName, stack }: StackOutputs,
  { runbooksUrl }: Pick<Settings, 'runbooksUrl'>,
  { region, machine }: { readonly region: string; readonly machine: string | undefined },
): Link[] {
  const console = (path: string) => `https://${region}.console.aws.amazon.com/${path}`;
  const named = (text: string, url: string | undefined) => (url === undefined ? [] : [{ text, url }]);
  return [
    { text: 'API', url: apiUrl },
    ...named('Dashboard', dashboardUrl),
    { text: 'Alarms', url: console(`cloudwatch/home?region=${region}#alarmsV2:?search=${stack.name}`) },
    {
      text: 'Stack',
      url: console(`cloudformation/home?region=${region}#/stacks?filteringText=${stack.name}`),
    },
    {
      text: 'Function',
      url: console(`lambda/home?region=${region}#/functions/${functionName}?tab=monitoring`),
    },
    ...named(
      'CodeDeploy',
      deployment &&
        console(
          `codesuite/codedeploy/applications/${deployment.application}/deployment-groups/${deployment.group}?region=${region}`,
        ),
    ),
    ...named('Jobs', machine && console(`states/home?region=${region}#/statemachines/view/${machine}`)),
    { text: 'Runbooks', url: runbooksUrl === 'off' ? 'docs/runbooks/README.md' : runbooksUrl },
  ];
}
