import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

describe('the firewall', () => {
  const prod = templateOf('prod');
  const { id: acl, properties } = only(prod, 'AWS::WAFv2::WebACL');

  it('limits the rate of each address and applies AWS’s managed rules', () => {
    prod.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
      Rules: [
        {
          Action: { Block: {} },
          Statement: {
            RateBasedStatement: { AggregateKeyType: 'IP', Limit: 20_000, EvaluationWindowSec: 300 },
          },
        },
        { Statement: { ManagedRuleGroupStatement: { Name: 'AWSManagedRulesAmazonIpReputationList' } } },
        { Statement: { ManagedRuleGroupStatement: { Name: 'AWSManagedRulesCommonRuleSet' } } },
        { Statement: { ManagedRuleGroupStatement: { Name: 'AWSManagedRulesKnownBadInputsRuleSet' } } },
      ].map((rule) => Match.objectLike(rule)),
    });
  });

  it('does not block photos by rules that inspect bodies', () => {
    const counted = properties.Rules.flatMap(
      ({ Statement }: { Statement: { ManagedRuleGroupStatement?: { RuleActionOverrides: object[] } } }) =>
        Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? [],
    );
    const names = [
      'SizeRestrictions_BODY',
      'CrossSiteScripting_BODY',
      'EC2MetaDataSSRF_BODY',
      'GenericLFI_BODY',
      'GenericRFI_BODY',
      'NoUserAgent_HEADER',
      'JavaDeserializationRCE_BODY',
      'Log4JRCE_BODY',
      'ReactJSRCE_BODY',
    ];
    expect(counted).toEqual(names.map((Name) => ({ Name, ActionToUse: { Count: {} } })));
  });

  it('protects the stage of the API', () => {
    const { id: stage } = only(prod, 'AWS::ApiGateway::Stage');
    const { properties: association } = only(prod, 'AWS::WAFv2::WebACLAssociation');
    expect(association.WebACLArn).toEqual({ 'Fn::GetAtt': [acl, 'Arn'] });
    expect(association.ResourceArn['Fn::Join'][1].slice(-2)).toEqual(['/stages/', { Ref: stage }]);
  });

  it('logs blocked requests, without API keys', () => {
    const { properties: logging } = only(prod, 'AWS::WAFv2::LoggingConfiguration');
    expect(logging.ResourceArn).toEqual({ 'Fn::GetAtt': [acl, 'Arn'] });
    expect(logging.RedactedFields).toContainEqual({ SingleHeader: { Name: 'x-api-key' } });
    expect(logging.RedactedFields).toContainEqual({ SingleHeader: { Name: 'authorization' } });
    expect(logging.LoggingFilter).toMatchObject({
      DefaultBehavior: 'DROP',
      Filters: [{ Behavior: 'KEEP', Conditions: [{ ActionCondition: { Action: 'BLOCK' } }] }],
    });
    const { Ref } = logging.LogDestinationConfigs[0]['Fn::Join'][1].at(-1);
    expect(prod.findResources('AWS::Logs::LogGroup')[Ref]).toMatchObject({
      Properties: {
        LogGroupName: { 'Fn::Join': ['', ['aws-waf-logs-resnet50-prod-', { Ref: expect.any(String) }]] },
        RetentionInDays: 90,
      },
    });
  });

  it('does not exist if the stage has it off', () => {
    const dev = templateOf('dev');
    dev.resourceCountIs('AWS::WAFv2::WebACL', 0);
    dev.resourceCountIs('AWS::WAFv2::WebACLAssociation', 0);
    dev.resourceCountIs('AWS::WAFv2::LoggingConfiguration', 0);
  });
});

describe('a custom domain', () => {
  const named = templateOf('prod', {
    domain: {
      name: 'api.example.com',
      hostedZoneId: 'Z0123456789ABCDEFGHIJ',
      hostedZoneName: 'example.com',
      certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c',
    },
  });
  const { id: domain } = only(named, 'AWS::ApiGateway::DomainName');

  it('requires TLS 1.2 or newer, over IPv4 and IPv6', () => {
    named.hasResourceProperties('AWS::ApiGateway::DomainName', {
      DomainName: 'api.example.com',
      SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
      EndpointAccessMode: 'STRICT',
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
      RegionalCertificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/0b0c',
    });
    for (const Type of ['A', 'AAAA']) {
      named.hasResourceProperties('AWS::Route53::RecordSet', {
        Type,
        Name: 'api.example.com.',
        HostedZoneId: 'Z0123456789ABCDEFGHIJ',
        AliasTarget: { DNSName: { 'Fn::GetAtt': [domain, 'RegionalDomainName'] } },
      });
    }
  });

  it('is the only public host name', () => {
    named.hasResourceProperties('AWS::ApiGateway::RestApi', { DisableExecuteApiEndpoint: true });
    named.hasOutput('ApiUrl', { Value: 'https://api.example.com/' });
    named.hasResourceProperties('AWS::ApiGateway::BasePathMapping', {
      DomainName: { Ref: domain },
      Stage: { Ref: only(named, 'AWS::ApiGateway::Stage').id },
      BasePath: Match.absent(),
    });
  });
});
