import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { EVENTS_PATH, METRICS_PATH } from '../../lambda/http/admin/paths.ts';
import { FILES, liveFiles } from '../../lambda/http/assets.ts';
import { isApiRequest } from '../../lambda/telemetry/requests.ts';
import { repositoryPath } from '../support/model.ts';
import { OPERATIONS } from '../support/openapi.ts';
import { dashboard } from './dashboard.ts';

/** As the service records it: a parameter begins with a colon. */
const routeOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');
const isCheck = (path: string): boolean => /\/(?:health|live|ready)$/.test(path);

const paths = OPERATIONS.map(({ path }) => path);
const API = [...paths.filter((path) => !isCheck(path)).map(routeOf), 'unmatched'];
const OTHERS = [
  ...paths.filter(isCheck).map(routeOf),
  ...Object.keys(FILES),
  ...Object.keys(liveFiles()),
  '/openapi.json',
  METRICS_PATH,
  EVENTS_PATH,
];

test('the live view counts the requests of the API', () => {
  expect(API.filter((route) => !isApiRequest(route))).toEqual([]);
  expect(OTHERS.filter(isApiRequest)).toEqual([]);
  expect(OTHERS.length).toBeGreaterThan(50);
});

/** The selectors of the requests in some expressions, without those of the one route whose failures do not count. */
const selectorsIn = (expressions: string): readonly string[] =>
  [...expressions.matchAll(/classifier_requests_total\{([^}]+)\}/g)]
    .map(([, matchers = '']) => matchers)
    .filter((matchers) => !matchers.includes('route="/predict/url"'));

const rules = globSync(repositoryPath('monitoring/prometheus/rules/*.yml'))
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');
const expressions = dashboard.panels
  .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  .join('\n');

describe.each([
  ['the rules of Prometheus', selectorsIn(rules)],
  ['the dashboard of Grafana', selectorsIn(expressions)],
])('%s', (_where, selectors) => {
  test('count the same requests', () => {
    expect(selectors.length).toBeGreaterThan(5);
    for (const selector of new Set(selectors)) {
      const matchers = [...selector.matchAll(/route(=~|!~)"([^"]*)"/g)].map(
        ([, operator, pattern]) =>
          (route: string) =>
            new RegExp(`^(?:${pattern})$`).test(route) === (operator === '=~'),
      );
      expect(matchers, selector).toHaveLength(2);
      const isSelected = (route: string) => matchers.every((matches) => matches(route));
      expect([...API, ...OTHERS].filter(isSelected), selector).toEqual(API);
    }
  });
});
