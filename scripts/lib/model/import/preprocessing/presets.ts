import type { Recipe } from './recipe.ts';
import { IMAGENET, PER_BYTE } from './usual.ts';

const anySide = { sides: [] } as const;
const exact = (side: number) => ({ resize: { exactSide: side }, crop: side });

interface Preset extends Omit<Recipe, 'origin'> {
  readonly help: string;
}

/** What the models of a library usually want. The library's page of a model says whether it does. */
export const PRESETS = {
  /** torchvision.transforms._presets.ImageClassification, with the sizes of its first models: 256 and 224. */
  torchvision: {
    help: 'short side 256 for 224 pixels, bilinear, mean and std of ImageNet',
    ...anySide,
    geometry: (side) => ({ resize: { shortSide: Math.round((side * 256) / 224) }, crop: side }),
    interpolation: 'bilinear',
    rescale: PER_BYTE,
    ...IMAGENET,
  },
  /** timm.data.config and timm.data.constants: crop_pct 0.875. */
  timm: {
    help: 'short side 256 for 224 pixels, bicubic, mean and std of ImageNet',
    ...anySide,
    geometry: (side) => ({ resize: { shortSide: Math.floor(side / 0.875) }, crop: side }),
    interpolation: 'bicubic',
    rescale: PER_BYTE,
    ...IMAGENET,
  },
  /** The mode "tf" of keras.applications.imagenet_utils.preprocess_input. */
  tf: {
    help: 'both sides exact, bilinear, values of -1..1 (Keras: MobileNet, MobileNetV2, InceptionV3, Xception)',
    ...anySide,
    geometry: exact,
    interpolation: 'bilinear',
    rescale: 1 / 127.5,
    mean: [1, 1, 1],
    std: [1, 1, 1],
  },
  /** The mode "torch" of keras.applications.imagenet_utils.preprocess_input. */
  'keras-torch': {
    help: 'both sides exact, bilinear, mean and std of ImageNet (Keras: DenseNet)',
    ...anySide,
    geometry: exact,
    interpolation: 'bilinear',
    rescale: PER_BYTE,
    ...IMAGENET,
  },
  /** Models of keras.applications that begin with a layer that rescales. */
  'keras-raw': {
    help: 'both sides exact, bilinear, values of 0..255 (Keras: EfficientNet, MobileNetV3, ConvNeXt)',
    ...anySide,
    geometry: exact,
    interpolation: 'bilinear',
    rescale: 1,
    mean: [0, 0, 0],
    std: [1, 1, 1],
  },
} as const satisfies Readonly<Record<string, Preset>>;

export type PresetName = keyof typeof PRESETS;

export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

export const presetRecipe = (name: PresetName): Recipe => ({ origin: `--preset ${name}`, ...PRESETS[name] });
