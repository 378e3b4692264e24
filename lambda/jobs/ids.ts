import { createHash, randomBytes } from 'node:crypto';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** `job_` and 32 hexadecimal digits. Nobody can guess one. */
export type JobId = Branded<'JobId'>;
/** `upl_` and 32 hexadecimal digits. Nobody can guess one. */
export type UploadId = Branded<'UploadId'>;
/** Whom an upload or a job belongs to: 32 hexadecimal digits, made from what the caller proved to be. */
export type Owner = Branded<'Owner'>;

const ID_BYTES = 16;
const HEX = '[0-9a-f]{32}';
export const JOB_ID = new RegExp(`^job_${HEX}$`);
export const UPLOAD_ID = new RegExp(`^upl_${HEX}$`);

export const isJobId = (text: string): text is JobId => JOB_ID.test(text);
export const isUploadId = (text: string): text is UploadId => UPLOAD_ID.test(text);

export const newJobId = (): JobId => `job_${randomHex()}` as JobId;
export const newUploadId = (): UploadId => `upl_${randomHex()}` as UploadId;

const randomHex = (): string => randomBytes(ID_BYTES).toString('hex');

/**
 * The id of the job that a caller starts with an idempotency key: always the same.
 *
 * @param salt differs between deployments and is not known to callers.
 */
export const jobIdOf = (salt: string, owner: Owner, idempotencyKey: string): JobId =>
  `job_${digest([salt, owner, idempotencyKey])}` as JobId;

/** @param caller what the gateway, or the credential of the request, says who calls. */
export const ownerOf = (caller: string): Owner => digest([caller]) as Owner;

const digest = (parts: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(parts))
    .digest('hex')
    .slice(0, 2 * ID_BYTES);
