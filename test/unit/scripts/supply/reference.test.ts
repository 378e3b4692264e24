import { describe, expect, test } from 'vitest';
import { hostOf, isLoopback, parseImage } from '../../../../scripts/lib/supply/reference.ts';

const DIGEST = `sha256:${'a1'.repeat(32)}`;
const ECR = '123456789012.dkr.ecr.eu-central-1.amazonaws.com';

describe('the reference of an image', () => {
  test('has a host, a repository and a digest', () => {
    const image = `${ECR}/resnet50-images@${DIGEST}`;
    expect(parseImage(image)).toEqual({
      host: ECR,
      repository: `${ECR}/resnet50-images`,
      digest: DIGEST,
      image,
    });
  });

  test.each([
    ['a tag', `${ECR}/resnet50-images:latest`],
    ['a tag and a digest', `${ECR}/resnet50-images:latest@${DIGEST}`],
    ['a digest that is too short', `${ECR}/resnet50-images@sha256:a1`],
    ['two digests', `${ECR}/resnet50-images@${DIGEST}@${DIGEST}`],
    ['no registry', `resnet50-images@${DIGEST}`],
    ["a short name of Docker Hub's", `library/resnet50@${DIGEST}`],
    ['an option', `--help@${DIGEST}`],
    ['an option that looks like a registry', `-o.example.com/images@${DIGEST}`],
    ['a digest in capitals', `${ECR}/resnet50-images@${DIGEST.toUpperCase().replace('SHA', 'sha')}`],
    ['nothing', ''],
  ])('is not %s', (_what, image) => {
    expect(() => parseImage(image)).toThrow(/^expected/);
  });

  test('needs no login on this machine only', () => {
    expect(['localhost:5000', '127.0.0.1:5000'].every(isLoopback)).toBe(true);
    expect([ECR, '127.0.0.1.example.com', 'localhost.example.com:5000', 'ghcr.io'].some(isLoopback)).toBe(
      false,
    );
    expect(hostOf('localhost/a')).toBe('localhost');
  });
});
