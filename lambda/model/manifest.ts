import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hex digits');
/** The bare name of a file beside the manifest, so that a manifest cannot point outside its bundle. */
const bundleFile = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected the bare name of a file in the bundle');

/** The name of the model that takes photos is the name of its bundle with this at its end. */
export const PHOTO_MODEL_SUFFIX = '-image';

/** In the place of a model's name, it asks for the statistics of all. */
const ALL_STATISTICS = 'stats';

/** Part of the paths and the queries that choose a model. */
const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/,
    'expected 1 to 64 letters, digits, dots, hyphens or underscores',
  )
  .refine((name) => !name.endsWith(PHOTO_MODEL_SUFFIX), {
    error: `expected a name that does not end in ${PHOTO_MODEL_SUFFIX}, which marks the models that take photos`,
  })
  .refine((name) => name !== ALL_STATISTICS, {
    error: `expected a name other than ${ALL_STATISTICS}, which stands for all models in GET /v2/models/${ALL_STATISTICS}`,
  });
const modelVersion = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.+_-]{0,31}$/, 'expected a version such as 1.0.0');

/** A list of exactly these items. JSON Schema's `prefixItems` alone would also allow fewer or more items. */
function tuple<const Items extends readonly [z.ZodType, ...z.ZodType[]]>(...items: Items) {
  return z.tuple(items).meta({ minItems: items.length, maxItems: items.length });
}

const perChannel = tuple(z.number(), z.number(), z.number());
const perChannelPositive = tuple(z.number().positive(), z.number().positive(), z.number().positive());
const share = z.number().min(0).max(1);
const batch = z.number().int().positive().nullable();
const side = z.number().int().positive();
/** NCHW: [batch, channels, height, width]. NHWC: [batch, height, width, channels]. */
const layout = z.enum(['NCHW', 'NHWC']);
/** In the order of the layout. A batch of null means any size. */
const imageShape = tuple(batch, side, side, side);

/** A value is `(quantized - zeroPoint) * scale`. */
const quantization = z.strictObject({
  scale: z.number().positive(),
  zeroPoint: z.number().int().min(0).max(255),
});

/** Normalised pixels, as most published models take them. */
const floatInput = z.strictObject({
  name: z.string().min(1),
  dtype: z.literal('float32'),
  layout,
  shape: imageShape,
});

/** Normalised and quantized pixels; without `quantization`, pixels of 0..255 as they are. */
const byteInput = z.strictObject({
  name: z.string().min(1),
  dtype: z.literal('uint8'),
  layout,
  /**
   * If pixels are in blocks of 2 x 2, as ONNX's `SpaceToDepth` makes them of an NHWC image. models/tools/blocks.py
   * makes graphs that take them. The shape is then [batch, rows of blocks, columns of blocks, 12].
   */
  blockSize: z.literal(2).optional(),
  shape: imageShape,
  /** Of the normalised values. */
  quantization: quantization.optional(),
});

const modelInput = z.discriminatedUnion('dtype', [floatInput, byteInput]);
export type ModelInput = z.output<typeof modelInput>;

/** The most values in the feature maps of one image: 4 MiB of float32. */
export const MAX_FEATURE_VALUES = 2 ** 20;
/**
 * The most values of an embedding, and the most rows and columns of a map, so that JSON with those of the largest batch
 * fits into the 6 MB that a Lambda function may answer: 16 embeddings of at most 14 characters a value, and 160 maps of
 * about 9.
 */
export const MAX_EMBEDDING_VALUES = 2 ** 14;
export const MAX_MAP_SIDE = 64;

/** The input of the classifier for each image: [batch, values]. */
const embedding = z.discriminatedUnion('dtype', [
  z.strictObject({ name: z.string().min(1), dtype: z.literal('float32'), shape: tuple(batch, side) }),
  z.strictObject({
    name: z.string().min(1),
    dtype: z.literal('uint8'),
    shape: tuple(batch, side),
    quantization,
  }),
]);
export type ModelEmbedding = z.output<typeof embedding>;

const mapSide = side.max(MAX_MAP_SIDE);

/** A graph that makes class activation maps of the feature maps that the model has before it pools them. */
const activationMaps = z.strictObject({
  /** The feature maps, an output of the model. The order of the dimensions after the batch is up to the two graphs. */
  features: z.strictObject({
    name: z.string().min(1),
    dtype: z.enum(['float32', 'uint8']),
    shape: tuple(batch, side, side, side),
  }),
  /**
   * The graph. Its inputs: `features`, those of one image, and `classes`, int64 [count], the positions of classes in
   * the model's output. Its output: `maps`, float32 [count, rows, columns].
   */
  file: bundleFile,
  sha256,
  rows: mapSide,
  columns: mapSide,
});
export type ActivationMaps = z.output<typeof activationMaps>;

const filter = {
  /** As in Pillow: a triangle, or Keys' cubic convolution with a = -0.5. */
  interpolation: z.enum(['bilinear', 'bicubic']),
  antialias: z.literal(true),
};

const resize = z.union(
  [
    /** Pixels of the shorter side after resizing. The aspect ratio is kept. */
    z.strictObject({ shortSide: side, ...filter }),
    /** Pixels of both sides after resizing. The aspect ratio is lost. */
    z.strictObject({ exactSide: side, ...filter }),
  ],
  {
    error:
      'expected shortSide or exactSide in pixels, interpolation "bilinear" or "bicubic", and antialias true',
  },
);

/**
 * The contents of `manifest.json` in a model bundle. An unknown field could change the results, so it stops
 * the start instead of being ignored.
 */
export const manifestSchema = z
  .strictObject({
    schema: z.literal(1),
    name: modelName,
    version: modelVersion,
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
    /** If the graph has the input of its classifier as an output. */
    embedding: embedding.optional(),
    /** If the bundle can show where the model sees a class: for models that pool feature maps before one dense layer. */
    activationMaps: activationMaps.optional(),
    preprocessing: z.strictObject({
      resize,
      /** Side of the centre crop in pixels. */
      crop: side,
      /** What RGB values of 0..255 are multiplied by before the mean is subtracted. 1/255 if it is left out. */
      rescale: z.number().positive().optional(),
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
    const expect = (isRight: boolean, path: string[], message: string) => {
      if (!isRight) context.addIssue({ code: 'custom', path, message: `expected ${message}` });
    };
    const { input, preprocessing } = manifest;
    const { channels, height, width } = imageSize(input);
    const hasBlocks = input.dtype === 'uint8' && input.blockSize !== undefined;
    const { crop, resize, rescale, mean, std } = preprocessing;
    if (hasBlocks) expect(input.layout === 'NHWC', ['input', 'layout'], '"NHWC" for blocks of pixels');
    const channelsWanted = hasBlocks ? 12 : 3;
    expect(
      channels === channelsWanted,
      ['input', 'shape'],
      `${channelsWanted} channels in the layout ${input.layout}, got ${channels}`,
    );
    expect(
      height === crop && width === crop,
      ['preprocessing', 'crop'],
      `the input's height and width, ${height} x ${width}`,
    );
    const features = manifest.activationMaps?.features.shape.slice(1).map(Number) ?? [];
    expect(
      features.reduce((product, size) => product * size, 1) <= MAX_FEATURE_VALUES,
      ['activationMaps', 'features', 'shape'],
      `at most ${MAX_FEATURE_VALUES} values for an image`,
    );
    expect(
      (manifest.embedding?.shape[1] ?? 0) <= MAX_EMBEDDING_VALUES,
      ['embedding', 'shape'],
      `at most ${MAX_EMBEDDING_VALUES} values for an image`,
    );
    const resized = 'shortSide' in resize ? resize.shortSide : resize.exactSide;
    expect(
      resized >= crop,
      ['preprocessing', 'resize', 'shortSide' in resize ? 'shortSide' : 'exactSide'],
      `at least the crop, ${crop}`,
    );
    if (input.dtype === 'uint8' && !input.quantization) {
      const isUnchanged = rescale === 1 && mean.every((one) => one === 0) && std.every((one) => one === 1);
      expect(
        isUnchanged,
        ['preprocessing'],
        'rescale 1, mean 0 and std 1 for an input that takes pixels as they are',
      );
    }
  });

export type Manifest = z.infer<typeof manifestSchema>;

/** Height and width are in pixels. */
function imageSize(input: ModelInput): {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
} {
  const [, ...sizes] = input.shape;
  const [channels, height, width] =
    input.layout === 'NCHW' ? sizes : ([sizes[2], sizes[0], sizes[1]] as const);
  const blockSide = input.dtype === 'uint8' ? (input.blockSize ?? 1) : 1;
  return { channels, height: height * blockSide, width: width * blockSide };
}

/** What identifies a model. */
export type ModelIdentity = Pick<Manifest, 'name' | 'version'>;

export const WORDNET_ID = /^n\d{8}$/;

/** One class of the model: its index in the output, its name and, for classes of ImageNet, its WordNet id. */
export const labelSchema = z.strictObject({
  index: z.number().int().nonnegative(),
  wnid: z.string().regex(WORDNET_ID, 'expected a WordNet id such as n02123045').optional(),
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
