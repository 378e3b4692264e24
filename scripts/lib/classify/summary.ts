import { ERROR_KINDS, type ErrorCode } from '../../../lambda/errors.ts';
import { alignColumns } from '../command/columns.ts';

export interface Tally {
  readonly results: string;
  /** Photos that have results, with those of earlier runs. */
  readonly done: number;
  /** Photos that have none yet. */
  readonly left: number;
  /** How many of them failed, by code. */
  readonly failures: ReadonlyMap<ErrorCode, number>;
  /** Files in folders that are not photos. */
  readonly skipped: number;
  /** Photos that this run classified, and how long it took. */
  readonly now: { readonly photos: number; readonly seconds: number };
}

export const failedOf = ({ failures }: Pick<Tally, 'failures'>): number =>
  [...failures.values()].reduce((sum, count) => sum + count, 0);

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What a person wants to know at the end, also after Ctrl-C. */
export function formatSummary(tally: Tally): string {
  const { results, done, left, failures, skipped, now } = tally;
  const failed = failedOf(tally);
  const rows = [...failures]
    .sort(([, one], [, other]) => other - one)
    .map(([code, count]) => [`  ${count}`, code, ERROR_KINDS[code].title]);
  return [
    `${results}: ${counted(done, 'photo')}, ${done - failed} classified, ${failed} failed`,
    ...(rows.length > 0 ? [alignColumns(rows)] : []),
    ...(skipped > 0 ? [`Other files in the folders: ${skipped}`] : []),
    ...(now.photos > 0
      ? [
          `This run: ${counted(now.photos, 'photo')} in ${now.seconds.toFixed(1)} s, ` +
            `${(now.photos / now.seconds).toFixed(1)} photos/s`,
        ]
      : []),
    ...(left > 0 ? [`Stopped. The same command goes on with the other ${counted(left, 'photo')}.`] : []),
  ].join('\n');
}
