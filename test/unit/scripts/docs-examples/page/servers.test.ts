import { expect, it } from 'vitest';
import { withServers } from '../../../../../scripts/lib/docs-examples/page/servers.ts';

it.each([
  ['npm start', "serve http://localhost:8080/ready 'npm start'"],
  [
    'MODELS=a,b npm start   # in another terminal',
    "serve http://localhost:8080/ready 'MODELS=a,b npm start'",
  ],
  [
    'TOKEN=$(openssl rand -hex 16) npm start',
    "serve http://localhost:8080/ready 'TOKEN=$(openssl rand -hex 16) npm start'",
  ],
  [
    'docker run --rm -p 9000:8080 resnet50   # then, in another terminal:',
    "serve http://localhost:9000/ 'docker run --rm -p 9000:8080 resnet50' any",
  ],
  ["./serve 'it'  # in another terminal", String.raw`serve http://localhost:8080/ready './serve '\''it'\'''`],
  ['docker run --rm -d -p 8080:8080 resnet50 http', 'docker run --rm -d -p 8080:8080 resnet50 http'],
  ['npm start -- --help', 'npm start -- --help'],
  ['npm run smoke   # npm start comes first', 'npm run smoke   # npm start comes first'],
])('%j is run as %j', (line, expected) => {
  expect(withServers(line)).toBe(expected);
});

it('waits for the address that the rest of the block calls', () => {
  const block = 'sam local start-api\ncurl localhost:3000/predict';
  expect(withServers(block)).toBe(
    "serve http://localhost:3000/ 'sam local start-api' any\ncurl localhost:3000/predict",
  );
});
