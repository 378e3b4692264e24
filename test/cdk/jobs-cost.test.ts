import { expect, test } from 'vitest';
import { AGES_PER_HOUR } from '../../scripts/lib/cost/jobs/standing.ts';
import {
  STEPS_MEMORY_MIB,
  TRANSITIONS_OF_BATCH,
  TRANSITIONS_OF_JOB,
} from '../../scripts/lib/cost/jobs/volumes.ts';
import { templateOf } from './support.ts';

/** What the cost model says of jobs, against the template. */

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly BooleanEquals?: boolean; readonly Next: string }[];
  readonly ItemProcessor?: Machine;
}
interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

const template = templateOf('prod');

function jobMachine(): Machine {
  const machines = template.findResources('AWS::StepFunctions::StateMachine');
  const id = Object.keys(machines).find((name) => name.startsWith('JobsMachine')) ?? '';
  const definition: { readonly 'Fn::Join': readonly [string, readonly unknown[]] } =
    machines[id]?.['Properties'].DefinitionString;
  const [, parts] = definition['Fn::Join'];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'arn')).join(''));
}

/** The states that are entered if nothing fails and every step is done with its first call. */
function path({ StartAt, States }: Machine): string[] {
  const names: string[] = [];
  for (let name: string | undefined = StartAt; name !== undefined; ) {
    names.push(name);
    const state: State | undefined = States[name];
    name = state?.Next ?? state?.Choices?.find((choice) => choice.BooleanEquals)?.Next ?? state?.Default;
  }
  return names;
}

test('a batch and a job have the state transitions that the cost model counts', () => {
  const machine = jobMachine();
  const map = Object.values(machine.States).find(({ Type }) => Type === 'Map');
  if (!map?.ItemProcessor) throw new Error('expected a map');
  expect(path(map.ItemProcessor)).toHaveLength(TRANSITIONS_OF_BATCH.states);
  const { eachInvocation, others } = TRANSITIONS_OF_JOB;
  expect(path(machine)).toHaveLength(2 * eachInvocation + others);
});

test('the steps have the memory, and the clock the rate, that the cost model charges', () => {
  template.hasResourceProperties('AWS::Lambda::Function', {
    ImageConfig: { Command: ['job-steps.handler'] },
    MemorySize: STEPS_MEMORY_MIB,
  });
  template.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: `rate(${60 / AGES_PER_HOUR} minutes)`,
    Description: 'Measures the age of the oldest job of stage prod',
  });
});
