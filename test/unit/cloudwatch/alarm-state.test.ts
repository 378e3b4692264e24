import { describe, expect, it } from 'vitest';
import { compositeAlarmState, metricAlarmState } from '../../../scripts/lib/cloudwatch/alarm-state.ts';
import { matchesJsonPattern } from '../../../scripts/lib/cloudwatch/filter-pattern.ts';

/** As in the tables of the user guide: 0 is fine, X breaches, - is missing. */
const seriesOf = (points: string) =>
  points.split(' ').map((point) => (point === '-' ? undefined : point === 'X' ? 1 : 0));

const stateOf = (points: string, TreatMissingData: string, DatapointsToAlarm: number) =>
  metricAlarmState(seriesOf(points), {
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 0,
    EvaluationPeriods: 3,
    DatapointsToAlarm,
    TreatMissingData,
  });

// The tables of "How alarm state is evaluated when data is missing".
describe('a metric alarm', () => {
  it.each([
    ['0 - X - X', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK'],
    ['- - - - -', 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM'],
    ['- - - - X', 'ALARM', 'OK'],
    ['X - - - -', 'ALARM', 'OK'],
  ])('on 3 of 3 data points: %s', (points, breaching, notBreaching) => {
    expect(stateOf(points, 'breaching', 3)).toBe(breaching);
    expect(stateOf(points, 'notBreaching', 3)).toBe(notBreaching);
  });

  it.each([
    ['0 - X - X', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM'],
    ['0 - X - -', 'ALARM', 'OK'],
    ['- - - - 0', 'ALARM', 'OK'],
    ['- - - - X', 'ALARM', 'OK'],
  ])('on 2 of 3 data points: %s', (points, breaching, notBreaching) => {
    expect(stateOf(points, 'breaching', 2)).toBe(breaching);
    expect(stateOf(points, 'notBreaching', 2)).toBe(notBreaching);
  });
});

describe('a composite alarm', () => {
  it.each([
    ['ALARM("a")', 'ALARM'],
    ['(ALARM("a") AND ALARM("b"))', 'OK'],
    ['(ALARM("b") OR (ALARM("a") AND NOT ALARM("b")))', 'ALARM'],
    ['OK(b) AND TRUE', 'ALARM'],
  ])('%s', (rule, expected) => {
    expect(compositeAlarmState(rule, (name) => (name === 'a' ? 'ALARM' : 'OK'))).toBe(expected);
  });

  it('refuses a rule that it cannot read', () => {
    expect(() => compositeAlarmState('a', () => 'OK')).toThrow('cannot read');
  });
});

describe('a filter pattern', () => {
  it.each([
    ['{ $.status = "5*" }', true],
    ['{ $.status != "5*" }', false],
    ['{ ($.status = "4*") || ($.path = "/a") }', true],
    ['{ ($.status = "5*") && ($.path != "/a") }', false],
    ['{ $.other != "x" }', false],
  ])('%s', (pattern, expected) => {
    expect(matchesJsonPattern(pattern, { status: '503', path: '/a' })).toBe(expected);
  });
});
