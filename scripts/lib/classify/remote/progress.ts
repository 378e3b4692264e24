import { createTasksProgress, PHOTOS } from '../../command/progress.ts';
import type { Batch } from './batches.ts';

export interface BatchCounts {
  /** With those that cannot be uploaded. */
  readonly uploaded: number;
  readonly classified: number;
}

/** One bar for the uploads and one for the results. */
export function showProgress(doneBefore: number, photos: number) {
  const total = doneBefore + photos;
  const bars = createTasksProgress(process.stderr, PHOTOS, [
    { name: 'uploaded', total, doneBefore },
    { name: 'classified', total, doneBefore },
  ]);
  const counts = new Map<Batch, BatchCounts>();
  let finished = doneBefore;
  const draw = () => {
    const sum = (name: keyof BatchCounts) =>
      Math.min(
        total,
        [...counts.values()].reduce((all, one) => all + one[name], finished),
      );
    bars.update([sum('uploaded'), sum('classified')]);
  };
  return {
    update(batch: Batch, some: BatchCounts) {
      counts.set(batch, some);
      draw();
    },
    done(batch: Batch) {
      counts.delete(batch);
      finished += batch.photos.filter(({ isWanted }) => isWanted).length;
      draw();
    },
    stop: bars.stop,
  };
}
