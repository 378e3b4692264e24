import { describe, expect, it } from 'vitest';
import { runQuery } from '../../../scripts/lib/cloudwatch/insights.ts';

const lines = [
  { method: 'GET', status: '200', error_type: '-' },
  { method: 'POST', status: '200', error_type: '-', images: [{ format: 'jpeg', bytes: 10 }] },
  { method: 'POST', status: '200', error_type: '-', images: [{ format: 'jpeg', bytes: 20 }] },
  { method: 'POST', status: '502', error_type: 'INTEGRATION_FAILURE', images: [{ format: 'png', bytes: 7 }] },
];

describe('a query of CloudWatch Logs Insights', () => {
  it('counts by several fields, the most frequent first', () => {
    const query =
      "SOURCE 'log' | stats count(*) as requests by method, status\n| sort requests desc\n| limit 2";
    expect(runQuery(query, lines)).toEqual([
      { method: 'POST', status: '200', requests: 2 },
      { method: 'GET', status: '200', requests: 1 },
    ]);
  });

  it('reads fields of lists, and averages those that are there', () => {
    const query =
      'filter ispresent(images.0.format) | stats count(*) as n, avg(images.0.bytes) as bytes by images.0.format as format | sort n desc';
    expect(runQuery(query, lines)).toEqual([
      { format: 'jpeg', n: 2, bytes: 15 },
      { format: 'png', n: 1, bytes: 7 },
    ]);
  });

  it('filters by text', () => {
    expect(runQuery('filter error_type != "-"', lines)).toHaveLength(1);
  });

  it.each(['dedup status', 'filter status like /5/', 'stats max(bytes) as m by status'])(
    'refuses %s, which it does not know',
    (query) => {
      expect(() => runQuery(query, lines)).toThrow(/expected a/);
    },
  );
});
