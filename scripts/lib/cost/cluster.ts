import type { PriceBook } from '../../../lib/prices.ts';
import { type Bill, billOf, charge, GB, HOURS_PER_MONTH, requestsPerMonth, type Traffic } from './bill.ts';
import { BYTES } from './volumes.ts';

/** A service on EKS, scaled by the CPU of its pods. */
export interface Cluster {
  readonly pods: { readonly min: number; readonly max: number };
  /** Requests a second of one pod whose CPU is fully used. */
  readonly podCapacity: number;
  /** Share of CPU in use at which the autoscaler adds a pod. */
  readonly targetUtilization: number;
  /** Compressed images in the registry, in GB. */
  readonly imagesGb: number;
}

/**
 * The replaced system: 3 to 10 pods of 1 to 2 cores and 2.5 GB, each with 15 requests/s by its own statement.
 */
export const REPLACED: Cluster = {
  pods: { min: 3, max: 10 },
  podCapacity: 15,
  targetUtilization: 0.7,
  imagesGb: 10,
};

const NODE_DISK_GB = 20;
/** For Prometheus and Grafana, which run on the same nodes. */
const METRICS_DISK_GB = 20;
/** Limits of one LCU: docs.aws.amazon.com/elasticloadbalancing and its pricing page. */
const CONNECTIONS_PER_LCU = 25;
const GB_PER_LCU_HOUR = 1;

/** The pods that the autoscaler settles on: ceil(requests / (capacity × target)), within its limits. */
export function podsOf(
  { pods, podCapacity, targetUtilization }: Cluster,
  { requestsPerSecond }: Traffic,
): number {
  const wanted = Math.ceil(requestsPerSecond / (podCapacity * targetUtilization));
  return Math.min(pods.max, Math.max(pods.min, wanted));
}

/** Whether the traffic is more than all pods can serve. */
export function isOverloaded({ pods, podCapacity }: Cluster, { requestsPerSecond }: Traffic): boolean {
  return requestsPerSecond > pods.max * podCapacity;
}

/**
 * A month of the cluster: control plane, nodes, disks, load balancer, data out and logs. Each pod has a node
 * of 2 vCPUs and 8 GiB, because of its anti-affinity and because two pods of up to 2 cores do not fit on one.
 * Left out in its favour: NAT gateways, public addresses, traffic between zones, alarms, traces, firewall,
 * spare nodes during updates, and labour.
 */
export function clusterBill(book: PriceBook, cluster: Cluster, traffic: Traffic): Bill {
  const nodes = podsOf(cluster, traffic);
  const requests = requestsPerMonth(traffic);
  const gbPerHour = (traffic.requestsPerSecond * 3600 * (BYTES.request + BYTES.response)) / GB;
  const capacityUnits = Math.max(
    traffic.requestsPerSecond / CONNECTIONS_PER_LCU,
    gbPerHour / GB_PER_LCU_HOUR,
  );
  const charges = [
    charge(book, 'compute', 'EKS control plane', 'eksCluster', HOURS_PER_MONTH),
    charge(book, 'compute', 'Nodes m6i.large', 'nodeM6iLarge', nodes * HOURS_PER_MONTH),
    charge(book, 'storage', 'Disks of the nodes', 'volumeGp3', nodes * NODE_DISK_GB),
    charge(book, 'observability', 'Disk of Prometheus', 'volumeGp3', METRICS_DISK_GB),
    charge(book, 'gateway', 'Load balancer', 'loadBalancer', HOURS_PER_MONTH),
    charge(
      book,
      'gateway',
      'Load balancer capacity',
      'loadBalancerCapacity',
      capacityUnits * HOURS_PER_MONTH,
    ),
    charge(book, 'gateway', 'Data out', 'dataOut', (requests * BYTES.response) / GB),
    charge(book, 'observability', 'Logs ingested', 'logsIngested', (requests * BYTES.applicationLog) / GB),
    charge(book, 'storage', 'Images in the registry', 'registryStorage', cluster.imagesGb),
  ];
  return billOf(charges, traffic);
}
