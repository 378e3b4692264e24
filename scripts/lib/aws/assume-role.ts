import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';

/** Credentials that expire, as the clients of the AWS SDK take them. */
export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** @param session what CloudTrail shows. @throws errors of the AWS SDK */
export async function assumeRole(
  roleArn: string,
  session: string,
  sts = new STSClient({}),
): Promise<RoleCredentials> {
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: session }),
  );
  const { AccessKeyId, SecretAccessKey, SessionToken } = Credentials ?? {};
  if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
    throw new Error(`expected credentials of ${roleArn} from STS, got none`);
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}
