import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { HttpIntegration, RestApi } from 'aws-cdk-lib/aws-apigateway';
import { describe, expect, it } from 'vitest';
import { addMethods } from '../../lib/constructs/api/methods.ts';
import { resourcePolicy } from '../../lib/constructs/api/resource-policy.ts';
import { readRoutes } from '../../lib/constructs/api/routes.ts';
import { ownLimits } from '../../lib/constructs/api/throttles.ts';
import { readStage } from '../../lib/stages.ts';

const { throttle } = readStage('prod').settings;

const name = { name: 'model', in: 'path', required: true };
const version = { name: 'version', in: 'path', required: true };
const length = { name: 'Inference-Header-Content-Length', in: 'header' };
const guarded = { security: [{}, { apiKey: [] }] };
const open = { security: [] };

/** A document with parameters in its paths, guarded and open. Paths below /v2 share methods instead. */
const routes = readRoutes({
  paths: {
    '/predict': { post: guarded },
    '/predict/url': { post: guarded },
    '/predict/batch': { post: guarded },
    '/serve/models/{model}': { get: { ...open, parameters: [name] } },
    '/serve/models/{model}/infer': { post: { ...guarded, parameters: [name, length] } },
    '/serve/models/{model}/versions/{version}/infer': { post: { ...guarded, parameters: [name, version] } },
    '/serve/repository/index': { post: open },
    '/jobs/{job_id}': { get: { ...guarded, parameters: [{ name: 'job_id', in: 'path', required: true }] } },
  },
});
const INFER = ['/serve/models/{model}/infer', '/serve/models/{model}/versions/{version}/infer'];

describe('a guarded path with parameters', () => {
  it('has the limits of POST /predict, also for CORS preflights', () => {
    const limits = ownLimits(routes, throttle, true);
    for (const path of INFER) {
      expect(limits[`${path}/POST`]).toEqual(throttle.predict);
      expect(limits[`${path}/OPTIONS`]).toEqual(throttle.predict);
    }
    for (const method of ['GET', 'HEAD', 'OPTIONS']) {
      expect(limits[`/jobs/{job_id}/${method}`], 'programs ask for it again and again').toEqual(
        throttle.predict,
      );
    }
    for (const path of [
      '/serve/models/{model}/GET',
      '/serve/models/{model}/HEAD',
      '/serve/repository/index/POST',
    ]) {
      expect(Object.keys(limits), 'that of the stage').not.toContain(path);
    }
  });

  const methodSettings = Object.fromEntries(
    Object.entries(ownLimits(routes, throttle, false)).map(([method, { ratePerSecond, burst }]) => [
      method,
      { throttlingRateLimit: ratePerSecond, throttlingBurstLimit: burst },
    ]),
  );
  const stack = new Stack();
  const api = new RestApi(stack, 'Api', { deployOptions: { methodOptions: methodSettings } });
  const { slow } = addMethods(api, {
    routes,
    integration: new HttpIntegration('https://example.com'),
    guard: { apiKeyRequired: true },
    preflight: true,
  });
  const template = Template.fromStack(stack);
  const pathOf = (id: string | undefined): string => {
    const resource = template.findResources('AWS::ApiGateway::Resource')[id ?? '']?.['Properties'];
    return resource ? `${pathOf(resource.ParentId.Ref)}/${resource.PathPart}` : '';
  };
  const methods = Object.fromEntries(
    Object.values(template.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => [
      `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref)}`,
      Properties,
    ]),
  );

  it('asks for a key and requires the parameters of the path', () => {
    for (const path of INFER) {
      expect(methods[`POST ${path}`]).toMatchObject({
        ApiKeyRequired: true,
        RequestParameters: { 'method.request.path.model': true },
      });
      expect(methods[`OPTIONS ${path}`]).toMatchObject({ ApiKeyRequired: false });
    }
    expect(methods[`POST ${INFER[0]}`].RequestParameters).toEqual({
      'method.request.path.model': true,
      'method.request.header.Inference-Header-Content-Length': false,
    });
    expect(methods['GET /serve/models/{model}']).toMatchObject({ ApiKeyRequired: false });
    expect(methods['HEAD /jobs/{job_id}']).toMatchObject({
      ApiKeyRequired: true,
      RequestParameters: { 'method.request.path.job_id': true },
    });
    expect(methods['OPTIONS /jobs/{job_id}']).toMatchObject({ ApiKeyRequired: false });
    expect(methods['POST /serve/repository/index']).toMatchObject({ ApiKeyRequired: false });
  });

  it('is limited by its path with the names of the parameters', () => {
    template.hasResourceProperties('AWS::ApiGateway::Stage', {
      MethodSettings: [
        { ResourcePath: '/~1predict' },
        { ResourcePath: '/~1predict~1url' },
        { ResourcePath: '/~1predict~1batch' },
        {
          ResourcePath: '/~1serve~1models~1{model}~1infer',
          ThrottlingRateLimit: 100,
          ThrottlingBurstLimit: 200,
        },
        { ResourcePath: '/~1serve~1models~1{model}~1versions~1{version}~1infer', ThrottlingRateLimit: 100 },
        { ResourcePath: '/~1jobs~1{job_id}', HttpMethod: 'GET', ThrottlingRateLimit: 100 },
        { ResourcePath: '/~1jobs~1{job_id}', HttpMethod: 'HEAD', ThrottlingRateLimit: 100 },
      ].map((settings) => ({ HttpMethod: 'POST', ...settings })),
    });
    expect(slow, 'only batches and URLs').toHaveLength(2);
  });

  it('may be called by other accounts with a signature, and open methods by everybody', () => {
    const policy = resourcePolicy({
      stageName: 'prod',
      routes,
      accounts: ['210987654321'],
      preflight: false,
    });
    const [everybody, accounts] = policy?.toJSON().Statement ?? [];
    expect(everybody).toMatchObject({
      Principal: '*',
      Resource: [
        'execute-api:/prod/GET/*',
        'execute-api:/prod/HEAD/*',
        'execute-api:/prod/POST/serve/repository/index',
      ],
    });
    expect(accounts.Resource).toEqual([
      'execute-api:/prod/POST/predict',
      'execute-api:/prod/POST/predict/url',
      'execute-api:/prod/POST/predict/batch',
      'execute-api:/prod/POST/serve/models/*/infer',
      'execute-api:/prod/POST/serve/models/*/versions/*/infer',
      'execute-api:/prod/GET/jobs/*',
      'execute-api:/prod/HEAD/jobs/*',
    ]);
  });
});

it('a document that gives one part of a path several names is refused', () => {
  const read = (...paths: string[]) =>
    readRoutes({ paths: Object.fromEntries(paths.map((path) => [path, { get: open }])) });
  expect(() => read('/serve/models/{model}', '/serve/models/{name}/ready')).toThrow(
    'paths./serve/models/{name}/ready: expected the name {model}, got {name}',
  );
  expect(read('/models/{name}', '/serve/models/{model}', '/models/{name}/labels')).toHaveLength(6);
});
