import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from '../../../../scripts/lib/supply/tools.ts';
import { run } from '../../../../scripts/lib/system/run.ts';
import type { TestRegistry } from './registry.ts';

/** Certificates as those of Fulcio, from an authority that only tests trust. */
export interface Authority {
  /** Signs an image with the identity of a workflow, as cosign does on GitHub. */
  readonly sign: (image: string, workflow: WorkflowIdentity) => Promise<void>;
  /** Options of cosign that trust this authority instead of Sigstore. It has no transparency log. */
  readonly trusted: readonly string[];
}

export interface WorkflowIdentity {
  /** `OWNER/NAME` */
  readonly repository: string;
  readonly workflow: string;
  readonly ref: string;
  readonly commit: string;
}

const NO_PASSWORD = { COSIGN_PASSWORD: '' };
const ISSUER = 'https://token.actions.githubusercontent.com';

export async function makeAuthority({ folder }: TestRegistry): Promise<Authority> {
  const path = (name: string) => join(folder, name);
  const openssl = (...args: readonly string[]) => run('openssl', args);
  await openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', path('ca.key'));
  const usage = ['basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign'];
  const extensions = usage.flatMap((extension) => ['-addext', extension]);
  const subject = ['-subj', '/O=test/CN=test', ...extensions];
  await openssl(
    'req',
    '-x509',
    '-new',
    '-key',
    path('ca.key'),
    '-days',
    '2',
    ...subject,
    '-out',
    path('ca.pem'),
  );
  const root = await runTool('cosign', [
    'trusted-root',
    'create',
    `--fulcio=url=https://fulcio.test,certificate-chain=${path('ca.pem')}`,
  ]);
  await writeFile(path('root.json'), root);
  const configuration = await runTool('cosign', ['signing-config', 'create']);
  await writeFile(path('signing-config.json'), configuration);

  await openssl(
    'genpkey',
    '-algorithm',
    'EC',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-out',
    path('leaf.pem'),
  );
  const prefix = ['--output-key-prefix', path('leaf')];
  await runTool('cosign', ['import-key-pair', '--key', path('leaf.pem'), ...prefix], NO_PASSWORD);
  await openssl('req', '-new', '-key', path('leaf.pem'), '-subj', '/', '-out', path('leaf.csr'));

  const trustedRoot = ['--trusted-root', path('root.json')];
  return {
    trusted: [...trustedRoot, '--insecure-ignore-tlog', '--insecure-ignore-sct'],
    async sign(image, identity) {
      await writeFile(path('leaf.cnf'), extensionsOf(identity));
      const authority = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '1'];
      const certificate = ['-extfile', path('leaf.cnf'), '-out', path('leaf.crt')];
      await openssl('x509', '-req', '-in', path('leaf.csr'), ...authority, ...certificate);
      const signing = ['--signing-config', path('signing-config.json'), ...trustedRoot];
      const key = ['--key', path('leaf.key'), '--certificate', path('leaf.crt')];
      await runTool('cosign', ['sign', '--yes', ...key, ...signing, image], NO_PASSWORD);
    },
  };
}

/** github.com/sigstore/fulcio, docs/oid-info.md: the extensions that cosign compares. */
function extensionsOf({ repository, workflow, ref, commit }: WorkflowIdentity): string {
  const text = (value: string) => `DER:${Buffer.from(value).toString('hex')}`;
  return [
    'keyUsage=critical,digitalSignature',
    'extendedKeyUsage=codeSigning',
    `subjectAltName=critical,URI:https://github.com/${repository}/${workflow}@${ref}`,
    `1.3.6.1.4.1.57264.1.1=${text(ISSUER)}`,
    `1.3.6.1.4.1.57264.1.3=${text(commit)}`,
    `1.3.6.1.4.1.57264.1.5=${text(repository)}`,
    `1.3.6.1.4.1.57264.1.6=${text(ref)}`,
    `1.3.6.1.4.1.57264.1.8=ASN1:UTF8String:${ISSUER}`,
  ].join('\n');
}
