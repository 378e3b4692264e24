import { rgb, rgba, stored, turned, type Variants } from './picture.ts';

export function avifs(): Variants {
  return {
    avif: rgb().avif({ effort: 0 }).toBuffer(),
    'avif alpha': rgba().avif({ effort: 0 }).toBuffer(),
    'avif 4:4:4': rgb().avif({ effort: 0, chromaSubsampling: '4:4:4' }).toBuffer(),
    'avif lossless': rgb().avif({ effort: 0, lossless: true }).toBuffer(),
    'avif of 10 bits': rgb().avif({ effort: 0, bitdepth: 10 }).toBuffer(),
    'avif of 12 bits': rgb().avif({ effort: 0, bitdepth: 12 }).toBuffer(),
    'avif of 12 bits with alpha': rgba().avif({ effort: 0, bitdepth: 12 }).toBuffer(),
    'avif with a profile': rgb().withIccProfile('p3').avif({ effort: 0 }).toBuffer(),
    'avif grey': stored('grey.avif'),
    'avif grid': stored('grid.avif'),
    'avif rotated and mirrored': stored('rotated-mirrored.avif'),
    ...turned('avif', (image) => image.avif({ effort: 0 })),
  };
}

/** libvips does not read these. */
export const avifSequences = (): Variants => ({ 'avif sequence': stored('sequence.avif') });
