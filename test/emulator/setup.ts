import type { TestProject } from 'vitest/node';
import { type Deployment, readDeployment } from '../../scripts/emulator/deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** What `npm run emulator` has deployed. */
    deployment: Deployment;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('deployment', await readDeployment());
}
