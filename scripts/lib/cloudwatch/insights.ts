type Value = string | number | undefined;
export type ResultRow = Readonly<Record<string, Value>>;

/**
 * Runs a query of CloudWatch Logs Insights on lines of a log: the commands and functions that the dashboard uses.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
 *
 * @throws Error for a command or a function that it does not know.
 */
export function runQuery(query: string, lines: readonly object[]): readonly ResultRow[] {
  const commands = query.split('|').map((command) => command.trim());
  let rows: readonly ResultRow[] = lines.map((line) => flatten(line));
  for (const command of commands) rows = apply(command, rows);
  return rows;
}

function apply(command: string, rows: readonly ResultRow[]): readonly ResultRow[] {
  const [, name = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(command) ?? [];
  switch (name) {
    case 'SOURCE':
      return rows;
    case 'filter':
      return rows.filter(filterOf(rest));
    case 'stats':
      return stats(rest, rows);
    case 'sort': {
      const [field = ''] = rest.split(' ');
      return rows.toSorted((one, other) => Number(other[field]) - Number(one[field]));
    }
    case 'limit':
      return rows.slice(0, Number(rest));
    default:
      throw new Error(`expected a command that is implemented here, got ${command}`);
  }
}

function filterOf(condition: string): (row: ResultRow) => boolean {
  const isPresent = /^ispresent\(([\w.]+)\)$/.exec(condition);
  if (isPresent?.[1]) return (row) => row[isPresent[1] ?? ''] !== undefined;
  const [, field = '', text] = /^([\w.]+) != "([^"]*)"$/.exec(condition) ?? [];
  if (text === undefined) throw new Error(`expected a condition that is implemented here, got ${condition}`);
  return (row) => row[field] !== text;
}

const AGGREGATE = /^(count|avg)\(([\w.*]+)\) as (\w+)$/;

function stats(text: string, rows: readonly ResultRow[]): readonly ResultRow[] {
  const [aggregates = '', by = ''] = text.split(' by ');
  const keys = by.split(',').map((key) => {
    const [field = '', alias = field] = key.trim().split(' as ');
    return { field, alias };
  });
  const groups = Map.groupBy(rows, (row) => JSON.stringify(keys.map(({ field }) => row[field])));
  return [...groups.values()].map((group) => ({
    ...Object.fromEntries(keys.map(({ field, alias }) => [alias, group[0]?.[field]])),
    ...Object.fromEntries(aggregates.split(',').map((one) => aggregate(one.trim(), group))),
  }));
}

function aggregate(text: string, group: readonly ResultRow[]): readonly [string, number] {
  const [, name, field = '', alias = ''] = AGGREGATE.exec(text) ?? [];
  if (name === 'count') return [alias, group.length];
  if (name !== 'avg') throw new Error(`expected a function that is implemented here, got ${text}`);
  const values = group.map((row) => row[field]).filter((value) => typeof value === 'number');
  return [alias, values.reduce((sum, value) => sum + value, 0) / values.length];
}

/** Fields of nested objects and lists by their paths, such as `images.0.format`. */
function flatten(value: object, path = ''): ResultRow {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): [string, Value][] =>
      typeof one === 'object' && one !== null
        ? Object.entries(flatten(one, `${path}${key}.`))
        : [[`${path}${key}`, one]],
    ),
  );
}
