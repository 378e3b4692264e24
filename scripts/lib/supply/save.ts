import { parseImage } from './reference.ts';
import type { AwsCredentials } from './registry/ecr.ts';
import { logIn } from './registry/login.ts';
import { runTool } from './tools.ts';

/**
 * Saves an image as a tar file in Docker's format, for programs that must not get the credentials of its registry.
 *
 * @param image by its digest, which crane checks.
 * @throws Error if the image is not given by its digest; errors of the AWS SDK, if ECR allows no login.
 */
export async function saveImage(image: string, file: string, credentials?: AwsCredentials): Promise<void> {
  using login = await logIn(parseImage(image).host, credentials);
  await runTool('crane', ['pull', image, file], login.env);
}
