import { join, relative, resolve } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, number, numbers, text, wholeNumber } from './lib/command/options.ts';
import { UsageError } from './lib/command/usage-error.ts';
import { describeBundle } from './lib/model/check/describe.ts';
import { importModel } from './lib/model/import/import.ts';
import { IMAGENET_LABELS } from './lib/model/import/labels.ts';
import { PRESET_NAMES, PRESETS } from './lib/model/import/preprocessing/presets.ts';
import { example as examplePhoto, MODELS } from './lib/paths.ts';

const presets = PRESET_NAMES.map((name) => `  ${name.padEnd(12)}${PRESETS[name].help}`);

await runCommand(
  {
    name: 'npm run model:import --',
    summary: [
      'Makes a model bundle of an ONNX image classifier, and tries it on a photo. MODEL is an ONNX file, or a folder as\n' +
        'optimum-cli and timm write it, with config.json and preprocessor_config.json.',
      ['Presets, for what the files do not say:', ...presets].join('\n'),
    ].join('\n\n'),
    examples: [
      'resnet18.onnx --labels imagenet --preset torchvision',
      'vit-onnx/ --name vit --licence Apache-2.0',
      'resnet18.onnx --labels imagenet --preset torchvision --int8 --calibration photos/',
    ],
    activity: 'Importing the model',
    positionals: { model: text('MODEL', { help: 'an ONNX file, or a folder with one', required: true }) },
    options: {
      labels: text('FILE', {
        help: `the names of the classes, one a line or JSON; ${IMAGENET_LABELS} for ImageNet-1k`,
      }),
      preset: choice(PRESET_NAMES, { help: 'how photos are prepared, if no file says it' }),
      name: text('NAME', { help: 'the model’s name; without it, that of the file or folder' }),
      version: text('VERSION', { help: 'the model’s version', default: '1.0.0' }),
      licence: text('NAME', { help: 'the model’s licence' }),
      size: wholeNumber('PIXELS', {
        help: 'height and width of the input, if the graph takes any',
        min: 1,
        max: 4096,
      }),
      'short-side': wholeNumber('PIXELS', {
        help: 'resizes the short side of photos to it before the crop',
        min: 1,
        max: 8192,
      }),
      interpolation: choice(['bilinear', 'bicubic'], { help: 'the filter for resizing' }),
      rescale: number('FACTOR', { help: 'what pixels of 0..255 are multiplied by', min: 1e-6, max: 1e6 }),
      mean: numbers('R,G,B', { help: 'is subtracted after that', min: -1e6, max: 1e6 }),
      std: numbers('R,G,B', { help: 'divides after that', min: 1e-6, max: 1e6 }),
      graph: text('FILE', { help: 'the ONNX file of a folder with several' }),
      output: text('NAME', { help: 'the output of a graph with several' }),
      int8: flag('quantizes the model to int8, with Python'),
      calibration: text('FOLDER', { help: 'photos for --int8' }),
      example: text('FILE', { help: 'the photo to try', default: 'examples/cat.jpg' }),
      dir: text('FOLDER', { help: 'folder for the bundle; without it, models/NAME' }),
      force: flag('replaces a bundle that exists'),
    },
  },
  async ({ model, int8, calibration, example, dir, 'short-side': shortSide, mean, std, ...options }) => {
    if (int8 !== (calibration !== undefined)) {
      throw new UsageError('--int8: expected together with --calibration, a folder of photos');
    }
    const { directory, notes, ...bundle } = await importModel(
      {
        ...options,
        source: model,
        calibration,
        example: example === 'examples/cat.jpg' ? examplePhoto('cat.jpg') : example,
        directoryOf: (name) => dir ?? join(MODELS, name),
        overrides: {
          shortSide,
          interpolation: options.interpolation,
          rescale: options.rescale,
          mean: perChannel('--mean', mean),
          std: perChannel('--std', std),
        },
      },
      (step) => console.log(step),
    );
    console.log(describeBundle(bundle, example));
    console.log(['', ...notes, `Written to ${relative('.', directory) || '.'}`].join('\n'));
    console.log(`MODELS=${dir === undefined ? bundle.manifest.name : resolve(dir)} npm start`);
    return 0;
  },
);

/** One number for all channels, or three. */
function perChannel(
  name: string,
  values: readonly number[] | undefined,
): [number, number, number] | undefined {
  if (values === undefined) return undefined;
  const [red = 0, green = red, blue = red] = values;
  if (values.length === 1 || values.length === 3) return [red, green, blue];
  throw new UsageError(`${name}: expected one number or three, got ${values.length}`);
}
