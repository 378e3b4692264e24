import { alignColumns } from '../command/columns.ts';
import { type DeliveryRecord, duration, headline, versionChange } from './record.ts';

/** The record for a terminal, without the diff and the findings, which it has shown already. */
export function recordText(record: DeliveryRecord): string {
  const { outcome, commit, image, by, links, steps, versions } = record;
  const rows = [
    ['version', versionChange(versions)],
    ...(commit === undefined ? [] : [['commit', commit]]),
    ...(image === undefined ? [] : [['image', image]]),
    ...(by === undefined ? [] : [['by', by]]),
    ['took', duration(record)],
    ...steps.filter(({ passed }) => !passed).map(({ name }) => ['failed', name]),
    ...links.map(({ text, url }) => [text, url]),
  ];
  const failure = outcome.kind === 'succeeded' ? [] : [outcome.reason, `→ ${outcome.advice}`];
  return [headline(record), ...failure, alignColumns(rows)].join('\n');
}
