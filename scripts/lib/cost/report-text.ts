import type { PriceBook } from '../../../lib/prices.ts';
import { HOURS_PER_MONTH } from './capacity.ts';
import { DEFAULT_COLD_START_SHARE, DEFAULT_SLOWDOWN } from './stage.ts';

export function heading({ region }: PriceBook): string {
  return `# What it costs

Made by \`npm run cost -- --report\` from measured durations, the settings of the stages and list prices of ${region};
without free tier, discounts, taxes and work. A month has ${HOURS_PER_MONTH} hours. \`npm run cost -- --stage prod --rps 5
--memory 1769\` answers for other loads and settings.`;
}

export const COMPARED = `- *This stage* is all of prod: gateway, firewall, logs, traces, alarms, dashboard. So is *SageMaker Serverless*, behind the
  same gateway, because its endpoints take signed requests only; its CPU for each MiB is assumed to be Lambda's.
- *EKS, system replaced* is 3 to 10 pods, scaled at 70 % of the 15 requests/s that it states for each. *EKS, this image* is
  the same cluster with this image, a core to a pod. Both have one m6i.large for each pod, a control plane, a load
  balancer and disks; left out, in their favour, are NAT gateways, public addresses, traffic between zones, alarms,
  traces, a firewall and the work of running a cluster. Nodes and control plane often serve other services too.
- A steady load favours servers. Where the load comes in waves, servers and warm environments wait at full price.`;

export const ASSUMPTIONS = `## Assumed

- One vCPU for 1,769 MiB, shares of it below ([Lambda's documentation](https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)).
  Between measured shares a power law; above two vCPUs Amdahl's law from one and two, which nothing here could check.
- p95 is that of the function. The gateway and the network come on top; leave room for them.
- Slowdown ${DEFAULT_SLOWDOWN}: the measured cores have AVX-512 VNNI for int8, Lambda promises AVX2. arm64 was not measured: its
  durations are taken from x86_64.
- Provisioned concurrency settles at concurrency over target utilisation, within its bounds; requests arrive at random, and
  what finds every warm environment busy (Erlang's loss formula) is billed on demand.
- Of requests on demand, with SnapStart or spilled over, ${DEFAULT_COLD_START_SHARE * 100} % start an environment (\`--cold-start-share\`); the init
  phase is billed.
- SnapStart takes container images since July 2026; every published version that is not deleted pays for its snapshot, and
  two are counted.
- X-Ray samples by its default rule. Alarms, rules and dashboards are counted in the templates (\`npm run cost -- --count\`);
  target tracking adds two alarms. Stored logs are counted uncompressed.
- Left out: NAT of a VPC, hosted zones, e-mails, the functions of probe and deployment, build minutes.`;
