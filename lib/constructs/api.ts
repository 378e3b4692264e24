import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  EndpointType,
  IpAddressType,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GATEWAY_TIMEOUT_SECONDS } from '../settings.ts';
import type { Stage } from '../stages.ts';
import { ACCESS_LOG_FORMAT } from './api/access-log.ts';
import { ApiDomain } from './api/domain.ts';
import { Firewall } from './api/firewall.ts';
import { addGatewayResponses } from './api/gateway-responses.ts';
import { ApiKeys } from './api/keys.ts';
import { addMethods } from './api/methods.ts';
import { committedDocument, readRoutes } from './api/routes.ts';
import { type LogLifetime, logLifetime } from './log-lifetime.ts';

export interface ClassifierApiProps {
  /** What answers: the alias, so that a deployment can shift traffic behind it. */
  readonly handler: IAlias;
  readonly stage: Stage;
}

/**
 * The REST API in front of the function: the routes of docs/openapi.json, keys, limits, logs, a firewall and a domain of
 * its own, as the stage says. docs/adr/0010 says why its routes are made in code.
 */
export class ClassifierApi extends Construct {
  readonly restApi: RestApi;
  /** Where clients reach it. Ends with a slash: the pages' links are relative to it. */
  readonly url: string;
  readonly apiKeyId: string | undefined;
  readonly accessLog: LogGroup;
  /** As CloudWatch's dimension `WebACL` names it. */
  readonly webAclName: string | undefined;
  readonly webAclArn: string | undefined;

  constructor(scope: Construct, id: string, { handler, stage }: ClassifierApiProps) {
    super(scope, id);
    const { settings } = stage;
    const logs = logLifetime(settings);
    this.accessLog = new LogGroup(this, 'AccessLog', logs);
    this.restApi = new RestApi(this, 'Rest', {
      // Also the dimension ApiName of every metric, so it tells the stages of one account apart.
      restApiName: Stack.of(this).stackName,
      description: `Image classification, stage ${stage.name}`,
      endpointConfiguration: { types: [EndpointType.REGIONAL], ipAddressType: IpAddressType.DUAL_STACK },
      // One public name, one TLS policy: with a domain of its own, the generated name would be a second way in.
      disableExecuteApiEndpoint: settings.domain !== 'off',
      // Bodies arrive base64-encoded whatever their type says, so no byte is lost: photos, forms, bodies without a type.
      // MOCK integrations fail with it, because their templates read text; that is why the service answers preflights.
      binaryMediaTypes: ['*/*'],
      // API Gateway logs through one role that a whole account and region share. A fresh account has none, and a stage
      // with logs cannot be deployed there. Setting the role replaces another one by an equal: it may write any log.
      // It stays when the stack goes, because other APIs log through it by then.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      deployOptions: this.#deployOptions(stage),
    });
    // The output that CDK adds names the generated host, which a domain disables; the stack has its own.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.#keepExecutionLog(stage, logs);
    this.#acknowledge();

    addMethods(this.restApi, {
      routes: readRoutes(committedDocument()),
      integration: new LambdaIntegration(handler, {
        timeout: Duration.seconds(GATEWAY_TIMEOUT_SECONDS),
        // One permission for the API. One for each method would come near the 20 KB of a function's policy.
        scopePermissionToMethod: false,
      }),
      keys: settings.apiKeys !== 'off',
      preflight: settings.corsOrigins.length > 0,
    });
    addGatewayResponses(this.restApi, { crossOrigin: settings.corsOrigins.length > 0 });

    if (settings.apiKeys !== 'off') {
      this.apiKeyId = new ApiKeys(this, 'Keys', { api: this.restApi, limits: settings.apiKeys }).key.keyId;
    }
    if (settings.waf !== 'off') {
      const firewall = new Firewall(this, 'Firewall', { api: this.restApi, logs, ...settings.waf });
      this.webAclName = firewall.metricName;
      this.webAclArn = firewall.arn;
    } else {
      Validations.of(this.restApi.deploymentStage).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason: 'The stage has its firewall switched off; throttling bounds what a flood can cost.',
      });
    }
    if (settings.domain === 'off') {
      this.url = this.restApi.urlForPath('/');
    } else {
      this.url = new ApiDomain(this, 'Domain', { api: this.restApi, ...settings.domain }).url;
    }
  }

  #deployOptions({ name, settings }: Stage): StageOptions {
    return {
      stageName: name,
      throttlingRateLimit: settings.throttle.ratePerSecond,
      throttlingBurstLimit: settings.throttle.burst,
      metricsEnabled: true,
      tracingEnabled: settings.tracing,
      loggingLevel: MethodLoggingLevel.ERROR,
      // It would log bodies, and those are photos of people.
      dataTraceEnabled: false,
      accessLogDestination: new LogGroupLogDestination(this.accessLog),
      accessLogFormat: ACCESS_LOG_FORMAT,
    };
  }

  /** API Gateway would make this log itself, and keep it for ever. */
  #keepExecutionLog({ name }: Stage, logs: LogLifetime): void {
    const executionLog = new LogGroup(this, 'ExecutionLog', {
      ...logs,
      logGroupName: `API-Gateway-Execution-Logs_${this.restApi.restApiId}/${name}`,
    });
    this.restApi.deploymentStage.node.addDependency(executionLog);
  }

  #acknowledge(): void {
    Validations.of(this.restApi).acknowledge(
      {
        id: 'AwsSolutions-APIG2',
        reason:
          'Required parameters are checked. Models read JSON text, and bodies are bytes here: the service checks them.',
      },
      {
        id: 'AwsSolutions-APIG4',
        reason: 'API keys and usage plans guard predictions; pages, health and the description are open.',
      },
      { id: 'AwsSolutions-COG4', reason: 'Callers are programs with keys, not people who sign in.' },
      {
        id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
        reason: 'AWS’s own policy for the role that a whole account shares to log.',
      },
    );
  }
}
