import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';

/** The package that builds the site from the Markdown of the repository. */
export const SITE = join(REPOSITORY, 'site');

/** Where the built site is. */
export const DIST = join(SITE, 'dist');

/** VitePress, as an argument of Node.js. */
export const VITEPRESS = join(SITE, 'node_modules/vitepress/bin/vitepress.js');
