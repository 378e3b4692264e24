import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { readKnownGood } from '../../../lambda/operations/known-good.ts';
import { type Stage, stackName } from '../../../lib/stages.ts';
import { findStackOutputs, readStackOutputs } from '../aws/stack-outputs.ts';
import { preflight } from '../preflight/preflight.ts';
import { readAlias } from '../rollback/alias.ts';
import { rollBack } from '../rollback/rollback.ts';
import { smokeDeployed } from '../smoke/deployed.ts';
import { readPreflightContext } from '../stages/load.ts';
import type { Cdk } from './cdk.ts';
import type { Deployer, PublishedImage } from './deployment.ts';
import { smokeUntilPassed } from './smoke-attempts.ts';
import { firstFailure } from './stack-failure.ts';

export interface DeployerOptions {
  readonly stage: Stage;
  readonly published: PublishedImage | undefined;
  readonly cdk: Cdk;
  readonly signal: AbortSignal;
  readonly started: Date;
  readonly confirm: (question: string) => Promise<boolean>;
  readonly say: (line: string) => void;
}

/** Deploys a stage to the account of this machine's credentials. */
export function deployerOf(options: DeployerOptions): Deployer {
  const { stage, published, cdk, signal, started, confirm, say } = options;
  const cloudFormation = new CloudFormationClient({});
  const lambda = new LambdaClient({});
  const ssm = new SSMClient({});
  return {
    signal,
    published,
    preflight: async () =>
      preflight({ stage, builds: published === undefined, ...(await readPreflightContext(stage)) }),
    async diff(image) {
      const diff = await cdk.diff(image);
      say(diff);
      return diff;
    },
    async deploy(image) {
      if ((await cdk.deploy(image)) === 0) return undefined;
      if (signal.aborted) {
        return {
          reason: 'A signal stopped this command.',
          advice: `CloudFormation goes on by itself. To stop it and take it back: npm run rollback -- --stage ${stage.name}`,
        };
      }
      const why = await firstFailure(cloudFormation, stackName(stage.name), started);
      return {
        reason: why ?? 'cdk deploy failed; its output says why.',
        advice:
          'CloudFormation and CodeDeploy roll a failed deployment back. See docs/troubleshooting.md#deploying and docs/runbooks/deployment-failed.md.',
      };
    },
    async liveVersion() {
      const outputs = await findStackOutputs(cloudFormation, stage.name);
      return outputs && (await readAlias(lambda, outputs)).version;
    },
    smoke: () => smokeUntilPassed(() => smokeDeployed(stage.name), say),
    async isKnownGood(version) {
      const { functionName } = await readStackOutputs(cloudFormation, stage.name);
      return (await readKnownGood(ssm, functionName)).includes(version);
    },
    rollBack: async (to) =>
      rollBack({
        cloudFormation,
        codeDeploy: new CodeDeployClient({}),
        lambda,
        ssm,
        outputs: await readStackOutputs(cloudFormation, stage.name),
        to,
        confirm,
        say,
      }),
  };
}
