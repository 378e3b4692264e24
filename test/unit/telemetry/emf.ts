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

/** @returns what some work writes to standard output and standard error, in order. */
export async function outputOf(work: () => unknown): Promise<string[]> {
  const written: string[] = [];
  const prints = [process.stdout, process.stderr].map((stream) =>
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    }),
  );
  try {
    await work();
  } finally {
    for (const print of prints) print.mockRestore();
  }
  return written;
}

/** @returns the metrics that some work writes. */
export async function metricsOf(work: () => unknown): Promise<Emf[]> {
  const written = await outputOf(work);
  return written.filter((text) => text.includes('"_aws"')).map((text) => JSON.parse(text) as Emf);
}
