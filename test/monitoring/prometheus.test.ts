import { existsSync, globSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readStage } from '../../lib/stages.ts';
import { retry } from '../../scripts/lib/system/wait.ts';
import { talk } from '../hostile/support.ts';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';
import { dashboard, withVariables } from './dashboard.ts';
import { noPrometheus, type Prometheus, promtool, startPrometheus } from './prometheus.ts';

const TOKEN = 'the-token-of-the-tests';
const RULES = globSync(repositoryPath('monitoring/prometheus/rules/*.yml'));

describe.skipIf(noPrometheus)('the rules of Prometheus', () => {
  test('are valid', () => {
    const { status, output } = promtool(['check', 'rules', ...RULES]);
    expect(status, output).toBe(0);
  });

  test('say what they should: test/monitoring/rules', () => {
    const files = globSync('*.yml', { cwd: repositoryPath('test/monitoring/rules') });
    const { status, output } = promtool(['test', 'rules', ...files]);
    expect(status, output).toBe(0);
  });
});

describe.skipIf(noPrometheus)('Prometheus beside the service', () => {
  let service: ServiceProcess;
  let url: string;
  let prometheus: Prometheus;
  const isOver = new AbortController();

  /** Everything that the dashboard counts: predictions, embeddings, errors, and requests that the parser refuses. */
  async function sendRequests(): Promise<void> {
    const post = async (path: string, init: RequestInit) => {
      const response = await fetch(`${url}${path}`, { method: 'POST', ...init });
      await response.arrayBuffer();
    };
    const batch = new FormData();
    for (const name of ['cat.png', 'espresso.webp']) {
      batch.append('file', new Blob([readRepositoryFile(`examples/${name}`)]));
    }
    await post('/predict', { body: readRepositoryFile('examples/cat.jpg') });
    await post('/predict/batch', { body: batch });
    await post('/embed', { body: readRepositoryFile('examples/cat.jpg') });
    await post('/predict', { body: 'no image' });
    await talk(Number(new URL(url).port), ['nonsense\r\n\r\n']);
  }

  beforeAll(async () => {
    // With ADMIN=on, the token is required of clients on the same machine too.
    service = startProcess(['lambda/server.ts'], { PORT: '0', ADMIN: 'on', ADMIN_TOKEN: TOKEN });
    const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
    url = String(message).slice('Ready on '.length);
    prometheus = await startPrometheus(new URL(url).host, TOKEN);
    void (async () => {
      while (!isOver.signal.aborted) {
        await sendRequests();
        await sleep(200);
      }
    })().catch(() => {});
  });
  afterAll(() => {
    isOver.abort();
    prometheus?.stop();
    service?.process.kill('SIGKILL');
  });

  test('has a valid configuration', () => {
    const { status, output } = promtool(['check', 'config', prometheus.configurationFile]);
    expect(status, output).toBe(0);
  });

  test('scrapes the service with its token', async () => {
    await retry(async () => {
      const [up] = await prometheus.query('up');
      expect(up).toMatchObject({ metric: { job: 'classifier' }, value: [expect.any(Number), '1'] });
    });
    expect(await prometheus.query('classifier_build_info')).toMatchObject([
      { metric: { version: expect.any(String), node: process.versions.node } },
    ]);
  });

  test('finds nothing wrong with the names of the metrics, apart from three of prom-client', async () => {
    const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
    const text = await response.text();
    expect(text).toContain('classifier_requests_total');
    const findings = promtool(['check', 'metrics'], text).output.split('\n').filter(Boolean);
    expect(
      findings.filter((line) => !/^nodejs_active_(handles|requests|resources)_total /.test(line)),
    ).toEqual([]);
  });

  test('has loaded every rule, and can evaluate the alerts', async () => {
    const names = RULES.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/^ +- (?:alert|record): (.+)$/gm)].map(([, name]) => name),
    );
    expect(names.length).toBeGreaterThan(20);
    await retry(async () => {
      const rules = await prometheus.rules();
      expect(rules.map(({ name }) => name).sort()).toEqual(names.sort());
      // The long windows are evaluated every 5 minutes.
      const alerts = rules.filter(({ type }) => type === 'alerting');
      expect(alerts.filter(({ health }) => health !== 'ok')).toEqual([]);
      expect(rules.filter(({ health }) => health === 'err')).toEqual([]);
    });
  });

  test('has alerts with a runbook that exists, and the thresholds of production', async () => {
    const alerts = (await prometheus.rules()).filter(({ type }) => type === 'alerting');
    for (const { name, annotations, labels } of alerts) {
      const { runbook = '' } = annotations ?? {};
      expect(runbook, name).toMatch(/^docs\/runbooks\/[\w-]+\.md$/);
      expect(existsSync(repositoryPath(runbook)), runbook).toBe(true);
      expect(['critical', 'warning'], name).toContain(labels?.['severity']);
    }
    const { alarms } = readStage('prod').settings;
    const share = (percent: number) => `${Number((percent / 100).toPrecision(6))}`;
    const thresholds = {
      ServerErrors: `> ${share(alarms.errorPercent)} `,
      AvailabilityFastBurn: `14.4 * ${share(100 - alarms.availabilityPercent)}`,
      AvailabilitySlowBurn: `6 * ${share(100 - alarms.availabilityPercent)}`,
      AvailabilitySteadyBurn: `>= ${share(100 - alarms.availabilityPercent)}`,
      LatencyP95: `> ${alarms.p95LatencyMs / 1000} `,
      LatencyP99: `> ${alarms.p99LatencyMs / 1000} `,
      Memory: `> ${share(alarms.memoryPercent)}`,
      LowConfidence: `> ${share(alarms.lowConfidencePercent)} `,
    };
    for (const [name, threshold] of Object.entries(thresholds)) {
      const query = alerts.find((alert) => alert.name === name)?.query.replaceAll(/\s+/g, ' ');
      expect(`${query} `, name).toContain(threshold);
    }
  });

  test('answers every expression of the dashboard with numbers', async () => {
    // No alert has a reason to fire.
    const expressions = dashboard.panels
      .flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
      .filter((expression) => expression !== 'ALERTS');
    expect(expressions.length).toBeGreaterThan(40);
    for (const expression of expressions) {
      await retry(
        async () => {
          const samples = await prometheus.query(withVariables(expression));
          const numbers = samples.map(({ value: [, text] }) => Number(text)).filter(Number.isFinite);
          expect(numbers.length, expression).toBeGreaterThan(0);
        },
        { pauseMs: 500, timeoutMs: 30_000 },
      );
    }
    const variables = dashboard.templating.list.flatMap(
      ({ query }) => /label_values\((.+), (\w+)\)/.exec(query) ?? [],
    );
    expect(variables).toHaveLength(6);
    for (const [, metric = '', label = ''] of [variables.slice(0, 3), variables.slice(3)]) {
      const [sample] = await prometheus.query(withVariables(metric));
      expect(sample?.metric).toHaveProperty(label);
    }
  });
});
