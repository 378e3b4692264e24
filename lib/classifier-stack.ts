import { CfnOutput, Stack, type StackProps, Tags } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ClassifierApi } from './constructs/api.ts';
import { ClassifierFunction } from './constructs/classifier-function.ts';
import { Delivery } from './constructs/delivery.ts';
import { Jobs } from './constructs/jobs/jobs.ts';
import { Monitoring } from './constructs/monitoring/monitoring.ts';
import { Probe } from './constructs/probe.ts';
import { QualityWatch } from './constructs/quality-watch.ts';
import { ServiceImage } from './constructs/service-image.ts';
import type { ImageReference } from './image-reference.ts';
import { authKind } from './settings/auth.ts';
import type { Stage } from './stages.ts';

export interface ClassifierStackProps extends StackProps {
  readonly stage: Stage;
  /** @default it is built from the files of this repository */
  readonly image?: ImageReference | undefined;
}

/** The whole service of one stage. It only composes constructs and creates no resources itself. */
export class ClassifierStack extends Stack {
  constructor(scope: Construct, id: string, { stage, image: published, ...props }: ClassifierStackProps) {
    super(scope, id, props);
    const { settings } = stage;
    const image = new ServiceImage(this, 'Image', { ...settings, published });
    const jobs =
      settings.jobs === 'off' ? undefined : new Jobs(this, 'Jobs', { image, stage, jobs: settings.jobs });
    const service = new ClassifierFunction(this, 'Service', { image, stage, jobs });
    const api = new ClassifierApi(this, 'Api', { handler: service.alias, stage, image });
    if (settings.probe !== 'off') {
      new Probe(this, 'Probe', { image, stage, apiUrl: api.url, schedule: settings.probe });
    }
    const monitoring = new Monitoring(this, 'Monitoring', {
      service,
      api: {
        name: api.restApi.restApiName,
        stageName: stage.name,
        accessLog: api.accessLog,
        webAclName: api.webAclName,
      },
      jobs,
      stage,
    });
    jobs?.reportTo(monitoring.alertsTopic);
    if (settings.qualityWatch !== 'off') {
      new QualityWatch(this, 'Quality', {
        image,
        stage,
        watch: settings.qualityWatch,
        serviceLog: service.logGroup,
        alerts: monitoring.alertsTopic,
      });
    }
    const { watched } = new Delivery(this, 'Delivery', {
      service,
      image,
      stage,
      rollbackAlarms: monitoring.rollbackAlarms,
    });
    if (watched) monitoring.reportDeployments(watched);

    new CfnOutput(this, 'ApiUrl', { value: api.url });
    new CfnOutput(this, 'Auth', { value: authKind(settings.auth) });
    if (api.keys) {
      new CfnOutput(this, 'ApiKeyId', { value: api.keys.key.keyId });
      new CfnOutput(this, 'UsagePlanId', { value: api.keys.plan.usagePlanId });
    }
    new CfnOutput(this, 'AliasArn', { value: service.alias.functionArn });
    if (service.captures)
      new CfnOutput(this, 'CapturesBucket', { value: service.captures.bucket.bucketName });
    if (jobs) {
      new CfnOutput(this, 'JobsBucket', { value: jobs.bucket.bucketName });
      new CfnOutput(this, 'JobsStateMachineArn', { value: jobs.machine.machine.stateMachineArn });
      new CfnOutput(this, 'WebhookSecretArn', { value: jobs.secret.secretArn });
    }
    new CfnOutput(this, 'ImageUri', { value: image.uri });
    new CfnOutput(this, 'ImageDigest', { value: image.digest });
    new CfnOutput(this, 'DashboardUrl', { value: monitoring.dashboardUrl });
    new CfnOutput(this, 'AlertsTopicArn', { value: monitoring.alertsTopic.topicArn });
    if (monitoring.pagingTopic) {
      new CfnOutput(this, 'PagingTopicArn', { value: monitoring.pagingTopic.topicArn });
    }
    for (const [key, value] of Object.entries(settings.tags)) Tags.of(this).add(key, value);
    // Added last so that settings cannot override them: the policies in lib/pipeline rely on them.
    Tags.of(this).add('service', 'resnet50');
    Tags.of(this).add('stage', stage.name);
  }
}
