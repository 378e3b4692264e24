import type { Template } from 'aws-cdk-lib/assertions';
import { resolved } from './pipeline/support.ts';

export interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Resource?: string;
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly ResultPath?: string | null;
  readonly OutputPath?: string | null;
  readonly CausePath?: string;
  readonly Choices?: readonly Readonly<Record<string, unknown>>[];
  readonly Retry?: readonly Retry[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly ItemProcessor?: Definition & { readonly ProcessorConfig: Readonly<Record<string, string>> };
  readonly ItemReader?: Readonly<Record<string, unknown>>;
  readonly ItemSelector?: Readonly<Record<string, unknown>>;
  readonly MaxConcurrency?: number;
}

export interface Retry {
  readonly ErrorEquals: readonly string[];
  readonly MaxAttempts: number;
  readonly IntervalSeconds?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: string;
}

export interface Definition {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly TimeoutSeconds?: number;
}

/** The definition of a state machine. References to resources become their logical ids. */
export function definitionOf(template: Template, name: string): Definition {
  const machines = template.findResources('AWS::StepFunctions::StateMachine');
  const found = Object.values(machines).find(({ Properties }) => Properties.StateMachineName.endsWith(name));
  if (!found) throw new Error(`expected a state machine ${name}, got ${Object.keys(machines).length} others`);
  return JSON.parse(String(resolved(found['Properties'].DefinitionString)));
}

export function stateOf({ States }: Definition, name: string): State {
  const state = States[name];
  if (!state) throw new Error(`expected a state ${name}, got ${Object.keys(States).join(', ')}`);
  return state;
}

/** What retries of a state do about an error: those of the first entry that names it. */
export function retryOf({ Retry = [] }: State, error: string): Retry | undefined {
  return Retry.find(({ ErrorEquals }) => ErrorEquals.includes(error) || ErrorEquals.includes('States.ALL'));
}

/** The longest time between the first attempt and the last, in seconds. */
export function longestWait({
  MaxAttempts,
  IntervalSeconds = 1,
  BackoffRate = 2,
  MaxDelaySeconds = Number.POSITIVE_INFINITY,
}: Retry): number {
  let sum = 0;
  for (let attempt = 0; attempt < MaxAttempts; attempt += 1) {
    sum += Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** attempt);
  }
  return sum;
}

export interface Grant {
  /** The beginning of the logical id of the policy, which names its role. */
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
  readonly condition: unknown;
}

/** What the policies of the stack allow, one action and one resource each. */
export function grantsOf(template: Template, service: string): Grant[] {
  return Object.entries(template.findResources('AWS::IAM::Policy')).flatMap(([id, { Properties }]) =>
    Properties.PolicyDocument.Statement.flatMap(
      ({ Action, Resource, Condition }: { Action: unknown; Resource: unknown; Condition: unknown }) =>
        [Action]
          .flat()
          .filter((action) => String(action).startsWith(`${service}:`))
          .flatMap((action) =>
            [Resource].flat().map((resource) => ({
              policy: id.replace(/(?:Image)?Role(?:DefaultPolicy)?\w+$/, ''),
              action: String(action).slice(service.length + 1),
              resource: String(resolved(resource)),
              condition: Condition,
            })),
          ),
    ),
  );
}
