import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { readRoutes } from '../../lib/constructs/api/routes.ts';
import { OPERATIONS } from '../support/openapi.ts';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

/** The routes of the protocol share their methods. */
const gatewayPath = (path: string) => path.replace(/^\/v2\/.*/, '/v2/{proxy+}');
const GUARDED = [
  ...new Set(
    OPERATIONS.flatMap(({ method, path, guarded }) => {
      if (!guarded) return [];
      return (method === 'GET' ? ['GET', 'HEAD'] : [method]).map((name) => `${name} ${gatewayPath(path)}`);
    }),
  ),
].sort();
const ALL_GETS = new Set(
  OPERATIONS.flatMap(({ method, path, guarded }) =>
    method === 'GET' && !guarded ? [gatewayPath(path)] : [],
  ),
);
const OPEN = [
  ...['/', '/{proxy+}', ...ALL_GETS].flatMap((path) => [`GET ${path}`, `HEAD ${path}`]),
  ...OPERATIONS.flatMap(({ method, path, guarded }) =>
    method === 'POST' && !guarded ? [`POST ${path}`] : [],
  ),
];

interface Resource {
  readonly ParentId: { readonly Ref?: string };
  readonly PathPart: string;
}

/** The properties of all methods of the API, by names such as `GET /health`. */
function methodsOf(template: Template): Readonly<Record<string, Record<string, unknown>>> {
  const resources = template.findResources('AWS::ApiGateway::Resource');
  const pathOf = (id: string | undefined): string => {
    const resource: Resource | undefined = resources[id ?? '']?.['Properties'];
    if (!resource) return '';
    const { ParentId, PathPart } = resource;
    return `${pathOf(ParentId.Ref)}/${PathPart}`;
  };
  return Object.fromEntries(
    Object.values(template.findResources('AWS::ApiGateway::Method')).map(({ Properties }) => [
      `${Properties.HttpMethod} ${pathOf(Properties.ResourceId.Ref) || '/'}`,
      Properties,
    ]),
  );
}

function keyedMethods(template: Template): string[] {
  const methods = Object.entries(methodsOf(template));
  return methods.flatMap(([name, { ApiKeyRequired }]) => (ApiKeyRequired ? [name] : [])).sort();
}

describe('the routes of the API', () => {
  const prod = templateOf('prod');
  const forPages = templateOf('prod', { corsOrigins: ['https://app.example.com'] });

  it('are those of the document, and a fallback for GET and HEAD only', () => {
    expect(Object.keys(methodsOf(prod)).sort()).toEqual([...OPEN, ...GUARDED].sort());
  });

  it('are without those of uploads and jobs in a stage that has none', () => {
    const isOfJobs = (name: string) => /^\w+ \/(?:uploads|jobs)\b/.test(name);
    const jobs = Object.keys(methodsOf(prod)).filter(isOfJobs).sort();
    expect(jobs).toEqual([
      'DELETE /jobs/{job_id}',
      'GET /jobs/{job_id}',
      'GET /jobs/{job_id}/results',
      'HEAD /jobs/{job_id}',
      'HEAD /jobs/{job_id}/results',
      'POST /jobs',
      'POST /uploads',
    ]);
    const without = Object.keys(methodsOf(templateOf('prod', { jobs: 'off' }))).sort();
    expect(without).toEqual([...OPEN, ...GUARDED].filter((name) => !isOfJobs(name)).sort());
  });

  it('require a key if the document does and the stage has keys', () => {
    expect(keyedMethods(prod)).toEqual(GUARDED);
    expect(keyedMethods(templateOf('prod', { auth: 'off' }))).toEqual([]);
  });

  it('all invoke the alias, with one permission and a timeout of 29 s', () => {
    const { id: alias } = only(prod, 'AWS::Lambda::Alias');
    for (const method of Object.values(methodsOf(prod))) {
      expect(method['Integration']).toMatchObject({ Type: 'AWS_PROXY', TimeoutInMillis: 29_000 });
      expect(JSON.stringify(method['Integration'])).toContain(`{"Ref":"${alias}"},"/invocations"`);
    }
    const permissions = prod.findResources('AWS::Lambda::Permission', {
      Properties: { Principal: 'apigateway.amazonaws.com' },
    });
    expect(Object.values(permissions).map(({ Properties }) => Properties.FunctionName)).toEqual([
      { Ref: alias },
    ]);
    expect(JSON.stringify(permissions)).toContain('/*/*/*"');
  });

  it('forward CORS preflights without a key, if the stage has corsOrigins', () => {
    const preflights = Object.entries(methodsOf(forPages)).filter(([name]) => name.startsWith('OPTIONS '));
    const paths = new Set([...OPEN, ...GUARDED].map((name) => name.split(' ')[1]));
    expect(preflights.map(([name]) => name.split(' ')[1]).sort()).toEqual([...paths].sort());
    for (const [, method] of preflights) {
      expect(method).toMatchObject({ ApiKeyRequired: false, Integration: { Type: 'AWS_PROXY' } });
    }
  });

  it('cause a new deployment of the API when they change', () => {
    const deployments = [prod, forPages, templateOf('prod', { auth: 'off' })].map(
      (template) => only(template, 'AWS::ApiGateway::Deployment').id,
    );
    expect(new Set(deployments).size).toBe(3);
  });

  it('validate the parameters of the document', () => {
    expect(methodsOf(prod)['POST /predict']).toMatchObject({
      RequestParameters: { 'method.request.querystring.top_k': false },
      RequestValidatorId: { Ref: only(prod, 'AWS::ApiGateway::RequestValidator').id },
    });
  });
});

describe('readRoutes', () => {
  const keyed = { security: [{}, { apiKey: [] }] };

  it('reads required parameters in the path, the query and the headers', () => {
    const parameters = [
      { name: 'id', in: 'path', required: true },
      { name: 'x-model', in: 'header' },
    ];
    expect(readRoutes({ paths: { '/models/{id}': { delete: { ...keyed, parameters } } } })).toEqual([
      {
        path: '/models/{id}',
        method: 'DELETE',
        guarded: true,
        parameters: { 'method.request.path.id': true, 'method.request.header.x-model': false },
      },
    ]);
  });

  it('guards what has any security requirement, whichever scheme it names', () => {
    const guarded = (operation: object) => readRoutes({ paths: { '/a': { post: operation } } })[0]?.guarded;
    expect(guarded({ security: [{ bearer: ['predict'] }] })).toBe(true);
    expect(guarded({ security: [{}] })).toBe(false);
    expect(guarded({ security: [] })).toBe(false);
    expect(guarded({})).toBe(false);
  });

  it('gives the Open Inference Protocol one guarded POST and one open GET, apart from its open POST', () => {
    const open = { security: [] };
    const name = { parameters: [{ name: 'name', in: 'path', required: true }] };
    const paths = {
      '/v2': { get: open },
      '/v2/health/live': { get: open },
      '/v2/models/{name}': { get: { ...open, ...name } },
      '/v2/models/{name}/infer': { post: { ...keyed, ...name } },
      '/v2/repository/index': { post: open },
      '/v2x/{name}': { post: { ...keyed, ...name } },
    };
    expect(readRoutes({ paths }).map(({ method, path, guarded }) => `${method} ${path} ${guarded}`)).toEqual([
      'GET /v2 false',
      'HEAD /v2 false',
      'POST /v2/repository/index false',
      'POST /v2x/{name} true',
      'GET /v2/{proxy+} false',
      'HEAD /v2/{proxy+} false',
      'POST /v2/{proxy+} true',
    ]);
  });

  it.each(['/usage', '/jobsx', '/predict/jobs'])('refuses a document that guards GET %s', (path) => {
    expect(() => readRoutes({ paths: { [path]: { get: keyed } } })).toThrow(
      `paths.${path}: expected GET without security, got apiKey`,
    );
  });

  it('lets a document guard GET below /jobs, where the service itself refuses requests without a caller', () => {
    const routes = readRoutes({ paths: { '/jobs/{job_id}': { get: keyed } } });
    expect(routes.map(({ method, guarded }) => [method, guarded])).toEqual([
      ['GET', true],
      ['HEAD', true],
    ]);
  });
});
