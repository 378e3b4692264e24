import { createServer } from 'node:http';
import { verify } from './verify.mjs';

const MAX_BYTES = 100_000;

const { WEBHOOK_SECRET, PORT = '3000' } = process.env;
if (!WEBHOOK_SECRET) throw new Error('expected the variable WEBHOOK_SECRET, such as whsec_...');

/** Ids of messages that were handled. A real receiver keeps them in its database, for two weeks. */
const handled = new Set();

async function receive(request, response) {
  const body = await readBody(request);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  let message;
  try {
    message = verify(WEBHOOK_SECRET, request.headers, body);
  } catch (error) {
    console.log(`Refused: ${error.message}`);
    response.writeHead(400).end();
    return;
  }
  const id = request.headers['webhook-id'];
  if (!handled.has(id)) {
    handle(message);
    handled.add(id);
  }
  response.writeHead(204).end();
}

function handle({ type, data }) {
  const { total, succeeded, failed } = data.counts;
  console.log(`${type}: ${data.job_id}, ${succeeded} of ${total} inputs succeeded, ${failed} failed`);
}

/** Returns the bytes, or undefined if there are too many. */
async function readBody(request) {
  const pieces = [];
  let bytes = 0;
  for await (const piece of request) {
    bytes += piece.length;
    if (bytes > MAX_BYTES) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}

const server = createServer((request, response) => {
  // The sender may go away while it sends.
  receive(request, response).catch(() => response.destroy());
});
server.listen(Number(PORT), () => console.log(`Listening on port ${server.address().port}`));
