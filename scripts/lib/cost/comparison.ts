import type { PriceBook } from '../../../lib/prices.ts';
import type { Bill, Load } from './bill.ts';
import { type Cluster, clusterBill, isOverloaded, podsOf, REPLACED } from './cluster.ts';
import { type Deployment, deploymentBill } from './deployment.ts';
import type { DurationModel } from './durations.ts';
import { SERVERLESS_MEMORY_MIB, sageMakerBill } from './sagemaker.ts';

export interface Alternative {
  readonly name: string;
  /** What of it the load needs. */
  readonly detail: string;
  /** Undefined where it cannot carry the load. */
  readonly bill: Bill | undefined;
}

/** A pod with one core takes requests one after the other, as a function with one vCPU does. */
function podsOfThisImage(durations: DurationModel): Cluster {
  return { ...REPLACED, podCapacity: 1000 / durations.prediction(1).meanMs, imagesGb: 1 };
}

/** The same load on this deployment, on the clusters, and on SageMaker with the memory next above one vCPU. */
export function compare(
  book: PriceBook,
  deployment: Deployment,
  load: Load,
  durations: DurationModel,
): Alternative[] {
  const memoryMiB = SERVERLESS_MEMORY_MIB[1];
  const onCluster = (name: string, cluster: Cluster): Alternative => ({
    name,
    detail: `${podsOf(cluster, load)} pods`,
    bill: isOverloaded(cluster, load) ? undefined : clusterBill(book, cluster, load),
  });
  const { memoryMiB: ownMemoryMiB, coldStart } = deployment;
  const onDemand: Deployment = { ...deployment, coldStart: { kind: 'on-demand' } };
  return [
    {
      name: 'This stage',
      detail: `${ownMemoryMiB} MiB, ${coldStart.kind}`,
      bill: deploymentBill(book, deployment, load, durations),
    },
    {
      name: 'The same on demand',
      detail: `${ownMemoryMiB} MiB`,
      bill: deploymentBill(book, onDemand, load, durations),
    },
    {
      name: 'SageMaker Serverless',
      detail: `${memoryMiB} MiB`,
      bill: sageMakerBill(book, memoryMiB, deployment, load, durations),
    },
    onCluster('EKS, system replaced', REPLACED),
    onCluster('EKS, this image', podsOfThisImage(durations)),
  ];
}
