import {
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  TextWidget,
  TextWidgetBackground,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { RUNBOOKS } from '../alarm.ts';

/** CloudWatch's grid has 24 columns. */
export const FULL_WIDTH = 24;
const HEIGHT = 6;

/** A heading, and one or more lines of widgets below it. */
export type Row = readonly (readonly (IWidget | Heading)[])[];

/** The title of a row, with the runbooks of its alarms. */
export interface Heading {
  readonly title: string;
  /** Names of the alarms that belong to the row. */
  readonly runbooks: readonly string[];
}

export const heading = (title: string, runbooks: readonly string[] = []): Heading => ({ title, runbooks });

/** @param runbooksUrl where the runbooks are published. Without it, the heading shows their paths. */
export function headingWidget({ title, runbooks }: Heading, runbooksUrl: string | undefined): IWidget {
  const links = runbooks
    .map((name) =>
      runbooksUrl === undefined ? `\`${RUNBOOKS}/${name}.md\`` : `[${name}](${runbooksUrl}/${name}.md)`,
    )
    .join(' · ');
  return new TextWidget({
    markdown: links === '' ? `## ${title}` : `## ${title}\n${links}`,
    width: FULL_WIDTH,
    height: links === '' ? 1 : 2,
    background: TextWidgetBackground.TRANSPARENT,
  });
}

export interface Graph
  extends Pick<GraphWidgetProps, 'right' | 'stacked' | 'leftAnnotations' | 'view' | 'setPeriodToTimeRange'> {
  readonly title: string;
  readonly left: IMetric[];
  /** Unit of the left axis. */
  readonly unit: string;
  /** Number of columns, of 24. */
  readonly width: number;
  /** Maximum of the left axis. @default chosen by CloudWatch */
  readonly max?: number;
  /** Unit of the right axis. */
  readonly rightUnit?: string;
}

export function graph({ title, left, unit, width, max, rightUnit, ...props }: Graph): IWidget {
  return new GraphWidget({
    title,
    left,
    width,
    height: HEIGHT,
    leftYAxis: { label: unit, showUnits: false, min: 0, ...(max === undefined ? {} : { max }) },
    ...(rightUnit === undefined ? {} : { rightYAxis: { label: rightUnit, showUnits: false, min: 0 } }),
    ...props,
  });
}

/** A table or a bar chart of a log query, over the dashboard's time range. */
export function query(
  title: string,
  width: number,
  logGroup: ILogGroup,
  lines: readonly string[],
  view = LogQueryVisualizationType.TABLE,
): IWidget {
  return new LogQueryWidget({
    title,
    width,
    height: HEIGHT,
    logGroupNames: [logGroup.logGroupName],
    queryLines: [...lines],
    view,
  });
}

/** Turns a sum into a rate. `label` must be unique within its graph. */
export function perSecond(sum: IMetric, label: string): MathExpression {
  const id = `sum${label.replaceAll(/\W/g, '')}`;
  return new MathExpression({ expression: `${id} / PERIOD(${id})`, usingMetrics: { [id]: sum }, label });
}

/** p50, p95 and p99 of one metric. */
export function percentiles(of: (statistic: string, label: string) => IMetric, name = ''): IMetric[] {
  return ['p50', 'p95', 'p99'].map((statistic) => of(statistic, `${name} ${statistic}`.trim()));
}
