import { Annotations, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { pagesNobody } from '../../settings/subscribers.ts';
import type { Stage } from '../../stages.ts';
import type { ClassifierFunction } from '../classifier-function.ts';
import { publishRunbooks } from './alarm.ts';
import { ServiceAlarms } from './alarms.ts';
import { Chats } from './chats.ts';
import { CostWatch } from './cost-watch.ts';
import { ServiceDashboard } from './dashboard/dashboard.ts';
import { DeploymentNotices, type DeploymentNoticesProps } from './deployment-notices.ts';
import { EnvironmentFailures } from './environment-failures.ts';
import { JobMetrics, type MonitoredJobs } from './job-metrics.ts';
import { LogMetrics } from './log-metrics.ts';
import { type MonitoredApi, ServiceMetrics } from './metrics.ts';
import { NotificationTopic } from './notifications.ts';
import { Paging } from './paging.ts';
import { RollbackAlarms } from './rollback-alarms.ts';

export interface MonitoringProps {
  readonly service: Pick<ClassifierFunction, 'function' | 'version' | 'logGroup'>;
  readonly api: MonitoredApi;
  /** Undefined if the stage has no jobs. */
  readonly jobs: MonitoredJobs | undefined;
  readonly stage: Stage;
}

/** The alarms, the topics they notify, and the dashboard. */
export class Monitoring extends Construct {
  /** Any of these in alarm should stop a deployment and roll it back. */
  readonly rollbackAlarms: readonly IAlarm[];
  /** Receives every alarm and every recovery. */
  readonly alertsTopic: ITopic;
  /** Receives one message per outage. Undefined if the stage pages nobody. */
  readonly pagingTopic: ITopic | undefined;
  readonly dashboardUrl: string;

  constructor(scope: Construct, id: string, { service, api, jobs: monitored, stage }: MonitoringProps) {
    super(scope, id);
    const { settings } = stage;
    if (settings.runbooksUrl !== 'off') publishRunbooks(this, settings.runbooksUrl);
    const metrics = new ServiceMetrics({
      functionName: service.function.functionName,
      version: service.version.version,
      stageName: stage.name,
      api,
    });
    const jobs = monitored && new JobMetrics(monitored, metrics);
    new LogMetrics(this, 'LogMetrics', {
      accessLog: api.accessLog,
      functionLog: service.logGroup,
      stageName: stage.name,
    });
    const failures = new EnvironmentFailures(this, 'EnvironmentFailures', {
      logGroup: service.logGroup,
      stageName: stage.name,
    });
    const alerts = new NotificationTopic(this, 'Alerts', {
      displayName: `${Stack.of(this).stackName} alerts`,
      notices: 'alerts',
      settings,
    });
    const { topic } = alerts;
    const running = new ServiceAlarms(this, 'Running', { metrics, failures, jobs, settings, topic });
    const newest = new RollbackAlarms(this, 'Newest', { metrics, failures, alarms: settings.alarms, topic });
    const { serviceDown } = running;
    const paging = settings.paging
      ? new Paging(this, 'Paging', { metrics, settings, serviceDown, alerts: topic })
      : undefined;

    this.alertsTopic = topic;
    this.pagingTopic = paging?.topic;
    if (settings.costWatch !== 'off') {
      new CostWatch(this, 'Cost', { stageName: stage.name, watch: settings.costWatch, alerts });
    }
    new Chats(this, 'Chats', {
      chats: settings.notificationChats,
      topics: { alerts: topic, pages: paging?.topic },
    });
    if (stage.name === 'prod' && pagesNobody(settings)) {
      Annotations.of(this).addWarningV2(
        'resnet50:pagesNobody',
        'A page would reach nobody: expected an entry in notificationEmails, notificationUrls or notificationChats. Set one in cdk.json, or set paging to false.',
      );
    }
    // If the service answers 500 itself, Lambda counts no error. Only the percentage of 5xx reveals such a
    // version.
    this.rollbackAlarms = [...newest.all, running.serverErrors];
    this.dashboardUrl = new ServiceDashboard(this, 'Dashboard', {
      metrics,
      failures,
      service,
      api,
      jobs,
      stage,
      alarms: [...(paging?.all ?? []), ...running.all, ...newest.all],
    }).url;
  }

  /** Notifies about deployments that fail. CodeDeploy's resources are created after the alarms that it reads. */
  reportDeployments(watched: Omit<DeploymentNoticesProps, 'topic'>): void {
    new DeploymentNotices(this, 'Deployments', { ...watched, topic: this.alertsTopic });
  }
}
