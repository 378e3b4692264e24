import { extname } from 'node:path';
import { FILES } from '../../lambda/http/assets.ts';
import { MODULE_FOLDERS } from '../../scripts/lib/image/pages.ts';

const MEDIA_TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
};

/** The path and the media type of each file of the pages. */
export const PAGE_FILES = Object.entries(FILES).map(
  ([path, file]) => [path, MEDIA_TYPES[extname(file())] ?? 'unknown to the tests'] as const,
);

/** The paths of the pages themselves. */
export const PAGES = PAGE_FILES.flatMap(([path, type]) => (type.startsWith('text/html') ? [path] : []));

/** Those of the image, where `page.js` is one file with its modules. */
export const IMAGE_PAGE_FILES = PAGE_FILES.filter(
  ([path]) => !MODULE_FOLDERS.some((folder) => path.startsWith(`/${folder}/`)),
);
