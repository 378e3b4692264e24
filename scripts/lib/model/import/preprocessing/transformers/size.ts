import type { Geometry } from '../recipe.ts';
import type { SizeConfig } from './schema.ts';

/** Classes for which a mere number is the short side: `default_to_square = False` in transformers. */
const SHORT_SIDE = new Set([
  'Bit',
  'CLIP',
  'ChineseCLIP',
  'ConvNext',
  'Levit',
  'MobileNetV1',
  'MobileNetV2',
  'MobileViT',
  'PoolFormer',
  'ViTHybrid',
]);

/** @throws Error in one line for sizes that are not square. */
export function sizeOf(size: SizeConfig, family: string, path: string): Geometry['resize'] {
  const where = `${path}: size`;
  if (typeof size === 'number') {
    if (family === '') {
      throw new Error(`${where}: expected an image_processor_type that says which side ${size} pixels are`);
    }
    return SHORT_SIDE.has(family) ? { shortSide: size } : { exactSide: size };
  }
  if (!Array.isArray(size) && size.longest_edge != null) {
    throw new Error(`${where}: expected no longest_edge, got ${size.longest_edge}`);
  }
  return !Array.isArray(size) && size.shortest_edge != null
    ? { shortSide: size.shortest_edge }
    : { exactSide: exactSide(size, where) };
}

/** The side of a square. A mere number is one. @throws Error in one line */
export function exactSide(size: SizeConfig, where: string): number {
  if (typeof size === 'number') return size;
  const [height, width] = Array.isArray(size) ? size : [size.height, size.width];
  if (height == null || width == null) throw new Error(`${where}: expected a height and a width`);
  if (height !== width) throw new Error(`${where}: expected a square, got ${height} x ${width}`);
  return height;
}
