import { Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import {
  type CfnRestApi,
  EndpointType,
  IpAddressType,
  LambdaIntegration,
  LogGroupLogDestination,
  type MethodDeploymentOptions,
  MethodLoggingLevel,
  RestApi,
  type StageOptions,
} from 'aws-cdk-lib/aws-apigateway';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { authKind } from '../settings/auth.ts';
import type { Limits } from '../settings/concurrency.ts';
import { GATEWAY_TIMEOUT_SECONDS } from '../settings.ts';
import type { Stage } from '../stages.ts';
import { accessLogFormat } from './api/access-log.ts';
import { acknowledgeFindings } from './api/acknowledgements.ts';
import { ApiDomain } from './api/domain.ts';
import { Firewall } from './api/firewall.ts';
import { addGatewayResponses } from './api/gateway-responses.ts';
import { createGuard } from './api/guard.ts';
import { ApiKeys } from './api/keys.ts';
import { addMethods } from './api/methods.ts';
import { resourcePolicy } from './api/resource-policy.ts';
import { committedDocument, isOfJobs, readRoutes } from './api/routes.ts';
import { ownLimits, slowLimitsOfKey } from './api/throttles.ts';
import { TLS } from './api/tls.ts';
import { type LogLifetime, logLifetime } from './log-lifetime.ts';
import type { ServiceImage } from './service-image.ts';

export interface ClassifierApiProps {
  /** The alias that answers requests, so that a deployment can shift traffic behind it. */
  readonly handler: IAlias;
  readonly stage: Stage;
  /** Runs the function that checks tokens, where the stage has one. */
  readonly image: ServiceImage;
}

/**
 * The REST API in front of the function: the routes of docs/openapi.json and, depending on the stage, keys,
 * limits, logs, a firewall and a custom domain. A stage without jobs does not have their routes. docs/adr/0010
 * explains why the routes are created in code.
 */
export class ClassifierApi extends Construct {
  readonly restApi: RestApi;
  /** The public URL. Ends with a slash, because the links of the pages are relative to it. */
  readonly url: string;
  /** Undefined if the stage has no keys. */
  readonly keys: ApiKeys | undefined;
  readonly accessLog: LogGroup;
  /** Value of the CloudWatch dimension `WebACL`. */
  readonly webAclName: string | undefined;
  readonly webAclArn: string | undefined;

  constructor(scope: Construct, id: string, { handler, stage, image }: ClassifierApiProps) {
    super(scope, id);
    const { settings } = stage;
    const logs = logLifetime(settings);
    const routes = readRoutes(committedDocument()).filter(
      ({ path }) => settings.jobs !== 'off' || !isOfJobs(path),
    );
    const preflight = settings.corsOrigins.length > 0;
    const policy =
      settings.auth !== 'off' && settings.auth.kind === 'iam'
        ? resourcePolicy({ stageName: stage.name, routes, accounts: settings.auth.accounts, preflight })
        : undefined;
    this.accessLog = new LogGroup(this, 'AccessLog', logs);
    this.restApi = new RestApi(this, 'Rest', {
      // Also the dimension ApiName of every metric, so it has to differ between the stages of one account.
      restApiName: Stack.of(this).stackName,
      description: `Image classification, stage ${stage.name}`,
      endpointConfiguration: { types: [EndpointType.REGIONAL], ipAddressType: IpAddressType.DUAL_STACK },
      // With a custom domain, clients must not bypass its TLS policy through the generated host name.
      disableExecuteApiEndpoint: settings.domain !== 'off',
      // All bodies reach the function base64-encoded, regardless of their media type, so that no byte
      // changes. MOCK integrations do not work with this, because their templates read text. The service
      // answers CORS preflights.
      binaryMediaTypes: ['*/*'],
      // API Gateway writes logs with one role per account and region. A new account has none, and a stage
      // with logs cannot be deployed without it. If the account already has a role, it is replaced by an
      // equivalent one that may write any log. The role outlives the CloudFormation stack, because other APIs
      // may use it by then.
      cloudWatchRole: true,
      cloudWatchRoleRemovalPolicy: RemovalPolicy.RETAIN,
      ...(policy ? { policy } : {}),
      deployOptions: this.#deployOptions(stage, ownLimits(routes, settings.throttle, preflight)),
    });
    // The construct has no properties for this.
    Object.assign(this.restApi.node.defaultChild as CfnRestApi, TLS);
    // CDK's output names the generated host, which a custom domain disables. ClassifierStack has its own.
    this.restApi.node.tryRemoveChild('Endpoint');
    this.#keepExecutionLog(stage, logs);
    acknowledgeFindings(this.restApi, authKind(settings.auth));

    const methods = addMethods(this.restApi, {
      routes,
      integration: new LambdaIntegration(handler, {
        timeout: Duration.seconds(GATEWAY_TIMEOUT_SECONDS),
        // One permission for the API: one per method would come close to a policy's limit of 20 KB.
        scopePermissionToMethod: false,
      }),
      guard: createGuard(this, { image, stage }),
      preflight,
    });
    addGatewayResponses(this.restApi, { auth: authKind(settings.auth), crossOrigin: preflight });

    if (settings.auth !== 'off' && settings.auth.kind === 'api-key') {
      this.keys = new ApiKeys(this, 'Keys', {
        api: this.restApi,
        limits: settings.auth,
        slow: { methods: methods.slow, limits: slowLimitsOfKey(settings.throttle) },
      });
    }
    if (settings.waf !== 'off') {
      const firewall = new Firewall(this, 'Firewall', { api: this.restApi, logs, ...settings.waf });
      this.webAclName = firewall.metricName;
      this.webAclArn = firewall.arn;
    } else {
      Validations.of(this.restApi.deploymentStage).acknowledge({
        id: 'AwsSolutions-APIG3',
        reason: 'The firewall is off in this stage; throttling limits the cost of a flood of requests.',
      });
    }
    if (settings.domain === 'off') {
      this.url = this.restApi.urlForPath('/');
    } else {
      this.url = new ApiDomain(this, 'Domain', { api: this.restApi, ...settings.domain }).url;
    }
  }

  #deployOptions({ name, settings }: Stage, own: Readonly<Record<string, Limits>>): StageOptions {
    return {
      stageName: name,
      ...methodOptions(settings.throttle.open),
      // The settings of a method replace those of the stage, also those that they do not name.
      methodOptions: Object.fromEntries(
        Object.entries(own).map(([method, limits]) => [method, methodOptions(limits)]),
      ),
      tracingEnabled: settings.tracing,
      accessLogDestination: new LogGroupLogDestination(this.accessLog),
      accessLogFormat: accessLogFormat(settings.auth),
    };
  }

  /** Otherwise API Gateway creates this log group itself, and never deletes its entries. */
  #keepExecutionLog({ name }: Stage, logs: LogLifetime): void {
    const executionLog = new LogGroup(this, 'ExecutionLog', {
      ...logs,
      logGroupName: `API-Gateway-Execution-Logs_${this.restApi.restApiId}/${name}`,
    });
    this.restApi.deploymentStage.node.addDependency(executionLog);
  }
}

function methodOptions({ ratePerSecond, burst }: Limits): MethodDeploymentOptions {
  return {
    throttlingRateLimit: ratePerSecond,
    throttlingBurstLimit: burst,
    metricsEnabled: true,
    loggingLevel: MethodLoggingLevel.ERROR,
    // It would log bodies, which may be photos of people.
    dataTraceEnabled: false,
  };
}
