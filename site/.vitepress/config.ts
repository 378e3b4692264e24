import { cpSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig, type Plugin } from 'vitepress';
import { anchorOf } from '../lib/anchors.ts';
import { HOME_HERO } from '../lib/home.ts';
import { createLinks } from '../lib/links.ts';
import { addDiagrams } from '../lib/markdown/diagrams.ts';
import { hideHomeHeading } from '../lib/markdown/home.ts';
import { adaptHtml } from '../lib/markdown/html.ts';
import { linkPages } from '../lib/markdown/links.ts';
import { createOriginOf } from '../lib/markdown/origin.ts';
import { linkPictures } from '../lib/markdown/pictures.ts';
import { breakNames } from '../lib/markdown/tables.ts';
import { addTabs } from '../lib/markdown/tabs.ts';
import { NAV } from '../lib/nav.ts';
import { readSiteOptions } from '../lib/options.ts';
import { HOME, readPages } from '../lib/pages.ts';
import { REPOSITORY } from '../lib/repository.ts';
import { sidebarOf } from '../lib/sidebar.ts';
import { readSources } from '../lib/sources.ts';
import { SHORT_NAMES, TOPICS } from '../lib/topics.ts';

const options = readSiteOptions(process.env);
const pages = readPages();
const sources = readSources(pages);
const links = createLinks({ pages, sources, options });
const originOf = createOriginOf(sources);
const routes = new Map(pages.map(({ file, route }) => [file, route]));
const { repository } = options;

/** Other Markdown of the repository, and what Git ignores. */
const isPage = new Set([...pages.map(({ file }) => file), 'site/source/[path].md']);
const others = globSync('**/*.md', { cwd: REPOSITORY, exclude: ['**/node_modules'] }).filter(
  (file) => !isPage.has(file),
);

/** That of the service's own pages. */
const ICON =
  "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'><rect width='16' height='16' rx='4' fill='#2456c9'/>" +
  "<path d='M4 4.5h8M4 8h5M4 11.5h2.5' stroke='#fff' stroke-width='1.8' stroke-linecap='round'/></svg>";

/**
 * The pages are outside the folder of this package, so Vite does not find its copy of Vue from there. VitePress has an
 * alias for the browser. On the server, Node.js finds it from the folder of the compiled pages, which is in this package.
 */
const vueOfThisPackage: Plugin = {
  name: 'vue-of-this-package',
  enforce: 'pre',
  resolveId: (id, _importer, { ssr }) =>
    ssr && /^vue(\/server-renderer)?$/.test(id) ? { id, external: true } : undefined,
};

export default defineConfig({
  title: 'ResNet-50, serverless',
  description: 'Classifies images on AWS Lambda, in a container or on a laptop',
  lang: 'en',
  base: options.base,
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  srcDir: '..',
  srcExclude: others,
  outDir: 'dist',
  // Links to services on the reader's machine.
  ignoreDeadLinks: 'localhostLinks',
  rewrites: (file) => routes.get(file) ?? file.replace(/^site\//, ''),
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: anchorOf },
    config(md) {
      adaptHtml(md, originOf);
      addTabs(md, originOf);
      addDiagrams(md);
      hideHomeHeading(md, originOf);
      linkPages(md, links, originOf);
      linkPictures(md);
      breakNames(md);
      // Vue drops a line break between two elements, and the space that it stands for.
      md.renderer.rules.softbreak = () => ' ';
    },
  },
  themeConfig: {
    nav: NAV,
    sidebar: sidebarOf(pages, TOPICS, SHORT_NAMES),
    outline: { level: [2, 3] },
    search: {
      provider: 'local',
      options: {
        miniSearch: {
          searchOptions: {
            fuzzy: 0.2,
            prefix: true,
            boost: { title: 4, text: 2, titles: 1 },
            // Pages that tell what to do come before those that tell why, or what was, and before tables of measurements;
            // the beginning of a page before a part of another.
            boostDocument: (
              id: string,
              _term: string,
              { titles = [] }: { titles?: readonly string[] } = {},
            ) =>
              (/\/((adr|project|runbooks)\/|benchmarks\b)/.test(id) ? 0.3 : 1) *
              (titles.length === 0 ? 1.5 : 1),
          },
        },
      },
    },
    ...(repository && {
      socialLinks: [{ icon: 'github' as const, link: `https://github.com/${repository}` }],
      editLink: { pattern: `https://github.com/${repository}/edit/main/:path` },
    }),
  },
  transformPageData: ({ filePath }) =>
    filePath === HOME
      ? { title: 'Documentation', frontmatter: { layout: 'home', hero: HOME_HERO } }
      : undefined,
  buildEnd({ outDir }) {
    for (const [path, { kind }] of sources) {
      if (kind === 'file') cpSync(join(REPOSITORY, path), join(outDir, 'files', path));
    }
  },
  vite: {
    plugins: [vueOfThisPackage],
    // esbuild 0.28 no longer compiles destructuring for the older browsers that Vite 5 has as its default.
    build: { target: 'es2022' },
    // Not the pages of the service, which are below the same folder.
    optimizeDeps: {
      entries: ['site/.vitepress/theme/*.ts'],
      esbuildOptions: { target: 'es2022' },
    },
    server: { watch: { ignored: ['**/.cache/**', '**/.bench/**', '**/dist/**', '**/coverage/**'] } },
  },
});
