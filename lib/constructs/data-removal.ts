import { RemovalPolicy } from 'aws-cdk-lib';
import type { Settings } from '../settings.ts';

/** What happens to logs and captured images when their resource leaves the template. */
export function dataRemoval({ removalPolicy }: Pick<Settings, 'removalPolicy'>): RemovalPolicy {
  // RETAIN would also keep what a first deployment that failed has created, still empty.
  return removalPolicy === 'retain' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
