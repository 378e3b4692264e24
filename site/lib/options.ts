/** What the environment says about where the site will be. */
export interface SiteOptions {
  /** The path under which it is served, with a slash at both ends. */
  readonly base: string;
  /** The repository on GitHub as OWNER/NAME. Links to sources lead there, instead of to copies in the site. */
  readonly repository: string | undefined;
}

/** @throws Error that names the variable that is wrong. */
export function readSiteOptions(environment: Readonly<Record<string, string | undefined>>): SiteOptions {
  const base = environment['DOCS_BASE'] || '/';
  if (!/^\/([\w.-]+\/)*$/.test(base))
    throw new Error(`DOCS_BASE: expected a path such as /docs/, with a slash at both ends, got ${base}`);
  const repository = environment['DOCS_REPOSITORY'] || undefined;
  if (repository !== undefined && !/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw new Error(`DOCS_REPOSITORY: expected OWNER/NAME, got ${repository}`);
  return { base, repository };
}
