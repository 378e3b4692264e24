import { vi } from 'vitest';

/** One line of CloudWatch's embedded metric format. */
export interface Emf {
  readonly _aws: {
    readonly CloudWatchMetrics: readonly [
      {
        readonly Namespace: string;
        readonly Dimensions: string[][];
        readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
      },
    ];
  };
  readonly [name: string]: unknown;
}

/** @returns the metrics that some work writes to standard output. */
export async function metricsOf(work: () => unknown): Promise<Emf[]> {
  const written: string[] = [];
  const print = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  try {
    await work();
  } finally {
    print.mockRestore();
  }
  return written.filter((text) => text.includes('"_aws"')).map((text) => JSON.parse(text) as Emf);
}
