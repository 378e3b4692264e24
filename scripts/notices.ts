import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readOptions, runCommand } from './lib/command/command.ts';
import { writeGenerated } from './lib/generated/files.ts';
import { contradictions } from './lib/licences/contradictions.ts';
import { noticesDocument } from './lib/licences/document.ts';
import { outdatedFacts, readFacts } from './lib/licences/facts.ts';
import { readLock } from './lib/licences/lock.ts';
import { policyViolations } from './lib/licences/policy.ts';
import { shippedSections } from './lib/licences/shipped.ts';

/**
 * Writes THIRD-PARTY-NOTICES, or with --check fails where the file is not what would be written. Either way it fails for a
 * licence that the policy does not allow, and for facts about other versions than those that are used.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

async function makeNotices(check: boolean): Promise<number> {
  const service = await readLock(`${root}package-lock.json`);
  const client = await readLock(`${root}scripts/image/client/package-lock.json`);
  const facts = await readFacts();
  const emulator = /download\/(v[\d.]+)/.exec(
    await readFile(`${root}scripts/image/fetch-rie.ts`, 'utf8'),
  )?.[1];

  const versionOf = (of: string) =>
    of === 'aws-lambda-rie'
      ? emulator
      : (service.get(`node_modules/${of}`) ?? client.get(`node_modules/${of}`))?.version;
  const problems = [
    ...policyViolations([...service.values()].map((locked) => ({ ...locked, isTool: locked.dev }))),
    // Most of it only builds the client, but to tell them apart is not worth it while all of it is permissive.
    ...policyViolations([...client.values()].map((locked) => ({ ...locked, isTool: false }))),
    ...policyViolations(
      facts.contents.flatMap(({ parts }) => parts.map((part) => ({ ...part, isTool: false }))),
    ),
    ...outdatedFacts(facts, versionOf),
    ...(await contradictions(facts)),
  ];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) return 1;

  const document = noticesDocument(await shippedSections({ service, client }, facts));
  return writeGenerated([['THIRD-PARTY-NOTICES', document]], {
    root,
    check,
    source: 'the lock files and the packages make',
    command: 'npm run notices',
  });
}

await runCommand('node scripts/notices.ts [--check]', () => {
  const { check } = readOptions({ check: { type: 'boolean', default: false } });
  return makeNotices(check);
});
