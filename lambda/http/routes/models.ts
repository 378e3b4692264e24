import { createRoute } from '@hono/zod-openapi';
import type { Models } from '../../prediction/models.ts';
import { healthProblems, json } from '../openapi/responses.ts';
import { open } from '../openapi/security.ts';
import { modelsResponse } from '../schemas/service.ts';
import type { RouteHandler } from '../serve-route.ts';

export const modelsRoute = createRoute({
  method: 'get',
  path: '/models',
  operationId: 'models',
  tags: ['Model'],
  summary: 'List the models',
  description: 'Predictions come from the first, unless the parameter `model` chooses another.',
  security: open,
  responses: { 200: json(modelsResponse, 'All models of the service.', 'models'), ...healthProblems },
});

export const modelsHandler =
  (models: Models): RouteHandler<typeof modelsRoute> =>
  async () => ({ models: await statuses(models) });

/** Each model that has a name, with its state, in order. */
export async function statuses(models: Models) {
  const known = await models.identified();
  return known.map(({ identity, access }) => ({ ...identity, state: access.state() }));
}
