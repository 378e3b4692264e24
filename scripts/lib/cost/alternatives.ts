import type { PriceBook } from '../../../lib/prices.ts';
import { type Bill, billOf, charge, GB, requestsPerMonth, type Traffic } from './bill.ts';
import { type Cluster, clusterBill, isOverloaded, podsOf, REPLACED } from './cluster.ts';
import {
  type Deployment,
  deploymentBill,
  gatewayCharges,
  observabilityCharges,
  qualityCharges,
  registryCharges,
  type Surroundings,
} from './deployment.ts';
import type { DurationModel } from './durations.ts';
import { vcpusOf } from './function.ts';
import { BYTES } from './volumes.ts';

export interface Alternative {
  readonly name: string;
  /** Its size at this traffic. */
  readonly detail: string;
  /** Undefined if the traffic is more than it can serve. */
  readonly bill: Bill | undefined;
}

export const OWN_NAME = 'This stage';
export const REPLACED_NAME = 'EKS, replaced system';

/**
 * Memory of a serverless endpoint in MiB: docs.aws.amazon.com/sagemaker, ProductionVariantServerlessConfig.
 */
const SERVERLESS_MEMORY_MIB = [1024, 2048, 3072, 4096, 5120, 6144] as const;

/**
 * The same traffic on this deployment, on the clusters, and on SageMaker with the next memory above one vCPU.
 */
export function compareAlternatives(
  book: PriceBook,
  deployment: Deployment,
  traffic: Traffic,
  durations: DurationModel,
): Alternative[] {
  const memoryMiB = SERVERLESS_MEMORY_MIB[1];
  const onCluster = (name: string, cluster: Cluster): Alternative => ({
    name,
    detail: `${podsOf(cluster, traffic)} pods`,
    bill: isOverloaded(cluster, traffic) ? undefined : clusterBill(book, cluster, traffic),
  });
  const { memoryMiB: ownMemoryMiB, coldStart } = deployment;
  const onDemand: Deployment = { ...deployment, coldStart: { kind: 'on-demand' } };
  return [
    {
      name: OWN_NAME,
      detail: `${ownMemoryMiB} MiB, ${coldStart.kind}`,
      bill: deploymentBill(book, deployment, traffic, durations),
    },
    {
      name: 'The same on demand',
      detail: `${ownMemoryMiB} MiB`,
      bill: deploymentBill(book, onDemand, traffic, durations),
    },
    {
      name: 'SageMaker Serverless',
      detail: `${memoryMiB} MiB`,
      bill: sageMakerBill(book, memoryMiB, deployment, traffic, durations),
    },
    onCluster(REPLACED_NAME, REPLACED),
    onCluster('EKS, this image', podsOfThisImage(durations)),
  ];
}

/** A pod with one core serves one request at a time, as a function with one vCPU does. */
function podsOfThisImage(durations: DurationModel): Cluster {
  return { ...REPLACED, podCapacity: 1000 / durations.prediction(1).meanMs, imagesGb: 1 };
}

/**
 * The same image as a SageMaker Serverless Inference endpoint. It is behind the same gateway, because an
 * endpoint accepts signed requests only. AWS bills processing seconds by memory, and data in and out, but no
 * cold starts. Its documentation says that CPU is proportional to memory, not by how much; Lambda's
 * proportion is assumed.
 */
function sageMakerBill(
  book: PriceBook,
  memoryMiB: (typeof SERVERLESS_MEMORY_MIB)[number],
  surroundings: Surroundings,
  traffic: Traffic,
  durations: DurationModel,
): Bill {
  const requests = requestsPerMonth(traffic);
  const seconds = requests * (Math.ceil(durations.prediction(vcpusOf(memoryMiB)).meanMs) / 1000);
  const data = (requests * (BYTES.request + BYTES.response)) / GB;
  return billOf(
    [
      charge(book, 'compute', 'SageMaker duration', 'sageMakerServerless', seconds * (memoryMiB / 1024)),
      charge(book, 'compute', 'SageMaker data', 'sageMakerData', data),
      ...gatewayCharges(book, surroundings, traffic),
      ...observabilityCharges(book, surroundings, traffic),
      ...qualityCharges(book, surroundings, traffic),
      ...registryCharges(book),
    ],
    traffic,
  );
}
