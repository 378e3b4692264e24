import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { CfnLoggingConfiguration, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import type { LogLifetime } from '../log-lifetime.ts';

/**
 * Rules of the common rule set that only count. Names from docs.aws.amazon.com/waf, "Baseline rule groups".
 */
const COUNTED_COMMON = [
  // Blocks bodies over 8 KB. Nearly every photo is larger.
  'SizeRestrictions_BODY',
  // These search bodies for suspicious text, which can occur by chance in a photo. The service never renders
  // a body as a page, opens it as a path or executes it. The URL of /predict/url is checked by the service,
  // with a better error.
  'CrossSiteScripting_BODY',
  'EC2MetaDataSSRF_BODY',
  'GenericLFI_BODY',
  'GenericRFI_BODY',
  // Callers are programs, and many simple clients send no User-Agent.
  'NoUserAgent_HEADER',
];

/**
 * Rules of the known bad inputs that only count, for the same reason: they search bodies for the text of
 * attacks on Java and React, which the service does not use. Their counterparts for the path, the query and the
 * headers block.
 */
const COUNTED_BAD_INPUTS = ['JavaDeserializationRCE_BODY', 'Log4JRCE_BODY', 'ReactJSRCE_BODY'];

/** Redacted in the log. The service uses only x-api-key, but callers may send the others as well. */
const SECRET_HEADERS = ['x-api-key', 'authorization', 'cookie'];

const RATE_WINDOW_SECONDS = 300;

export type FirewallProps = Exclude<Settings['waf'], 'off'> & {
  readonly api: RestApi;
  readonly logs: LogLifetime;
};

/**
 * AWS WAF in front of the API's stage: a rate limit per address, AWS's list of bad addresses, its common rules
 * and its rules for known attacks. Their capacity units, 2 + 25 + 700 + 200, stay below the 1,500 that WAF's
 * basic price includes: aws.amazon.com/waf/pricing. The gateway response WAF_FILTERED answers blocked requests,
 * because WAF's own responses cannot contain the request id.
 */
export class Firewall extends Construct {
  readonly arn: string;
  /** Value of the CloudWatch dimension `WebACL`. */
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
        managed(2, 'AWSManagedRulesCommonRuleSet', COUNTED_COMMON),
        managed(3, 'AWSManagedRulesKnownBadInputsRuleSet', COUNTED_BAD_INPUTS),
      ],
    });
    this.arn = acl.attrArn;
    new CfnWebACLAssociation(this, 'Association', {
      resourceArn: api.deploymentStage.stageArn,
      webAclArn: acl.attrArn,
    });
    this.#log(acl, api, logs);
  }

  /** Keeps only blocked requests, and the rule that blocked them. The access log has all requests. */
  #log(acl: CfnWebACL, api: RestApi, logs: FirewallProps['logs']): void {
    const stack = Stack.of(this);
    const group = new LogGroup(this, 'Log', {
      ...logs,
      // WAF requires the prefix. The API's id makes the name unique, because a retained log outlives its
      // CloudFormation stack.
      logGroupName: `aws-waf-logs-${stack.stackName}-${api.restApiId}`,
    });
    new CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: acl.attrArn,
      // WAF requires the ARN without the final `:*` of logGroupArn.
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
    // Keeps the actions of the rule group, except for the rules below.
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

/** Sampled requests are off: they contain headers, and the WAF console shows them. */
function measuredAs(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { metricName, cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false };
}
