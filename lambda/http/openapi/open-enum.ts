import { z } from '@hono/zod-openapi';

/** A string with known values. Clients must expect others too, so generated clients get a plain string. */
export const openEnum = (values: readonly string[], description: string) =>
  z.string().openapi({ 'x-extensible-enum': [...values], description });
