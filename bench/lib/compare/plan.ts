/** How long each part is measured. */
export interface Plan {
  readonly rounds: number;
  /** Numbers of closed-loop clients, and for how many seconds each of them is measured in a round. */
  readonly clients: readonly { readonly clients: number; readonly seconds: number }[];
  readonly sweepSeconds: number;
  /** Starts that are measured. One more start comes first, to fill the disk caches. */
  readonly starts: number;
  readonly memoryRounds: number;
  /** Predictions before memory is read, for each number of clients. */
  readonly memoryPredictions: number;
  readonly sizeSeconds: number;
  readonly batchSizes: readonly number[];
  readonly batchSeconds: number;
  readonly bareRounds: number;
  readonly bareRuns: number;
  /** Starts of the container that are measured. */
  readonly containerStarts: number;
  readonly shareRounds: number;
  readonly shareRequests: number;
}

export const FULL: Plan = {
  rounds: 3,
  // One client, for latency, and eight, for the targets, are measured longer.
  clients: [1, 2, 4, 8, 16, 32].map((clients) => ({ clients, seconds: [1, 8].includes(clients) ? 6 : 3 })),
  sweepSeconds: 4,
  starts: 4,
  memoryRounds: 2,
  memoryPredictions: 400,
  sizeSeconds: 3,
  batchSizes: [1, 2, 4, 8, 16],
  batchSeconds: 3,
  bareRounds: 10,
  bareRuns: 20,
  containerStarts: 8,
  shareRounds: 5,
  shareRequests: 60,
};

/** Only shows that everything works. The runs are too short for reliable figures. */
export const QUICK: Plan = {
  rounds: 1,
  clients: [1, 8, 32].map((clients) => ({ clients, seconds: clients === 32 ? 6 : 2 })),
  sweepSeconds: 2,
  starts: 1,
  memoryRounds: 1,
  memoryPredictions: 64,
  sizeSeconds: 1,
  batchSizes: [1, 16],
  batchSeconds: 3,
  bareRounds: 2,
  bareRuns: 5,
  containerStarts: 1,
  shareRounds: 1,
  shareRequests: 5,
};
