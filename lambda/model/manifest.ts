import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
/** The bare name of a file beside the manifest, so that a manifest cannot point outside its bundle. */
const bundleFile = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected the bare name of a file in the bundle');

/** A list of exactly these items. JSON Schema's `prefixItems` alone would also allow fewer or more items. */
function tuple<const Items extends readonly [z.ZodType, ...z.ZodType[]]>(...items: Items) {
  return z.tuple(items).meta({ minItems: items.length, maxItems: items.length });
}

const perChannel = tuple(z.number(), z.number(), z.number());
const perChannelPositive = tuple(z.number().positive(), z.number().positive(), z.number().positive());
const share = z.number().min(0).max(1);
const batch = z.number().int().positive().nullable();
const side = z.number().int().positive();

/** Normalised pixels, as in a published model. */
const floatInput = z.strictObject({
  name: z.string().min(1),
  dtype: z.literal('float32'),
  layout: z.literal('NCHW'),
  /** [batch, channels, height, width]. A batch of null means any size. */
  shape: tuple(batch, z.literal(3), side, side),
});

/**
 * Normalised pixels, quantized, in blocks of 2 x 2: what ONNX's `SpaceToDepth` makes of an NHWC image.
 * models/tools/blocks.py makes graphs that take them.
 */
const blockInput = z.strictObject({
  name: z.string().min(1),
  dtype: z.literal('uint8'),
  layout: z.literal('NHWC'),
  blockSize: z.literal(2),
  /** [batch, rows of blocks, columns of blocks, channels of a block]. A batch of null means any size. */
  shape: tuple(batch, side, side, z.literal(12)),
  /** A normalised value is `(quantized - zeroPoint) * scale`. */
  scale: z.number().positive(),
  zeroPoint: z.number().int().min(0).max(255),
});

const modelInput = z.discriminatedUnion('dtype', [floatInput, blockInput]);
export type ModelInput = z.output<typeof modelInput>;

/**
 * The contents of `manifest.json` in a model bundle. An unknown field could change the results, so it stops
 * the start instead of being ignored.
 */
export const manifestSchema = z
  .strictObject({
    schema: z.literal(1),
    name: z.string().min(1),
    version: z.string().min(1),
    description: z.string(),
    /** The ONNX graph. */
    file: bundleFile,
    sha256,
    /** The file with the graph's large tensors, if the graph refers to another file for them. */
    weights: z.strictObject({ file: bundleFile, sha256 }).optional(),
    /**
     * If that version of ONNX Runtime made the graph by optimising the file `from`. The service then loads the
     * graph as it is, which saves time and memory at every start.
     */
    optimised: z.strictObject({ from: bundleFile, onnxruntime: z.string().min(1) }).optional(),
    precision: z.enum(['fp32', 'fp16', 'int8']),
    input: modelInput,
    output: z.strictObject({
      name: z.string().min(1),
      dtype: z.literal('float32'),
      /** [batch, classes] */
      shape: tuple(batch, z.number().int().positive()),
      /** `probabilities` if the graph ends in a softmax, else `logits`. */
      kind: z.enum(['logits', 'probabilities']),
    }),
    preprocessing: z.strictObject({
      resize: z.strictObject({
        /** Pixels of the shorter side after resizing. The aspect ratio is kept. */
        shortSide: z.number().int().positive(),
        interpolation: z.literal('bilinear'),
        antialias: z.literal(true),
      }),
      /** Side of the centre crop in pixels. */
      crop: z.number().int().positive(),
      /** `mean` and `std` are for RGB values scaled to 0..1. */
      mean: perChannel,
      std: perChannelPositive,
    }),
    labels: bundleFile,
    licence: z.string().min(1),
    provenance: z.strictObject({
      source: z.string().min(1),
      createdBy: z.string().min(1),
      fp32Sha256: sha256.optional(),
    }),
    accuracy: z.array(
      z.strictObject({
        dataset: z.string(),
        images: z.number().int().positive(),
        top1: share,
        top5: share,
        precision: z.enum(['fp32', 'fp16', 'int8']),
      }),
    ),
  })
  .superRefine((manifest, context) => {
    const { height, width } = imageSize(manifest.input);
    const { crop, resize } = manifest.preprocessing;
    if (height !== crop || width !== crop) {
      context.addIssue({
        code: 'custom',
        path: ['preprocessing', 'crop'],
        message: `expected the input's height and width, ${height} x ${width}`,
      });
    }
    if (resize.shortSide < crop) {
      context.addIssue({
        code: 'custom',
        path: ['preprocessing', 'resize', 'shortSide'],
        message: `expected at least the crop, ${crop}`,
      });
    }
  });

export type Manifest = z.infer<typeof manifestSchema>;

/** In pixels. */
function imageSize(input: ModelInput): { readonly height: number; readonly width: number } {
  if (input.dtype === 'float32') return { height: input.shape[2], width: input.shape[3] };
  const { shape, blockSize } = input;
  return { height: shape[1] * blockSize, width: shape[2] * blockSize };
}

export const WORDNET_ID = /^n\d{8}$/;

/** One class of the model: its index in the output, its WordNet id and its name. */
export const labelSchema = z.strictObject({
  index: z.number().int().nonnegative(),
  wnid: z.string().regex(WORDNET_ID, 'expected a WordNet id such as n02123045'),
  label: z.string().min(1),
});

export const labelsSchema = z.array(labelSchema).superRefine((labels, context) => {
  labels.forEach((label, position) => {
    if (label.index !== position) {
      context.addIssue({
        code: 'custom',
        path: [position, 'index'],
        message: `expected ${position}, got ${label.index}`,
      });
    }
  });
});

export type Label = z.infer<typeof labelSchema>;
