import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { repositoryPath } from '../support/model.ts';
import { dashboard, type Panel } from './dashboard.ts';

const { panels } = dashboard;

const overlaps = ({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe('the dashboard of Grafana', () => {
  test('has panels with ids of their own, side by side within its 24 columns', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const [index, panel] of panels.entries()) {
      expect(panel.gridPos.x + panel.gridPos.w, panel.title).toBeLessThanOrEqual(24);
      const others = panels.slice(index + 1).filter((other) => overlaps(panel, other));
      expect(
        others.map(({ title }) => title),
        panel.title,
      ).toEqual([]);
    }
  });

  test('reads the data source that the reader chooses, which is the provisioned one at first', () => {
    const shown = panels.filter(({ type }) => type !== 'row');
    expect(shown.length).toBeGreaterThan(30);
    for (const { title, datasource, targets } of shown) {
      expect(datasource, title).toEqual({ type: 'prometheus', uid: '$' + '{datasource}' });
      expect(targets?.length, title).toBeGreaterThan(0);
    }
    const [chosen] = dashboard.templating.list;
    expect(chosen).toMatchObject({ name: 'datasource', current: { value: 'prometheus' } });
    expect(readFileSync(repositoryPath('monitoring/grafana/datasources/prometheus.yml'), 'utf8')).toMatch(
      /^ {4}uid: prometheus$/m,
    );
  });

  test('has the rows of the dashboard on AWS, as far as a container has what they show', () => {
    const titles = panels.filter(({ type }) => type === 'row').map(({ title }) => title);
    const onAws = ['traffic', 'latency', 'errors', 'predictions', 'capacity', 'resources'].map((file) => {
      const source = readFileSync(repositoryPath(`lib/constructs/monitoring/dashboard/${file}.ts`), 'utf8');
      return /heading\('([^']+)'/.exec(source)?.[1];
    });
    expect(titles).toEqual(['Now', ...onAws, 'Versions and alerts']);
  });

  test('names runbooks that exist', () => {
    const named = panels.flatMap(
      ({ description = '' }) => description.match(/docs\/runbooks\/[\w.-]+\.md/g) ?? [],
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter((path) => !existsSync(repositoryPath(path)))).toEqual([]);
  });
});
