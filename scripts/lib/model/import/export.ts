import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Label } from '../../../../lambda/model/manifest.ts';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { labelOf, labelsOfMap } from './labels.ts';
import type { Recipe } from './preprocessing/recipe.ts';
import { timmRecipe } from './preprocessing/timm.ts';
import { transformersRecipe } from './preprocessing/transformers/recipe.ts';

/** An exported model, and what the files beside it say of it. A single file says nothing else. */
export interface ModelExport {
  /** Path of the ONNX file. */
  readonly graph: string;
  /** @throws Error in one line for what the service cannot do. */
  readonly recipe?: () => Recipe;
  /** @throws Error in one line */
  readonly labels?: () => readonly Label[];
  /** Height and width of the input in pixels, for a graph that takes any. */
  readonly imageSize?: number;
  /** Such as `ViTForImageClassification`. */
  readonly architecture?: string;
  readonly licence?: string;
  /** Such as `google/vit-base-patch16-224`. */
  readonly hubId?: string;
}

const map = z.record(z.string(), z.string());
const configSchema = z.looseObject({
  architectures: z.array(z.string()).nullish(),
  architecture: z.string().nullish(),
  problem_type: z.string().nullish(),
  id2label: map.nullish(),
  image_size: z.union([z.number().int().positive(), z.array(z.number())]).nullish(),
  license: z.string().nullish(),
  _name_or_path: z.string().nullish(),
  // Of timm.
  pretrained_cfg: z.looseObject({ license: z.string().nullish() }).nullish(),
  label_names: z.union([z.array(z.string()), map]).nullish(),
  label_descriptions: map.nullish(),
});
type Config = z.output<typeof configSchema>;

/**
 * Finds the model in a file or in a folder, such as `optimum-cli export onnx` writes it.
 *
 * @param graph the ONNX file of a folder, if it is not `model.onnx` or the only one.
 * @throws Error in one line if there is no such model, or if it is not an image classifier.
 */
export async function findExport(path: string, graph: string | undefined): Promise<ModelExport> {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `${path}: expected an ONNX file or a folder with one, but it cannot be read (${cause.code})`,
      {
        cause,
      },
    );
  });
  if (!found.isDirectory()) return { graph: path };
  return { graph: join(path, graph ?? (await graphIn(path))), ...(await describedIn(path)) };
}

async function graphIn(folder: string): Promise<string> {
  const names = await readdir(folder, { recursive: true });
  const graphs = names.filter((name) => name.endsWith('.onnx')).sort();
  const usual = ['model.onnx', join('onnx', 'model.onnx')].find((name) => graphs.includes(name));
  const [first, second] = graphs;
  if (usual !== undefined) return usual;
  if (first === undefined) throw new Error(`${folder}: expected an ONNX file, such as model.onnx, got none`);
  if (second === undefined) return first;
  throw new Error(`${folder}: expected one ONNX file, got ${graphs.join(', ')}; --graph chooses one of them`);
}

async function describedIn(folder: string): Promise<Omit<ModelExport, 'graph'>> {
  const configPath = join(folder, 'config.json');
  const processorPath = join(folder, 'preprocessor_config.json');
  const config = await readJson(configPath, configSchema);
  const processor = await readJson(processorPath, z.looseObject({}));
  if (config !== undefined) requireClassifier(config, configPath);
  const timm = config?.pretrained_cfg;
  const names = config && labelsOf(config, configPath);
  const size = config?.image_size;
  return {
    ...(timm ? { recipe: () => timmRecipe(timm, configPath) } : {}),
    ...(processor ? { recipe: () => transformersRecipe(processor, processorPath) } : {}),
    ...(names ? { labels: names } : {}),
    ...(typeof size === 'number' ? { imageSize: size } : {}),
    ...optional('architecture', config?.architectures?.[0] ?? config?.architecture),
    ...optional('licence', config?.license ?? timm?.license),
    // Elsewhere it is the path of a folder on someone's machine.
    ...optional('hubId', /^[\w.-]+\/[\w.-]+$/.exec(config?._name_or_path ?? '')?.[0]),
  };
}

const optional = <Name extends string>(name: Name, value: string | null | undefined) =>
  (value ? { [name]: value } : {}) as { readonly [Key in Name]?: string };

function requireClassifier({ architectures, problem_type }: Config, path: string): void {
  const [architecture] = architectures ?? [];
  if (architecture?.includes('For') && !architecture.includes('ForImageClassification')) {
    throw new Error(`${path}: architectures: expected an image classifier, got ${architecture}`);
  }
  if (problem_type && problem_type !== 'single_label_classification') {
    throw new Error(`${path}: problem_type: expected one class for each photo, got ${problem_type}`);
  }
}

function labelsOf(config: Config, path: string): (() => readonly Label[]) | undefined {
  const { id2label, label_names: names, label_descriptions: descriptions } = config;
  if (id2label) return () => labelsOfMap(id2label, `${path}: id2label`);
  if (!names) return undefined;
  // timm's names of ImageNet are WordNet ids, which its descriptions explain.
  const described = (name: string) => [name, descriptions?.[name]].filter(Boolean).join(' ');
  const isId = (name: string) => labelOf(0, name).wnid !== undefined;
  const text = (name: string) => (isId(name) ? described(name) : (descriptions?.[name] ?? name));
  return () =>
    Array.isArray(names)
      ? names.map((name, index) => labelOf(index, text(name)))
      : labelsOfMap(
          Object.fromEntries(Object.entries(names).map(([index, name]) => [index, text(name)])),
          `${path}: label_names`,
        );
}

/** @returns undefined if there is no such file. */
async function readJson<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema> | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseJson(schema, text, path);
}
