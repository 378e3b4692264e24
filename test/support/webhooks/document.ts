import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCUMENT = fileURLToPath(new URL('../../../docs/webhooks.md', import.meta.url));

/** The blocks of code in docs/webhooks.md, exactly as printed, without the indentation of a list. */
export function codeBlocks(language: string): readonly string[] {
  const text = readFileSync(DOCUMENT, 'utf8');
  const blocks = text.matchAll(new RegExp(`^( *)\`\`\`${language}\n(.*?)^ *\`\`\`$`, 'gms'));
  return [...blocks].map(([, indent = '', code = '']) => code.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

/** @returns the only block of code in this language that contains a text. */
export function codeBlock(language: string, contained: string): string {
  const [block, ...others] = codeBlocks(language).filter((code) => code.includes(contained));
  if (block === undefined || others.length > 0) {
    throw new Error(`expected one block of ${language} with ${contained} in docs/webhooks.md, got others`);
  }
  return block;
}
