import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Panel, renderPlot } from '../../../../scripts/lib/plot/svg-plot.ts';
import { axisTicks } from '../../../../scripts/lib/plot/svg-scale.ts';

const panel: Panel = {
  title: 'p95 < 300 & "mean"',
  x: { label: 'MiB', scale: 'log' },
  y: { label: 'ms' },
  series: [
    {
      name: 'p95',
      points: [
        { x: 512, y: 200 },
        { x: 1769, y: 60 },
        { x: 4096, y: 40 },
      ],
      dashedFrom: 4096,
    },
  ],
  limits: [{ name: 'target', y: 300 }],
};

describe('a plot', () => {
  it('is the same text for the same panels, with colours for light and dark pages', () => {
    const svg = renderPlot([panel]);
    expect(renderPlot([panel])).toBe(svg);
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('escapes its texts', () => {
    expect(renderPlot([panel])).toContain('>p95 &lt; 300 &amp; &quot;mean&quot;</text>');
  });

  it('dashes the line from the last measured point on', () => {
    const [solid, dashed] = [
      ...renderPlot([panel]).matchAll(/class="line( dashed)?" stroke="[^"]+" d="([^"]+)"/g),
    ];
    expect(solid?.[1]).toBeUndefined();
    expect(dashed?.[1]).toBe(' dashed');
    const lastMeasured = solid?.[2]?.split('L').at(-1);
    expect(dashed?.[2]).toMatch(new RegExp(`^M${lastMeasured}L`));
  });

  it('puts a limit above the points that keep it', () => {
    const svg = renderPlot([panel]);
    const limit = Number(/class="limit" d="M70 ([\d.]+)H/.exec(svg)?.[1]);
    for (const [, y] of svg.matchAll(/cy="([\d.]+)" r="2.5"/g)) expect(Number(y)).toBeGreaterThan(limit);
  });
});

describe('ticks', () => {
  it.each([
    [[0, 300], 'linear', [0, 100, 200, 300]],
    [[0.05, 0.31], 'linear', [0, 0.1, 0.2, 0.3, 0.4]],
    [[512, 10_240], 'log', [500, 1000, 2000, 5000, 10_000, 20_000]],
    [[0.1, 100], 'log', [0.1, 1, 10, 100]],
  ] as const)('for %j on a %s axis', (values, scale, ticks) => {
    expect(axisTicks(values, scale)).toEqual(ticks);
  });

  it('span all values', () => {
    const value = fc.double({ min: 1e-3, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1 }), fc.constantFrom('linear', 'log'), (values, scale) => {
        const ticks = axisTicks(values, scale as 'linear' | 'log');
        expect(ticks[0]).toBeLessThanOrEqual(Math.min(...values) * (1 + 1e-9));
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-9));
      }),
    );
  });

  it('refuse zero on a logarithmic axis', () => {
    expect(() => axisTicks([0, 1], 'log')).toThrow(RangeError);
  });
});
