import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barChart } from '../../../../scripts/lib/plot/bar-chart.ts';
import { type LineChart, lineCharts } from '../../../../scripts/lib/plot/line-chart.ts';
import { linearScale, logarithmicScale, spreadOut } from '../../../../scripts/lib/plot/scale.ts';

describe('scales', () => {
  it('ends a linear axis at a round number', () => {
    expect(linearScale(0.37).ticks).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
    expect(linearScale(87).ticks).toEqual([0, 20, 40, 60, 80, 100]);
    expect(linearScale(100).position(50)).toBe(0.5);
  });

  it('begins and ends a logarithmic axis at 1, 2 or 5 times a power of ten', () => {
    const { ticks, position } = logarithmicScale(13, 640);
    expect(ticks).toEqual([10, 20, 50, 100, 200, 500, 1000]);
    expect(position(100)).toBeCloseTo(0.5);
  });

  it('keeps every value within the axis', () => {
    const value = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), (values) => {
        const scales = [
          linearScale(Math.max(...values)),
          logarithmicScale(Math.min(...values), Math.max(...values)),
        ];
        for (const { position } of scales) {
          for (const position_ of values.map(position)) {
            expect(position_).toBeGreaterThanOrEqual(-1e-9);
            expect(position_).toBeLessThanOrEqual(1 + 1e-9);
          }
        }
      }),
    );
  });
});

describe('spreadOut', () => {
  const bounds = { low: 0, high: 100 };

  it('moves only what is too close, and stays within the bounds', () => {
    expect(spreadOut([80, 20], 10, bounds)).toEqual([80, 20]);
    expect(spreadOut([50, 51, 52], 10, bounds)).toEqual([50, 60, 70]);
    expect(spreadOut([99, 98], 10, bounds)).toEqual([100, 90]);
  });

  it('keeps the order and the gap', () => {
    const positions = fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 2, maxLength: 10 });
    fc.assert(
      fc.property(positions, (given) => {
        const placed = spreadOut(given, 10, bounds).sort((a, b) => a - b);
        for (const [index, position] of placed.entries()) {
          if (index > 0) expect(position - (placed[index - 1] ?? 0)).toBeGreaterThanOrEqual(10 - 1e-9);
        }
        expect(placed[0]).toBeGreaterThanOrEqual(0);
        expect(placed.at(-1)).toBeLessThanOrEqual(100);
      }),
    );
  });
});

describe('charts', () => {
  it('puts points where their values are, the first series on top', () => {
    const svg = lineCharts([
      {
        title: 'Throughput',
        subtitle: 'a & b < c "d"',
        xTitle: 'Clients',
        xAxis: 'points',
        yAxis: 'linear',
        series: [
          {
            name: 'ours',
            points: [
              [1, 50],
              [4, 100],
            ],
            isMain: true,
          },
          {
            name: 'theirs',
            points: [
              [1, 25],
              [4, 0],
            ],
          },
        ],
      },
    ]);
    const lines = [...svg.matchAll(/<polyline points="([^"]+)" class="(\w+)/g)].map(([, points, colour]) => ({
      colour,
      points: points?.split(' ').map((point) => point.split(',').map(Number)),
    }));
    expect(lines.map(({ colour }) => colour)).toEqual(['c1', 'c0']);
    const [theirs, ours] = lines.map(({ points }) => points ?? []);
    // Half of the height between the axis and the top.
    expect((ours?.[0]?.[1] ?? 0) - (ours?.[1]?.[1] ?? 0)).toBeCloseTo(
      ((theirs?.[1]?.[1] ?? 0) - (ours?.[1]?.[1] ?? 0)) / 2,
    );
    expect(svg).toContain('>a &amp; b &lt; c &quot;d&quot;</text>');
  });

  const durations: LineChart = {
    title: 'Durations',
    subtitle: '',
    xTitle: 'MiB',
    xAxis: 'logarithmic',
    yAxis: 'linear',
    series: [
      {
        name: 'p95',
        points: [
          [512, 200],
          [1769, 60],
          [4096, 40],
        ],
        dashedFrom: 4096,
      },
    ],
    limits: [{ name: 'target', y: 300 }],
  };

  it('are the same text for the same data, with colours for light and dark pages', () => {
    const svg = lineCharts([durations, durations]);
    expect(lineCharts([durations, durations])).toBe(svg);
    expect(svg).toContain('@media(prefers-color-scheme:dark)');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('dash the line from the last measured point on', () => {
    const [solid, dashed] = [
      ...lineCharts([durations]).matchAll(/<polyline points="([^"]+)" class="c0"( stroke-dasharray)?/g),
    ];
    expect(solid?.[2]).toBeUndefined();
    expect(dashed?.[2]).toBe(' stroke-dasharray');
    expect(dashed?.[1]?.split(' ')[0]).toBe(solid?.[1]?.split(' ').at(-1));
  });

  it('put a limit above the points that keep it', () => {
    const svg = lineCharts([durations]);
    const limit = Number(/<line [^>]*y1="([\d.]+)"[^>]*class="mark"/.exec(svg)?.[1]);
    const points = [...svg.matchAll(/<circle [^>]*cy="([\d.]+)"/g)];
    expect(points).toHaveLength(3);
    for (const [, y] of points) expect(Number(y)).toBeGreaterThan(limit);
  });

  it('refuse zero on a logarithmic axis', () => {
    const series = [{ name: 'zero', points: [[1, 0]] as const }];
    expect(() => lineCharts([{ ...durations, series, limits: [], yAxis: 'logarithmic' }])).toThrow(
      RangeError,
    );
  });

  it('draws bars as long as their values, and the mark across', () => {
    const svg = barChart({
      title: 'Ratios',
      subtitle: '',
      bars: [
        { label: 'one', value: 4, valueText: '4×', colour: 0, mark: 8 },
        { label: 'two', value: 8, valueText: '8×', colour: 0 },
        { label: 'three', value: 2, valueText: '2×', colour: 0 },
      ],
    });
    const [one, two] = [...svg.matchAll(/width="([\d.]+)" height="22"/g)].map(([, width]) => Number(width));
    expect(two).toBeCloseTo(2 * (one ?? 0));
    expect(svg.match(/class="mark"/g)).toHaveLength(1);
    expect(svg).toContain('>4×</text>');
  });
});
