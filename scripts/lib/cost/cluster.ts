import type { PriceBook } from '../../../lib/prices.ts';
import { type Bill, billOf, charge, type Load, requestsPerMonth } from './bill.ts';
import { HOURS_PER_MONTH } from './capacity.ts';
import { BYTES } from './volumes.ts';

/** A service on EKS, scaled by the CPU of its pods. */
export interface Cluster {
  readonly pods: { readonly min: number; readonly max: number };
  /** Requests per second of one pod with its CPU in full use. */
  readonly podCapacity: number;
  /** Share of its CPU at which a pod gets company. */
  readonly targetUtilization: number;
  /** Compressed images in the registry, in GB. */
  readonly imagesGb: number;
}

/** The system replaced: 3 to 10 pods of 1 to 2 cores and 2.5 GB, 15 requests/s each by its own statement, under 2 GB. */
export const REPLACED: Cluster = {
  pods: { min: 3, max: 10 },
  podCapacity: 15,
  targetUtilization: 0.7,
  imagesGb: 10,
};

const GB = 1e9;
const NODE_DISK_GB = 20;
/** For Prometheus and Grafana, which run on the nodes there are. */
const METRICS_DISK_GB = 20;
/** Per LCU: docs.aws.amazon.com/elasticloadbalancing and its pricing page. */
const CONNECTIONS_PER_LCU = 25;
const GB_PER_LCU_HOUR = 1;

/** Pods that the autoscaler settles on: desired = ceil(load / (capacity × target)), within its bounds. */
export function podsOf(
  { pods, podCapacity, targetUtilization }: Cluster,
  { requestsPerSecond }: Load,
): number {
  const wanted = Math.ceil(requestsPerSecond / (podCapacity * targetUtilization));
  return Math.min(pods.max, Math.max(pods.min, wanted));
}

/** The load is more than all pods can do. */
export function isOverloaded({ pods, podCapacity }: Cluster, { requestsPerSecond }: Load): boolean {
  return requestsPerSecond > pods.max * podCapacity;
}

/**
 * A month of the cluster: control plane, one node of 2 vCPUs and 8 GiB for each pod (its anti-affinity wants one, and
 * two pods with 2 cores at most do not fit), disks, load balancer, data out and logs. Left out in its favour: NAT
 * gateways, public addresses, traffic between zones, alarms, traces, firewall, spare nodes during updates, and work.
 */
export function clusterBill(book: PriceBook, cluster: Cluster, load: Load): Bill {
  const nodes = podsOf(cluster, load);
  const requests = requestsPerMonth(load);
  const gbPerHour = (load.requestsPerSecond * 3600 * (BYTES.request + BYTES.response)) / GB;
  const capacityUnits = Math.max(load.requestsPerSecond / CONNECTIONS_PER_LCU, gbPerHour / GB_PER_LCU_HOUR);
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
  return billOf(charges, load);
}
