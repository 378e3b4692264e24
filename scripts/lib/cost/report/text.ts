import { MOST_RUNNING_JOBS } from '../../../../lambda/jobs/cloud/admission.ts';
import type { PriceBook } from '../../../../lib/prices.ts';
import { HOURS_PER_MONTH } from '../bill.ts';
import { DEFAULT_COLD_START_SHARE, DEFAULT_SLOWDOWN } from '../stage.ts';

export function reportHeading({ region }: PriceBook): string {
  return `# What it costs

\`npm run cost:report\` generates this page from measured durations, the settings of the stages and the list prices of
${region}. Free tier, discounts, taxes and labour are not included. A month has ${HOURS_PER_MONTH} hours. For other traffic and settings,
run \`npm run cost -- --stage prod --rps 5 --memory 1769\`.`;
}

export const COMPARED = `- *This stage* is everything in prod: gateway, firewall, logs, traces, alarms and dashboard.
- *SageMaker Serverless* includes the same, because its endpoints accept signed requests only and so need the same gateway.
  Its CPU for each MiB is assumed to be Lambda's.
- *EKS, replaced system* is 3 to 10 pods, scaled at 70 % of the 15 requests/s that the system states for one pod.
- *EKS, this image* is the same cluster with this image, one core for each pod.
- Both clusters have one m6i.large for each pod, a control plane, a load balancer and disks. In their favour, NAT gateways,
  public addresses, traffic between zones, alarms, traces, a firewall and the work of running a cluster are left out.
  Often, nodes and the control plane also serve other services.
- Steady traffic favours servers. When traffic comes in waves, servers and warm execution environments cost the same
  while they wait.`;

export const flood = (prices: {
  readonly s3Put: number;
  readonly dataOut: number;
  /** What jobs can cost in a day, such as `100.00 in prod`. */
  readonly jobs: string;
}) => `The most that an attacker can cost a stage, at list prices:

- *Without credentials*: every method that needs none, each at its limit (\`throttle\`), each answered by the function on demand. The
  largest parts are data out, for the scripts of the API reference (up to 1.7 MB each), and \`GET /ready\`, which has the limit
  of \`POST /predict\`.
- *With those of one caller*, for example a stolen key: its whole rate, as batches that run until the timeout. Real photos cost a few
  percent of this. Jobs are included, with ${prices.jobs}: the workers (\`jobs.concurrency\`)
  all day, and the state transitions of batches that fail at once or wait. At most ${MOST_RUNNING_JOBS} jobs run at the same time. Disable the key to stop it.
  A caller with AWS credentials or a token (\`auth\`) has no limits of its own, only those of the methods for all callers together.
- *Refused requests*: the throttle, the firewall or missing credentials refuse them. API Gateway does not bill them
  ([AWS](https://repost.aws/questions/QU5y4fo-e3RWyU5r4VmyPIzA/pricing-clarification-for-api-gateway)), but the firewall counts
  each, and the access log has a line for each. No setting limits how many come.
  Where a function checks tokens, an invented token costs about a dollar a million more.
- *Not included*: presigned URLs, which lead to S3 and not through the API. Only a caller with credentials gets one, but nothing
  limits how often it is used while it is valid: a million uploads cost ${(1e6 * prices.s3Put).toFixed(2)} USD, and 1 TB of downloaded results
  ${(1000 * prices.dataOut).toFixed(2)} USD.
  Preparing jobs over long manifests and large buckets (\`jobs.sources\`) is not included either. Each such job lists or reads all
  inputs and writes them as batches.

API Gateway limits each method separately, not the whole stage, and on a best-effort basis
([AWS](https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html)).`;

export const CAPTURES = `A stage that captures images (\`inputCapture\`, off by default) pays a request to S3 for each, the storage, and the time that
the function waits for S3, 0.1 s at the price on demand. For prod at 1 request/s, with photos of 40 kB that are kept for 30 days:`;

export const ASSUMPTIONS = `## Assumptions

- 1,769 MiB buy one vCPU, and less memory buys a share of one
  ([Lambda's documentation](https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)). Durations between
  measured shares follow a power law. Above two vCPUs they follow Amdahl's law through one and two vCPUs, which could not
  be checked here.
- p95 is the function's. The gateway and the network add to it, so leave room for them.
- The slowdown is ${DEFAULT_SLOWDOWN}: the measured cores have AVX-512 VNNI for int8, while Lambda promises AVX2. arm64 was not measured;
  the durations of x86_64 are used for it.
- Provisioned concurrency settles at the concurrency that a request finds, and the request itself, divided by the target
  utilisation, within its limits ([ADR 26](adr/0026-the-probe-keeps-nothing-warm.md)). Without requests it is the minimum.
  Requests arrive at random. Requests that find every warm environment busy are billed on demand (Erlang's loss formula).
- ${DEFAULT_COLD_START_SHARE * 100} % of the requests that run on demand, with SnapStart or as spillover start an execution environment
  (\`--cold-start-share\`), and their init phase is billed.
- SnapStart supports container images since July 2026. AWS bills a snapshot for every published version that is not
  deleted; two are counted.
- X-Ray samples by its default rule. Alarms, metrics of logs, rules and dashboards are counted in the templates. Target
  tracking adds two alarms, on two metrics each. Stored logs are counted uncompressed.
- Not included: NAT of a VPC, hosted zones, e-mails, the functions for the probe, for deployments, for the quality watch, for
  tokens and for webhooks, what jobs cost while they run, build minutes.`;
