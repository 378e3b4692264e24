import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import type { LogLifetime } from '../log-lifetime.ts';

/**
 * Rules of the common rule set that count and let pass. Names from docs.aws.amazon.com/waf, "Baseline rule groups".
 */
const COUNTED_RULES = [
  // Refuses bodies over 8 KB, which nearly every photo is.
  'SizeRestrictions_BODY',
  // These look for text in bodies, and a photo's bytes hold any text in the end. No body is ever shown as a page,
  // opened as a path or run; the URL of /predict/url goes through a guard of its own, with a better answer.
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  // Callers are programs, and many small clients send no User-Agent.
  'NoUserAgent_HEADER',
];

/** Left out of the log. A key is a secret; the other two are not ours, but callers may send them. */
const SECRET_HEADERS = ['x-api-key', 'authorization', 'cookie'];

const RATE_WINDOW_SECONDS = 300;

export type FirewallProps = Exclude<Settings['waf'], 'off'> & {
  readonly api: RestApi;
  readonly logs: LogLifetime;
};

/**
 * WAF in front of the API's stage: a rate for each address, AWS's list of bad addresses and its common rules. What it
 * refuses is answered by the gateway response WAF_FILTERED; WAF's own answers could not name the request's id.
 */
export class Firewall extends Construct {
  readonly arn: string;
  /** The value of the metrics' dimension `WebACL`. */
  readonly metricName: string;

  constructor(scope: Construct, id: string, { api, logs, requestsPer5Minutes }: FirewallProps) {
    super(scope, id);
    const stack = Stack.of(this);
    this.metricName = stack.stackName;
    const acl = new CfnWebACL(this, 'Acl', {
      name: stack.stackName,
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      visibilityConfig: measuredAs(this.metricName),
      rules: [
        {
          name: 'RateOfAddress',
          priority: 0,
          action: { block: {} },
          statement: {
            rateBasedStatement: {
              aggregateKeyType: 'IP',
              evaluationWindowSec: RATE_WINDOW_SECONDS,
              limit: requestsPer5Minutes,
            },
          },
          visibilityConfig: measuredAs('RateOfAddress'),
        },
        managed(1, 'AWSManagedRulesAmazonIpReputationList'),
        managed(2, 'AWSManagedRulesCommonRuleSet', COUNTED_RULES),
      ],
    });
    this.arn = acl.attrArn;
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
    this.#log(acl, api, logs);
  }

  /** The access log has every request, so this one keeps what was refused and by which rule. */
  #log(acl: CfnWebACL, api: RestApi, logs: FirewallProps['logs']): void {
    const stack = Stack.of(this);
    const group = new LogGroup(this, 'Log', {
      ...logs,
      // WAF asks for the prefix. The API's id makes the name new for each stack, as a retained log outlives its own.
      logGroupName: `aws-waf-logs-${stack.stackName}-${api.restApiId}`,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      // WAF takes the ARN without the `:*` that a log group's own has.
      logDestinationConfigs: [
        stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: group.logGroupName,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      ],
      redactedFields: SECRET_HEADERS.map((Name) => ({ singleHeader: { Name } })),
      loggingFilter: {
        DefaultBehavior: 'DROP',
        Filters: [
          {
            Behavior: 'KEEP',
            Requirement: 'MEETS_ANY',
            Conditions: [{ ActionCondition: { Action: 'BLOCK' } }],
          },
        ],
      },
    });
  }
}

function managed(priority: number, name: string, counted: readonly string[] = []): CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    // The group's own actions stand, except for the rules below.
    overrideAction: { none: {} },
    statement: {
      managedRuleGroupStatement: {
        vendorName: 'AWS',
        name,
        ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
      },
    },
    visibilityConfig: measuredAs(name),
  };
}

/** Without samples: those hold headers, and WAF keeps them for anyone who may open its console. */
function measuredAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
