import { z } from '@hono/zod-openapi';

const region = z
  .object({
    left: z.number(),
    top: z.number(),
    width: z.number().positive(),
    height: z.number().positive(),
  })
  .openapi('Region', {
    description:
      'A part of the upright image in pixels, as `image.width` and `image.height` count them. They need not be whole.',
  });

const classMap = z
  .object({
    rank: z.number().int().min(1).openapi({ description: 'Of the prediction that the map explains.' }),
    index: z.number().int().nonnegative().openapi({ description: 'Of the class.' }),
    minimum: z.number().openapi({ description: 'The smallest of the values.' }),
    maximum: z.number().openapi({ description: 'The largest of the values.' }),
    values: z.array(z.array(z.number())).openapi({
      description:
        'Rows from the top, each with its values from the left. The mean of all values plus the bias of the class is the ' +
        'logit of the class.',
    }),
  })
  .openapi('ClassMap', {
    description: 'A class activation map: the higher a value, the more that place speaks for the class.',
  });

export const explanation = z
  .object({
    region: region.openapi({ description: 'The part of the image that each map covers.' }),
    maps: z.array(classMap).openapi({ description: 'One for each explained prediction, in their order.' }),
  })
  .openapi('Explanation', {
    description: 'Where the model sees the classes. Only if `explain` asks for it.',
  });
export type ExplanationAnswer = z.infer<typeof explanation>;
