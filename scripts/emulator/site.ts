import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { docker } from '../lib/docker/docker.ts';
import { run } from '../lib/system/run.ts';
import { EMULATOR_DIRECTORY } from './paths.ts';

/**
 * Where the tests serve a web site to the functions, over HTTPS. The service fetches nothing from private addresses, so
 * this machine takes one of the internet while the tests run: amateur radio's network 44.0.0.0/8, which no function needs.
 */
export const SITE_ADDRESS = '44.0.0.1';
const SITE_NETWORK = '44.0.0.0/29';
const NETWORK_NAME = 'resnet50-emulator-site';

export const SITE_CERTIFICATE = join(EMULATOR_DIRECTORY, 'site.pem');
export const SITE_KEY = join(EMULATOR_DIRECTORY, 'site.key');
const IN_CONTAINER = '/site.pem';
/** For MiniStack's LAMBDA_DOCKER_FLAGS: the functions trust the certificate of the site. */
export const TRUST_SITE = `-v ${SITE_CERTIFICATE}:${IN_CONTAINER}:ro -e NODE_EXTRA_CA_CERTS=${IN_CONTAINER}`;

/** Makes a certificate of the site that signs itself. */
export async function createSiteCertificate(): Promise<void> {
  await rm(SITE_KEY, { force: true });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', SITE_KEY];
  const subject = ['-subj', '/CN=Emulator', '-addext', `subjectAltName=IP:${SITE_ADDRESS}`, '-days', '2'];
  await run('openssl', ['req', '-x509', ...key, ...subject, '-out', SITE_CERTIFICATE]);
}

/** Gives SITE_ADDRESS to this machine until the result is disposed of. */
export async function addSiteAddress(): Promise<AsyncDisposable> {
  const remove = () => docker('network', 'rm', NETWORK_NAME);
  await remove().catch(() => '');
  await docker('network', 'create', `--subnet=${SITE_NETWORK}`, `--gateway=${SITE_ADDRESS}`, NETWORK_NAME);
  return {
    async [Symbol.asyncDispose]() {
      await remove();
    },
  };
}
