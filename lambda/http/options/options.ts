import type { z } from '@hono/zod-openapi';
import { ServiceError } from '../../errors.ts';

/** The options that a body may have. */
export interface OptionSchemas<Options> {
  /** In the fields of a form, where all values are text. */
  readonly form: z.ZodObject & z.ZodType<Options>;
  readonly json: z.ZodObject & z.ZodType<Options>;
}

/**
 * The options of a request, each from the query or from the body. `true` is the same as 1, and `false` as 0.
 *
 * @throws ServiceError `invalid_request` if the query and the body have different values.
 */
export function oneValueEach<Options extends object>(inQuery: Options, inBody: Options): Options {
  const names = Object.keys(inBody) as (keyof Options & string)[];
  const different = names.filter((name) => {
    const [one, other] = [inQuery[name], inBody[name]];
    return one !== undefined && other !== undefined && Number(one) !== Number(other);
  });
  if (different.length === 0) return { ...inBody, ...inQuery };
  const details = different.map(
    (name) =>
      `Expected one value of ${name}, got ${inQuery[name]} in the query and ${inBody[name]} in the body.`,
  );
  throw new ServiceError('invalid_request', details.join(' '), {
    fields: different.flatMap((name) => [
      {
        field: `query.${name}`,
        message: `expected ${inBody[name]} as in the body, got ${inQuery[name]}`,
      },
      {
        field: `body.${name}`,
        message: `expected ${inQuery[name]} as in the query, got ${inBody[name]}`,
      },
    ]),
  });
}
