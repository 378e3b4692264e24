import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEcrHost } from '../../../../lib/image-reference.ts';
import { temporaryFolder } from '../../system/temporary-folder.ts';
import { type AwsCredentials, ecrToken } from './ecr.ts';

/** What tools need to reach a registry. */
export interface Login extends Disposable {
  /** Variables for crane, cosign, oras and Docker. */
  readonly env: Readonly<Record<string, string>>;
}

/** Registries other than ECR: what `docker login` has kept applies. */
const OWN: Login = { env: {}, [Symbol.dispose]() {} };

/**
 * Logs in to the registry at `host` for the tools of this process only. For ECR, the token is in a folder that only this
 * user can read, and that is removed at the end of the scope: no argument and no variable has it.
 *
 * @param credentials @default those that the AWS SDK finds
 * @throws errors of the AWS SDK.
 */
export async function logIn(host: string, credentials?: AwsCredentials): Promise<Login> {
  if (readEcrHost(host) === undefined) return OWN;
  const folder = await temporaryFolder('registry-');
  const dispose = () => folder[Symbol.dispose]();
  try {
    await writeLogin(folder.path, host, credentials);
  } catch (error) {
    dispose();
    throw error;
  }
  return { env: { DOCKER_CONFIG: folder.path }, [Symbol.dispose]: dispose };
}

/** Writes the login to ECR as Docker's configuration, readable for this user only. */
export async function writeLogin(folder: string, host: string, credentials?: AwsCredentials): Promise<void> {
  const region = readEcrHost(host)?.region;
  if (region === undefined) throw new Error(`expected a registry of ECR, got ${host}`);
  const auths = { [host]: { auth: await ecrToken(region, credentials) } };
  await writeFile(join(folder, 'config.json'), JSON.stringify({ auths }), { mode: 0o600 });
}
