import type { Accuracy } from './measure.ts';

/** A short table, with the standard error of each share. */
export function formatAccuracy({
  images,
  skipped,
  top1,
  top5,
  imagesPerSecond,
  model,
  threads,
}: Accuracy): string {
  const share = (value: number) => {
    const standardError = Math.sqrt((value * (1 - value)) / images);
    return `${value.toFixed(4)} ± ${standardError.toFixed(4)}`;
  };
  return [
    `model    ${model.name} ${model.version}, sha256 ${model.sha256.slice(0, 12)}`,
    `images   ${images}, ${skipped.length} skipped`,
    `top-1    ${share(top1)}`,
    `top-5    ${share(top5)}`,
    `speed    ${imagesPerSecond.toFixed(1)} images/s, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ...skipped.map(({ file, reason }) => `skipped  ${file}: ${reason}`),
  ].join('\n');
}
