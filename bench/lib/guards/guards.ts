import { hasImage } from '../compare/installable.ts';
import type { Workload } from '../workload.ts';
import { createMeasures } from './measures.ts';
import { bundleKilobytes, imageMegabytes } from './sizes.ts';

/** A figure that must not get worse. */
export interface Guard {
  readonly figure: string;
  readonly unit: 'times' | 'MiB' | 'kB' | 'MB';
  readonly target: number;
  /** How far the figure may be over its target, for noise and for other processors. */
  readonly margin: number;
  readonly measure: () => Promise<number>;
}

const PREDICTIONS = 400;
const CLIENTS = 8;

/** The guards that this machine can measure. The guard of the image needs Docker. */
export async function createGuards(workload: Workload): Promise<readonly Guard[]> {
  const { httpOverBare, explainOverPredict, startOverBare, peakMiB, cpuOverBare } =
    await createMeasures(workload);
  return [
    {
      figure: 'p50 of POST /predict over the bare run, 1 thread',
      unit: 'times',
      target: 1.2,
      margin: 0.15,
      measure: () => httpOverBare(1),
    },
    {
      figure: 'p50 of POST /predict over the bare run, 2 threads',
      unit: 'times',
      target: 1.42,
      margin: 0.2,
      measure: () => httpOverBare(2),
    },
    {
      figure: 'p50 of POST /predict?explain=1 over that without explain',
      unit: 'times',
      target: 1.08,
      margin: 0.07,
      measure: explainOverPredict,
    },
    {
      figure: 'CPU time of a prediction over that of a bare run, 1 thread',
      unit: 'times',
      target: 1.35,
      margin: 0.25,
      measure: cpuOverBare,
    },
    {
      figure: 'Start to first prediction over load and first run of the bare model',
      unit: 'times',
      target: 2.1,
      margin: 0.5,
      measure: startOverBare,
    },
    {
      figure: `Peak memory after ${PREDICTIONS} predictions of ${CLIENTS} clients`,
      unit: 'MiB',
      target: 200,
      margin: 30,
      measure: () => peakMiB({ clients: CLIENTS, predictions: PREDICTIONS }),
    },
    {
      figure: 'Bundle of the function',
      unit: 'kB',
      target: 760,
      margin: 50,
      measure: () => bundleKilobytes('index.mjs'),
    },
    ...((await hasImage())
      ? [
          {
            figure: 'Image, uncompressed',
            unit: 'MB',
            target: 400,
            margin: 0,
            measure: imageMegabytes,
          } as const,
        ]
      : []),
  ];
}
