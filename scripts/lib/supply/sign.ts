import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { parseImage } from './reference.ts';
import { logIn } from './registry/login.ts';
import { runTool } from './tools.ts';

/** A statement about an image, to be signed. */
export interface Predicate {
  /** A URI, as of in-toto. */
  readonly type: string;
  readonly content: unknown;
}

/**
 * Signs an image by its digest. The signature is a referrer of the image in its repository.
 *
 * @param key a private key, whose password is in COSIGN_PASSWORD; nothing leaves this machine but the signature.
 * Without it, the identity of the workflow signs, and Sigstore's public log gets the digest and the name of the repository.
 */
export const signImage = (image: string, key?: string): Promise<void> =>
  withCosign(image, key, (cosign) => cosign('sign', image));

/** Signs statements about an image, which become its referrers. @param key as of {@link signImage} */
export const attestImage = (image: string, predicates: readonly Predicate[], key?: string): Promise<void> =>
  withCosign(image, key, async (cosign, folder) => {
    for (const { type, content } of predicates) {
      const file = join(folder, 'predicate.json');
      await writeFile(file, JSON.stringify(content));
      await cosign('attest', '--type', type, '--predicate', file, image);
    }
  });

type Cosign = (command: string, ...args: readonly string[]) => Promise<string>;

async function withCosign(
  image: string,
  key: string | undefined,
  work: (cosign: Cosign, folder: string) => Promise<unknown>,
): Promise<void> {
  using login = await logIn(parseImage(image).host);
  using folder = await temporaryFolder('cosign-');
  const options = key === undefined ? [] : await optionsOf(key, folder.path);
  // Without a password, cosign would ask for one.
  const env = { COSIGN_PASSWORD: '', ...passwordIn(process.env), ...login.env };
  await work(
    (command, ...args) => runTool('cosign', [command, '--yes', ...options, ...args], env),
    folder.path,
  );
}

const passwordIn = ({ COSIGN_PASSWORD }: NodeJS.ProcessEnv) => (COSIGN_PASSWORD ? { COSIGN_PASSWORD } : {});

/** A signing configuration and a trusted root that are empty: no transparency log, and nothing to download. */
async function optionsOf(key: string, folder: string): Promise<readonly string[]> {
  const configuration = join(folder, 'signing-config.json');
  const root = join(folder, 'trusted-root.json');
  await writeFile(
    configuration,
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      rekorTlogConfig: {},
      tsaConfig: {},
    }),
  );
  await writeFile(
    root,
    JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' }),
  );
  return ['--key', key, '--signing-config', configuration, '--trusted-root', root];
}
