import { extname } from 'node:path';
import { FILES } from '../../lambda/http/assets.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
};

/** The path and the media type of each file of the pages. */
export const PAGE_FILES = Object.entries(FILES).map(
  ([path, file]) => [path, MEDIA_TYPES[extname(file())] ?? 'unknown to the tests'] as const,
);

/** The paths of the pages themselves. */
export const PAGES = PAGE_FILES.flatMap(([path, type]) => (type === 'text/html' ? [path] : []));
