import { percentile } from '../../../scripts/lib/statistics.ts';
import { ask } from '../load/ask.ts';
import type { LoadOrder } from '../load/client.ts';
import { photosOfSizes } from '../photos.ts';
import type { Result } from '../result.ts';
import { step } from '../step.ts';
import type { RunningSubject } from '../subjects/running-subject.ts';
import { turns } from '../turns.ts';
import { singles } from '../workload.ts';
import type { Context } from './context.ts';

/** How the latency of one client grows with the size of the JPEG. */
export async function measureImageSizes(
  context: Context,
  servers: readonly RunningSubject[],
): Promise<Result['imageSizes']> {
  const photos = await photosOfSizes();
  step('Sizes of JPEG files');
  return alternate(context, servers, photos, context.plan.sizeSeconds, (server, photo) => ({
    order: { protocol: server.subject.protocol, requests: singles(context, [photo]) },
    row: { subject: server.subject.id, photo: `${photo.width} x ${photo.height}`, bytes: photo.bytes },
  }));
}

/** How the latency of one client grows with the number of images in a request. */
export async function measureBatches(
  context: Context,
  servers: readonly RunningSubject[],
): Promise<Result['batches']> {
  step('Sizes of batches');
  const requests = singles(context);
  return alternate(context, servers, context.plan.batchSizes, context.plan.batchSeconds, (server, images) => {
    const repeated = Array.from({ length: images }, (_, index) => requests[index % requests.length]);
    const batch = {
      photos: repeated.flatMap((request) => request?.photos ?? []),
      expectedTop: repeated.flatMap((request) => request?.expectedTop ?? []),
    };
    return {
      order: { protocol: 'form-batch' as const, requests: [batch] },
      row: { subject: server.subject.id, images },
    };
  });
}

const FEWEST_ANSWERS = 3;

interface Case<Row> {
  readonly order: Pick<LoadOrder, 'protocol' | 'requests'>;
  readonly row: Row;
}

/** The median latency of every case on every server. The servers take turns in each case. */
async function alternate<Item, Row>(
  context: Context,
  servers: readonly RunningSubject[],
  items: readonly Item[],
  seconds: number,
  prepare: (server: RunningSubject, item: Item) => Case<Row>,
): Promise<(Row & { p50Ms: number[] })[]> {
  const cases = items.map((item) =>
    servers.map((server) => ({ server, ...prepare(server, item), p50Ms: [] as number[] })),
  );
  for (let round = 0; round < context.plan.rounds; round += 1) {
    for (const group of cases) {
      for (const { server, order, p50Ms } of turns(group, round)) {
        p50Ms.push(percentile(await latencies(context, server, order, seconds), 0.5));
      }
    }
  }
  return cases.flat().map(({ row, p50Ms }) => ({ ...row, p50Ms }));
}

/** The latencies of one client, measured longer if there are too few answers. */
async function latencies(
  context: Context,
  server: RunningSubject,
  order: Case<unknown>['order'],
  seconds: number,
): Promise<readonly number[]> {
  const { latenciesMs } = await ask(context.client, server, {
    ...order,
    clients: 1,
    length: { seconds },
  });
  return latenciesMs.length < FEWEST_ANSWERS ? latencies(context, server, order, seconds * 2) : latenciesMs;
}
