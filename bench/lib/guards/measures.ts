import { availableParallelism } from 'node:os';
import { ratioOfRounds } from '../../../scripts/lib/statistics.ts';
import { measureKinds } from '../explain/measure.ts';
import { ask } from '../load/ask.ts';
import { startLoadClient } from '../load/client.ts';
import { predictionsOf } from '../load/predictions.ts';
import { measureOverhead } from '../overhead/measure.ts';
import { startOverheadPair } from '../overhead/pair.ts';
import { INT8_BUNDLE } from '../paths.ts';
import { overheadPhoto } from '../photos.ts';
import { bundledBareRun, startBareRunner } from '../subjects/bare-runner.ts';
import { startSubject } from '../subjects/running-subject.ts';
import { ours } from '../subjects/subjects.ts';
import { knownPhoto, singles, type Workload } from '../workload.ts';

const START_ROUNDS = 7;
const CPU_ROUNDS = 5;
/** Enough for the clock ticks of 10 ms in which the kernel counts CPU time. */
const CPU_PREDICTIONS = 60;
const OVERHEAD = { rounds: 10, requests: 30 };
const EXPLAIN = { rounds: 20, requests: 30 };

/** The bundle of this service against the bare model, with the settings of the image. */
export async function createMeasures(workload: Workload) {
  const photo = await overheadPhoto();
  const known = await knownPhoto(workload);
  const requests = singles(workload);
  const startBare = (threads: number) =>
    startBareRunner('onnxruntime-node', bundledBareRun(INT8_BUNDLE, threads));
  const startService = () => startSubject(ours('bundle'), known);

  return {
    /** With the same number of threads. */
    async httpOverBare(threads: number): Promise<number> {
      await using pair = await startOverheadPair(known, threads);
      const [rounds = []] = await measureOverhead([pair], photo, OVERHEAD);
      return ratioOfRounds(
        rounds.map(({ httpMs }) => httpMs),
        rounds.map(({ bareMs }) => bareMs),
      ).median;
    },

    /** With one client. */
    async explainOverPredict(): Promise<number> {
      await using service = await startService();
      const { explain1, predict } = await measureKinds(service, photo, ['predict', 'explain1'], EXPLAIN);
      return ratioOfRounds(
        explain1.map(({ p50Ms }) => p50Ms),
        predict.map(({ p50Ms }) => p50Ms),
      ).median;
    },

    /** From the command to the first prediction, over loading and running the bare model. */
    async startOverBare(): Promise<number> {
      const ours: number[] = [];
      const bares: number[] = [];
      for (let round = 0; round <= START_ROUNDS; round += 1) {
        await using bare = await startBare(availableParallelism());
        await using service = await startService();
        // The first round reads everything from the disk.
        if (round === 0) continue;
        ours.push(service.startSeconds);
        bares.push(bare.startSeconds);
      }
      return ratioOfRounds(ours, bares).median;
    },

    async peakMiB({ clients, predictions }: { readonly clients: number; readonly predictions: number }) {
      using client = startLoadClient();
      await using service = await startService();
      await predictionsOf(client, service, requests, { clients, predictions });
      return (await service.usage()).peakMiB;
    },

    /**
     * With one client. The service uses as many threads as it chooses. The bare model runs with one, which
     * takes the least CPU time, because no thread waits for another.
     */
    async cpuOverBare(): Promise<number> {
      using client = startLoadClient();
      await using bare = await startBare(1);
      await using service = await startService();
      const bareCpu = async () => {
        const before = await bare.usage();
        await bare.run(CPU_PREDICTIONS);
        return ((await bare.usage()).cpuSeconds - before.cpuSeconds) / CPU_PREDICTIONS;
      };
      const serviceCpu = async () => {
        const order = {
          protocol: 'form',
          requests,
          clients: 1,
          length: { requests: CPU_PREDICTIONS },
        } as const;
        const { cpuSeconds, answered } = await ask(client, service, order);
        return cpuSeconds / answered;
      };
      await serviceCpu();
      const services: number[] = [];
      const bares: number[] = [];
      for (let round = 0; round < CPU_ROUNDS; round += 1) {
        bares.push(await bareCpu());
        services.push(await serviceCpu());
      }
      return ratioOfRounds(services, bares).median;
    },
  };
}
