import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

describe('the API', () => {
  const prod = templateOf('prod');
  const local = templateOf('local');

  it('treats every body as binary and compresses none', () => {
    prod.hasResourceProperties('AWS::ApiGateway::RestApi', {
      BinaryMediaTypes: ['*/*'],
      MinimumCompressionSize: Match.absent(),
      EndpointConfiguration: { Types: ['REGIONAL'], IpAddressType: 'dualstack' },
      DisableExecuteApiEndpoint: false,
    });
  });

  it('requires TLS 1.2 with forward secrecy, or newer', () => {
    for (const template of [prod, local]) {
      template.hasResourceProperties('AWS::ApiGateway::RestApi', {
        SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09',
        EndpointAccessMode: 'STRICT',
      });
    }
  });

  it('has a URL that ends with a slash', () => {
    const address = prod.findOutputs('ApiUrl')['ApiUrl']?.['Value']['Fn::Join'][1];
    expect(address.at(0)).toBe('https://');
    expect(address.at(-1)).toBe('/');
    expect(Object.keys(prod.findOutputs('*')).filter((name) => name.includes('Endpoint'))).toEqual([]);
  });

  const limits = (ThrottlingRateLimit: number, ThrottlingBurstLimit: number) => ({
    ThrottlingRateLimit,
    ThrottlingBurstLimit,
  });
  /** The settings of the stage's methods, by names such as `POST /predict`. */
  const settingsOf = (template: Template): Readonly<Record<string, unknown>> =>
    Object.fromEntries(
      only(template, 'AWS::ApiGateway::Stage').properties.MethodSettings.map(
        ({ HttpMethod, ResourcePath, ...rest }: Record<string, string>) => [
          `${HttpMethod} ${ResourcePath?.replaceAll('/~1', '/').replaceAll('~1', '/')}`,
          rest,
        ],
      ),
    );
  const logged = { MetricsEnabled: true, LoggingLevel: 'ERROR', DataTraceEnabled: false };

  it('throttles each method, has metrics for it and never logs bodies', () => {
    expect(settingsOf(prod)).toEqual({
      '* /*': { ...logged, ...limits(5, 20) },
      'GET /ready': { ...logged, ...limits(100, 200) },
      'POST /embed': { ...logged, ...limits(100, 200) },
      'POST /predict': { ...logged, ...limits(100, 200) },
      'POST /predict/batch': { ...logged, ...limits(8, 8) },
      'POST /predict/url': { ...logged, ...limits(8, 8) },
      'POST /jobs': { ...logged, ...limits(8, 8) },
      'POST /v2/{proxy+}': { ...logged, ...limits(100, 200) },
      ...Object.fromEntries(
        [
          'POST /uploads',
          'GET /jobs/{job_id}',
          'HEAD /jobs/{job_id}',
          'DELETE /jobs/{job_id}',
          'GET /jobs/{job_id}/results',
          'HEAD /jobs/{job_id}/results',
        ].map((name) => [name, { ...logged, ...limits(100, 200) }]),
      ),
    });
    prod.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'prod', TracingEnabled: true });
    local.hasResourceProperties('AWS::ApiGateway::Stage', { StageName: 'local', TracingEnabled: false });
  });

  it('lets pages of other origins send as many CORS preflights as predictions', () => {
    expect(settingsOf(templateOf('prod', { corsOrigins: ['https://app.example.com'] }))).toMatchObject({
      'OPTIONS /embed': limits(100, 200),
      'OPTIONS /predict': limits(100, 200),
      'OPTIONS /predict/batch': limits(8, 8),
      'OPTIONS /predict/url': limits(8, 8),
      'OPTIONS /jobs/{job_id}': limits(100, 200),
    });
    expect(Object.keys(settingsOf(prod)).filter((name) => name.startsWith('OPTIONS'))).toEqual([]);
  });

  it('logs every request as one JSON object', () => {
    const { DestinationArn, Format } = only(prod, 'AWS::ApiGateway::Stage').properties.AccessLogSetting;
    expect(JSON.parse(Format)).toMatchObject({
      request_id: '$context.requestId',
      resource_path: '$context.resourcePath',
      status: '$context.status',
      api_key_id: '$context.identity.apiKeyId',
      error_type: '$context.error.responseType',
      waf_status: '$context.waf.status',
    });
    // It may quote the header Authorization.
    expect(Format).not.toContain('$context.error.message');
    const { Ref } = DestinationArn['Fn::Join'][1].at(-1);
    expect(prod.findResources('AWS::Logs::LogGroup')[Ref]).toMatchObject({
      Properties: { RetentionInDays: 90 },
      DeletionPolicy: 'RetainExceptOnCreate',
    });
  });

  it('creates its execution log itself, with the retention of the stage', () => {
    const logs = local.findResources('AWS::Logs::LogGroup', {
      Properties: {
        RetentionInDays: 7,
        LogGroupName: { 'Fn::Join': ['', ['API-Gateway-Execution-Logs_', Match.anyValue(), '/local']] },
      },
    });
    const [log] = Object.keys(logs);
    expect(logs).toEqual({ [`${log}`]: expect.objectContaining({ DeletionPolicy: 'Delete' }) });
    local.hasResource('AWS::ApiGateway::Stage', { DependsOn: Match.arrayWith([log]) });
  });

  it('retains the account’s logging role, which other APIs may use', () => {
    local.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain' });
    const { CloudWatchRoleArn } = only(local, 'AWS::ApiGateway::Account').properties;
    expect(local.findResources('AWS::IAM::Role')[CloudWatchRoleArn['Fn::GetAtt'][0]]).toMatchObject({
      DeletionPolicy: 'Retain',
    });
  });
});
