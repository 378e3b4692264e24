import { describe, expect, it } from 'vitest';
import { type Definition, definitionOf, longestWait, retryOf, stateOf } from './jobs-support.ts';
import { templateOf } from './support.ts';

const HOUR = 3600;
const prod = templateOf('prod');
const job = definitionOf(prod, '-jobs');
const map = stateOf(job, 'Classify batches');
const batch = map.ItemProcessor;
if (!batch) throw new Error('expected a map over batches, got none');
const classify = stateOf(batch, 'Classify');
const split = stateOf(batch, 'Split');

describe('the state machine of jobs', () => {
  it('prepares, classifies batches and finishes, and ends after maxHours', () => {
    expect(job).toMatchObject({ StartAt: 'Prepare', TimeoutSeconds: 24 * HOUR });
    expect(stateOf(job, 'Prepare done?').Choices).toContainEqual(
      expect.objectContaining({ Variable: '$.prepare.done', BooleanEquals: true, Next: 'Classify batches' }),
    );
    expect(map.Next).toBe('Finish');
    expect(stateOf(job, 'Finish done?').Choices).toEqual([
      expect.objectContaining({ Variable: '$.finish.done', BooleanEquals: true, Next: 'Done' }),
    ]);
  });

  it.each(['prepare', 'finish'])('calls %s again with what the call before could not do', (step) => {
    const [first, again] = [step, `${step} more`].map((name) =>
      stateOf(job, name[0]?.toUpperCase() + name.slice(1)),
    );
    const event = {
      step,
      'job_id.$': '$.job_id',
      ...(step === 'finish' ? { 'started_at.$': '$$.Execution.StartTime' } : {}),
    };
    expect(first?.Parameters).toEqual(event);
    expect(again?.Parameters).toEqual({
      ...event,
      'continuation.$': `$.${step}.continuation`,
    });
    expect(again?.ResultPath).toBe(`$.${step}`);
    expect(again?.Next).toBe(first?.Next);
    const done = stateOf(job, String(first?.Next));
    expect(stateOf(job, String(done.Default))).toEqual(again);
  });

  it('fails with the reason for which inputs were refused', () => {
    const [refused] = stateOf(job, 'Prepare done?').Choices ?? [];
    expect(refused).toMatchObject({ Variable: '$.prepare.failed', IsPresent: true });
    expect(stateOf(job, String(refused?.['Next']))).toMatchObject({
      Type: 'Fail',
      CausePath: '$.prepare.failed',
    });
  });

  it('runs as many batches at once as there are workers, each as an execution that can be redriven', () => {
    // A tenth of the workers is left for other jobs.
    expect(map.MaxConcurrency).toBe(45);
    expect(batch.ProcessorConfig).toEqual({ Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' });
    const few = templateOf('prod', { jobs: { concurrency: 7 } });
    expect(stateOf(definitionOf(few, '-jobs'), 'Classify batches').MaxConcurrency).toBe(6);
    few.hasResourceProperties('AWS::Lambda::Function', { ReservedConcurrentExecutions: 7 });
  });

  it('tolerates no batch without results', () => {
    expect(Object.keys(map).filter((key) => key.startsWith('Tolerated'))).toEqual([]);
    expect(map).not.toHaveProperty('Catch');
  });

  it('reads the list of batches of its own job, and gives each batch one range', () => {
    expect(map.ItemReader).toMatchObject({
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { 'Key.$': "States.Format('jobs/{}/batches.json', $.job_id)" },
    });
    expect(map.ItemSelector).toEqual({
      'job_id.$': '$$.Map.Item.Value.job_id',
      'key.$': '$$.Map.Item.Value.key',
      work: {
        failed_ranges: 0,
        'ranges.$': 'States.Array(States.Array($$.Map.Item.Value.first, $$.Map.Item.Value.last))',
      },
    });
  });

  it('keeps nothing of the batches, whose outputs together may have 256 KiB', () => {
    expect(map.ResultPath).toBeNull();
    expect(stateOf(batch, 'Batch done')).toMatchObject({ Type: 'Succeed', OutputPath: null });
  });
});

describe('a batch', () => {
  const classifyWithin = [13, 24, 168].map((maxHours) => {
    const { States } = stateOf(
      definitionOf(templateOf('prod', { jobs: { maxHours, keepDays: 8 } }), '-jobs'),
      'Classify batches',
    ).ItemProcessor as Definition;
    return { maxHours, state: States['Classify'] };
  });

  it('is classified range by range until none is left', () => {
    expect(batch.StartAt).toBe('Classify');
    expect(classify).toMatchObject({
      Parameters: {
        'job_id.$': '$.job_id',
        'key.$': '$.key',
        'ranges.$': '$.work.ranges',
        'failed_ranges.$': '$.work.failed_ranges',
      },
      ResultPath: '$.work',
      Next: 'More of the batch?',
    });
    expect(stateOf(batch, 'More of the batch?')).toMatchObject({
      Choices: [{ Variable: '$.work.ranges[0]', IsPresent: true, Next: 'Classify' }],
      Default: 'Batch done',
    });
  });

  it.each(['Runtime.ExitError', 'Runtime.OutOfMemory', 'States.Timeout', 'TypeError'])(
    'whose worker ends with %s is split at once, and then goes on',
    (error) => {
      // The ranges that it is split into are the second attempt.
      expect(retryOf(classify, error)).toBeUndefined();
      expect(classify.Catch).toMatchObject([{ ErrorEquals: ['States.ALL'], Next: 'Split' }]);
      expect(split.Parameters).toMatchObject({
        step: 'split',
        'ranges.$': '$.work.ranges',
        'failed_ranges.$': '$.work.failed_ranges',
        'error.$': '$.error',
      });
      expect([split.ResultPath, split.Next]).toEqual(['$.work', 'More of the batch?']);
      expect(split).not.toHaveProperty('Catch');
    },
  );

  it.each(['Lambda.TooManyRequestsException', 'Lambda.ServiceException', 'StorageError'])(
    'waits out %s for as long as its job may take, within the events of an execution',
    (error) => {
      for (const { maxHours, state } of classifyWithin) {
        const retry = state && retryOf(state, error);
        if (!retry) throw new Error(`expected a retry of ${error}, got none`);
        expect(retry.JitterStrategy).toBe('FULL');
        // With full jitter, the expected time is half of the longest.
        expect(longestWait(retry) / 2).toBeGreaterThanOrEqual(maxHours * HOUR * 0.99);
        // A worker that becomes free waits for minutes, not hours.
        expect(retry.MaxDelaySeconds).toBeLessThanOrEqual(300);
        // An attempt adds three events, and an execution may have 25,000.
        expect(3 * retry.MaxAttempts).toBeLessThan(20_000);
      }
    },
  );
});

describe('the state machine of webhooks', () => {
  const webhooks = definitionOf(prod, '-webhooks');
  const send = stateOf(webhooks, 'Send');

  it('tries for about a day, first after seconds', () => {
    const retry = retryOf(send, 'Error');
    if (!retry) throw new Error('expected a retry, got none');
    expect(retry.IntervalSeconds).toBe(5);
    expect(longestWait(retry) / HOUR).toBeGreaterThan(24);
    expect(longestWait(retry) / HOUR).toBeLessThan(Number(webhooks.TimeoutSeconds) / HOUR - 1);
  });

  it('does not try again if the receiver wants no more messages, which is no failure', () => {
    expect(retryOf(send, 'WebhookGone')?.MaxAttempts).toBe(0);
    expect(send.Catch).toMatchObject([{ ErrorEquals: ['WebhookGone'], Next: 'Receiver is gone' }]);
    expect(stateOf(webhooks, 'Receiver is gone').Type).toBe('Succeed');
  });
});

describe('both state machines', () => {
  const machines = Object.values(prod.findResources('AWS::StepFunctions::StateMachine'));

  it('log every event without data, and trace if the stage does', () => {
    expect(machines).toHaveLength(2);
    for (const { Properties } of machines) {
      expect(Properties).toMatchObject({
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
    }
  });

  it('call published versions, which stay when a deployment or a rollback replaces them', () => {
    const versions = prod.findResources('AWS::Lambda::Version');
    const tasks = [job, batch, definitionOf(prod, '-webhooks')].flatMap(({ States }) =>
      Object.values(States).filter(({ Type }) => Type === 'Task'),
    );
    expect(tasks).toHaveLength(7);
    for (const { Resource } of tasks) {
      expect(versions[String(Resource)]).toMatchObject({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });
});
