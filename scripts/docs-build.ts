import { readSiteOptions } from '../site/lib/options.ts';
import { runCommand } from './lib/command/command.ts';
import { buildSite } from './lib/site/build.ts';
import { checkSite } from './lib/site/check.ts';
import { installSite } from './lib/site/install.ts';
import { DIST } from './lib/site/place.ts';

await runCommand(
  {
    name: 'npm run docs:build --',
    summary:
      'Builds the documentation as a static site in site/dist, and checks every link and heading in it. Installs the\n' +
      'packages of the site if they are missing. DOCS_BASE is the path under which the site will be served, such as\n' +
      '/docs/; with DOCS_REPOSITORY=OWNER/NAME, links to sources lead to GitHub instead of to copies in the site.',
    examples: [''],
    activity: 'Building the site',
    // What VitePress says takes several lines.
    explain: (error) => (error instanceof Error ? error.message : String(error)),
    exitCodes: { success: 'built, and all links hold', failure: 'the build failed, or a link is dead' },
  },
  async () => {
    const { base } = readSiteOptions(process.env);
    await installSite();
    await buildSite();
    const { pages, links, findings } = await checkSite(DIST, base);
    for (const finding of findings) console.error(finding);
    console.log(`site/dist: ${pages} pages, ${links} links, ${findings.length || 'no'} findings`);
    return findings.length > 0 ? 1 : 0;
  },
);
