import { readFileSync } from 'node:fs';
import { repositoryPath } from '../support/model.ts';

export interface Target {
  readonly refId: string;
  readonly expr: string;
}

export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly Target[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
}

export interface GrafanaDashboard {
  readonly uid: string;
  readonly panels: readonly Panel[];
  readonly templating: { readonly list: readonly Variable[] };
}

export const dashboard = JSON.parse(
  readFileSync(repositoryPath('monitoring/grafana/dashboards/classifier.json'), 'utf8'),
) as GrafanaDashboard;

/** What Grafana puts in for the variables, here for all instances and for scrapes every second. */
const VARIABLES: Readonly<Record<string, string>> = {
  job: 'classifier',
  instance: '.*',
  __rate_interval: '5s',
  __range: '1m',
};

/** @throws Error for a variable that nothing is known of. */
export const withVariables = (expression: string): string =>
  expression.replace(/\$(\w+)/g, (_match, name: string) => {
    const value = VARIABLES[name];
    if (value === undefined) throw new Error(`expected one of ${Object.keys(VARIABLES)}, got $${name}`);
    return value;
  });
