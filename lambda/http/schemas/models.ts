import { z } from '@hono/zod-openapi';
import { labelSchema, manifestSchema } from '../../model/manifest.ts';
import { openEnum } from '../openapi/open-enum.ts';

const { output, preprocessing, provenance, accuracy, weights } = manifestSchema.shape;

const modelDtype = openEnum(['float32', 'uint8'], 'An open enum: a minor version may add types.');
const modelShape = (dimensions: number, description: string) =>
  z
    .array(z.number().int().positive().nullable())
    .min(dimensions)
    .max(dimensions)
    .openapi({ description: `${description} A batch of null means any size.` });
const modelQuantization = z.object({ scale: z.number().positive(), zeroPoint: z.number().int() }).optional();
const QUANTIZATION = 'A uint8 stands for (uint8 - zeroPoint) * scale.';

/** All kinds of input in one object, because generated clients handle a choice of objects badly. */
const modelInput = z
  .object({
    name: z.string(),
    dtype: modelDtype,
    layout: openEnum(['NCHW', 'NHWC'], 'An open enum: a minor version may add layouts.'),
    shape: modelShape(4, 'In the order of the layout.'),
    blockSize: z.number().int().positive().optional().openapi({
      description:
        'The height and width of a block, if pixels are in blocks as ONNX’s SpaceToDepth makes them.',
    }),
    quantization: modelQuantization.openapi({
      description: `${QUANTIZATION} Without it, a uint8 is the value of a pixel.`,
    }),
  })
  .openapi('ModelInput');

const modelEmbedding = z
  .object({
    name: z.string(),
    dtype: modelDtype,
    shape: modelShape(2, 'The batch, and the values of one embedding.'),
    quantization: modelQuantization.openapi({ description: QUANTIZATION }),
  })
  .openapi('ModelEmbedding', {
    description: 'The output that POST /embed returns. Only if the model has it.',
  });

const modelActivationMaps = z
  .object({
    features: z
      .object({
        name: z.string(),
        dtype: modelDtype,
        shape: modelShape(4, 'The batch, and the dimensions of the feature maps in the order of the model.'),
      })
      .openapi('ModelFeatures'),
    sha256: z.string().openapi({ description: 'Of the graph that makes the maps.' }),
    rows: z.number().int().positive(),
    columns: z.number().int().positive(),
  })
  .openapi('ModelActivationMaps', {
    description: 'The size of the maps that `explain` adds to predictions. Only if the model can make them.',
  });

const modelResize = z
  .object({
    shortSide: z
      .number()
      .int()
      .positive()
      .optional()
      .openapi({ description: 'Pixels of the shorter side after resizing. The aspect ratio is kept.' }),
    exactSide: z
      .number()
      .int()
      .positive()
      .optional()
      .openapi({ description: 'Pixels of both sides after resizing. The aspect ratio is lost.' }),
    interpolation: openEnum(['bilinear', 'bicubic'], 'An open enum: a minor version may add filters.'),
    antialias: z.boolean(),
  })
  .openapi('ModelResize');

export const modelResponse = z
  .object({
    ...manifestSchema.shape,
    input: modelInput,
    weights: weights.unwrap().omit({ file: true }).strip().optional(),
    output: output.strip(),
    embedding: modelEmbedding.optional(),
    activationMaps: modelActivationMaps.optional(),
    preprocessing: preprocessing.extend({ resize: modelResize }).strip(),
    provenance: provenance.strip(),
    accuracy: z.array(accuracy.element.strip()),
    service: z.object({
      version: z.string().openapi({ description: 'Of the service and its API, as in `/openapi.json`.' }),
      commit: z.string().optional().openapi({
        description: 'The commit of Git that the container image was built from. Only if the image knows it.',
      }),
    }),
    runtime: z.object({
      threads: z.number().int().positive(),
      onnxruntime: z.string(),
      sharp: z.string(),
      libvips: z.string(),
      node: z.string(),
    }),
  })
  .omit({ schema: true, file: true, labels: true, optimised: true })
  .openapi('Model');

export const labelsResponse = z.array(z.object(labelSchema.shape).openapi('Label')).openapi('Labels');
