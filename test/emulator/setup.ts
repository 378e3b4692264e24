import type { TestProject } from 'vitest/node';
import { type Deployment, readDeployment } from '../../scripts/emulator/deployment.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The deployment that `npm run emulator` made. */
    deployment: Deployment;
  }
}

export default async function setup(project: TestProject): Promise<void> {
  project.provide('deployment', await readDeployment());
}
