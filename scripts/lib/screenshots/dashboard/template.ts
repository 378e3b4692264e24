import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { stackName } from '../../../../lib/stages.ts';
import { run } from '../../system/run.ts';
import { temporaryFolder } from '../../system/temporary-folder.ts';

const position = { x: z.number(), y: z.number(), width: z.number(), height: z.number() };
const axis = z.object({ label: z.string().default(''), max: z.number().optional() });
const metricWidget = z.object({
  type: z.literal('metric'),
  ...position,
  properties: z.object({
    title: z.string(),
    stacked: z.boolean().default(false),
    /** A row is a namespace, a name, dimensions and options, or the options of an expression only. */
    metrics: z.array(z.array(z.union([z.string(), z.record(z.string(), z.unknown())]))),
    annotations: z
      .object({ horizontal: z.array(z.object({ value: z.number(), label: z.string() })) })
      .optional(),
    yAxis: z.object({ left: axis, right: axis.optional() }),
  }),
});
const logWidget = z.object({
  type: z.literal('log'),
  ...position,
  properties: z.object({ title: z.string(), view: z.enum(['table', 'bar']), query: z.string() }),
});
const textWidget = z.object({
  type: z.literal('text'),
  ...position,
  properties: z.object({ markdown: z.string() }),
});
const alarmWidget = z.object({
  type: z.literal('alarm'),
  ...position,
  properties: z.object({ title: z.string(), alarms: z.array(z.string()) }),
});
const bodySchema = z.object({
  widgets: z.array(z.discriminatedUnion('type', [metricWidget, logWidget, textWidget, alarmWidget])),
});

export type MetricWidget = z.output<typeof metricWidget>;
export type LogWidget = z.output<typeof logWidget>;
export type AlarmWidget = z.output<typeof alarmWidget>;
export type TextWidget = z.output<typeof textWidget>;
export type Widget = z.output<typeof bodySchema>['widgets'][number];

const resourceSchema = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
const templateSchema = z.object({ Resources: z.record(z.string(), resourceSchema) });
export type Resources = z.output<typeof templateSchema>['Resources'];

const joinSchema = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

/** A count of lines of the access log. */
export interface AccessCount {
  readonly namespace: string;
  readonly name: string;
  readonly pattern: string;
}

const filterSchema = z.object({
  FilterPattern: z.string(),
  LogGroupName: z.object({ Ref: z.string() }),
  MetricTransformations: z.tuple([z.object({ MetricNamespace: z.string(), MetricName: z.string() })]),
});

/** What the CloudFormation template of a stage says of its dashboard. */
export interface StageTemplate {
  readonly resources: Resources;
  readonly widgets: readonly Widget[];
  readonly accessCounts: readonly AccessCount[];
}

/** Synthesises a stage with other settings. @throws Error if it has no dashboard that can be read. */
export async function readStageTemplate(stage: string, overrides: object): Promise<StageTemplate> {
  using folder = await temporaryFolder('template-');
  const program = 'scripts/programs/synthesise.mjs';
  await run(process.execPath, [program, folder.path, JSON.stringify({ [stage]: overrides }), stage]);
  const name = `${stackName(stage)}.template.json`;
  const text = await readFile(join(folder.path, stage, name), 'utf8');
  const { Resources: resources } = parseJson(templateSchema, text, name);
  return { resources, widgets: widgetsOf(resources), accessCounts: accessCountsOf(resources) };
}

const ofType = (resources: Resources, type: string) =>
  Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    Type === type ? [{ id, properties: Properties }] : [],
  );

function widgetsOf(resources: Resources): readonly Widget[] {
  const [dashboard] = ofType(resources, 'AWS::CloudWatch::Dashboard');
  const parts = joinSchema.parse(dashboard?.properties['DashboardBody'])['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : logicalId(part))).join('');
  return parseJson(bodySchema, text, 'the dashboard').widgets;
}

/** Of `{ Ref: … }` or `{ 'Fn::GetAtt': […, …] }`. */
function logicalId(reference: unknown): string {
  const [id] = Object.values(reference as Record<string, unknown>).flat();
  return String(id);
}

function accessCountsOf(resources: Resources): readonly AccessCount[] {
  return ofType(resources, 'AWS::Logs::MetricFilter').flatMap(({ properties }) => {
    const { FilterPattern: pattern, LogGroupName, MetricTransformations } = filterSchema.parse(properties);
    const [{ MetricNamespace: namespace, MetricName: name }] = MetricTransformations;
    return LogGroupName.Ref.startsWith('ApiAccessLog') ? [{ namespace, name, pattern }] : [];
  });
}
