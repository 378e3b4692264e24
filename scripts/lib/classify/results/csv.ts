import { ERROR_KINDS, type ErrorCode } from '../../../../lambda/errors.ts';
import { COLUMNS, FORMULA_START, quoted } from '../../../../lambda/http/page/app/csv.js';
import type { ModelRef, ResultFormat } from './format.ts';

/** The byte order mark tells spreadsheets that it is UTF-8. */
const HEADING = `\ufeff${COLUMNS.join(',')}\r\n`;

/**
 * A row for each class of each photo, as RFC 4180 describes CSV. A photo that failed has one row, with the title of
 * its problem.
 *
 * @param classes how many rows a photo has.
 */
export const csv = ({ name, version }: ModelRef, classes: number): ResultFormat => ({
  name: 'csv',
  heading: HEADING,
  hasQuotes: true,
  write(file, answer) {
    if ('problem' in answer) return row([file, '', '', '', '', answer.problem.title]);
    return answer.predictions
      .map(({ rank, label, probability }) => row([file, rank, label, probability, `${name}@${version}`, '']))
      .join('');
  },
  read(record) {
    const [file, rank, , , , title] = cells(record);
    if (file === undefined || rank === undefined || title === undefined) return undefined;
    const problem = title === '' ? undefined : codeOf(title);
    if (title === '' ? !/^\d+$/.test(rank) : problem === undefined) return undefined;
    return {
      file: file.replace(NEUTRAL_FORMULA, '$1'),
      problem,
      isLast: problem !== undefined || Number(rank) === classes,
    };
  },
});

const codeOf = (title: string): ErrorCode | undefined =>
  (Object.keys(ERROR_KINDS) as ErrorCode[]).find((code) => ERROR_KINDS[code].title === title);

const row = (values: readonly (string | number)[]): string => `${values.map(cell).join(',')}\r\n`;

/**
 * A name that begins with apostrophes before its formula gets one more, so that the names of two files stay different.
 */
const FORMULA = new RegExp(`^'*${FORMULA_START.source}`);
const NEUTRAL_FORMULA = new RegExp(`^'('*${FORMULA_START.source})`);

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  return quoted(FORMULA.test(value) ? `'${value}` : value);
}

/** The cells of a record that {@link row} wrote. */
function cells(record: string): readonly string[] {
  return [...record.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))/g)].map(
    ([, quoted, plain = '']) => quoted?.replaceAll('""', '"') ?? plain,
  );
}
