import { Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  AlarmStatusWidgetSortBy,
  Dashboard,
  type IAlarm,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Stage } from '../../../stages.ts';
import type { ClassifierFunction } from '../../classifier-function.ts';
import { publishedRunbooks } from '../alarm.ts';
import type { EnvironmentFailures } from '../environment-failures.ts';
import type { JobMetrics } from '../job-metrics.ts';
import type { MonitoredApi, ServiceMetrics } from '../metrics.ts';
import { capacityRow } from './capacity.ts';
import { costRow } from './cost.ts';
import { errorsRow } from './errors.ts';
import { firewallRow, gatewayRow } from './gateway.ts';
import { jobsRow } from './jobs.ts';
import { latencyRow } from './latency.ts';
import { predictionsRow } from './predictions.ts';
import { resourcesRow } from './resources.ts';
import { trafficRow } from './traffic.ts';
import { FULL_WIDTH, headingWidget, type Row } from './widgets.ts';

export interface ServiceDashboardProps {
  readonly metrics: ServiceMetrics;
  readonly failures: EnvironmentFailures;
  readonly service: Pick<ClassifierFunction, 'logGroup'>;
  readonly api: MonitoredApi;
  /** Undefined if the stage has no jobs. */
  readonly jobs: JobMetrics | undefined;
  readonly stage: Stage;
  readonly alarms: readonly IAlarm[];
}

/** One dashboard: the alarms on top, then the service as callers see it, then the causes. */
export class ServiceDashboard extends Construct {
  readonly url: string;

  constructor(scope: Construct, id: string, props: ServiceDashboardProps) {
    super(scope, id);
    const { metrics, failures, service, api, jobs, stage } = props;
    const { alarms } = stage.settings;
    const log = service.logGroup;
    const { stackName, region } = Stack.of(this);
    const runbooksUrl = publishedRunbooks(this);
    const rows: Row[] = [
      statusRow(props.alarms),
      trafficRow(metrics, api),
      latencyRow(metrics, alarms),
      errorsRow({ metrics, log, alarms }),
      predictionsRow({ metrics, log, settings: stage.settings }),
      capacityRow({ metrics, failures, alarms }),
      resourcesRow(metrics, alarms),
      ...(jobs ? [jobsRow(jobs, alarms)] : []),
      gatewayRow(metrics, api),
      ...(api.webAclName === undefined ? [] : [firewallRow(api.webAclName, region)]),
      costRow({ metrics, log, api, settings: stage.settings }),
    ];
    new Dashboard(this, 'Resource', {
      dashboardName: stackName,
      // Rates divide by the period of their metric, so the console must not change it.
      periodOverride: PeriodOverride.INHERIT,
      widgets: rows.flatMap((row) =>
        row.map((line) => line.map((one) => ('runbooks' in one ? headingWidget(one, runbooksUrl) : one))),
      ),
    });
    this.url = `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${stackName}`;
  }
}

function statusRow(alarms: readonly IAlarm[]): Row {
  return [
    [
      new AlarmStatusWidget({
        title: 'Alarms',
        alarms: [...alarms],
        sortBy: AlarmStatusWidgetSortBy.STATE_UPDATED_TIMESTAMP,
        width: FULL_WIDTH,
        height: 4,
      }),
    ],
  ];
}
