import { createHmac, timingSafeEqual } from 'node:crypto';

const TOLERANCE_SECONDS = 300;

/**
 * Returns the message if it is signed with the secret and at most five minutes old. Throws an Error otherwise.
 * `headers` are those of Node.js, with names in lower case. `body` has the bytes as they came.
 */
export function verify(secret, headers, body) {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  const signatures = headers['webhook-signature'];
  if (!id || !timestamp || !signatures) throw new Error('expected the three headers of a webhook');

  const age = Math.abs(Date.now() / 1000 - Number(timestamp));
  if (!(age <= TOLERANCE_SECONDS)) throw new Error('expected a message that was sent just now');

  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest();
  const isSigned = signatures.split(' ').some((signature) => {
    const [version, base64 = ''] = signature.split(',');
    const received = Buffer.from(base64, 'base64');
    return version === 'v1' && received.length === expected.length && timingSafeEqual(received, expected);
  });
  if (!isSigned) throw new Error('expected a signature with the secret');
  return JSON.parse(body);
}
