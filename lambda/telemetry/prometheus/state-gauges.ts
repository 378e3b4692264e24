import { Gauge } from 'prom-client';
import type { ServiceFacts, ServiceState } from '../service-state.ts';
import type { MetricRegistry } from './text.ts';

/** Adds the gauges that are read when Prometheus scrapes. */
export function addStateGauges(registry: MetricRegistry, facts: ServiceFacts, state: ServiceState): void {
  function gauge<Label extends string = never>(
    name: string,
    help: string,
    read: (gauge: Gauge<Label>) => void,
    labelNames: Label[] = [],
  ): void {
    new Gauge<Label>({
      name: `classifier_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        read(this);
      },
    });
  }

  gauge('requests_in_flight', 'Images being predicted.', (g) => g.set(state.inFlight()));
  gauge('predictions_waiting', 'Requests that wait for their images to be predicted.', (g) =>
    g.set(state.waiting()),
  );
  gauge('cold_start_seconds', 'From the start of the process until the model was ready; 0 before.', (g) =>
    g.set((state.readyAfterMs() ?? 0) / 1000),
  );
  gauge('memory_limit_bytes', 'Memory that the process may use.', (g) => g.set(facts.memoryLimitBytes));
  gauge('cpus', 'CPUs that the process may use.', (g) => g.set(facts.cpus));
  gauge(
    'model_info',
    'The models and their states. Always 1.',
    (g) => {
      // Without the series of the states before.
      g.reset();
      for (const { name, version, state: current } of state.models()) {
        g.set({ model: name, version, state: current }, 1);
      }
    },
    ['model', 'version', 'state'],
  );
  gauge(
    'build_info',
    'The versions that run. Always 1.',
    (g) => g.set({ version: facts.version, node: process.versions.node, onnxruntime: facts.onnxruntime }, 1),
    ['version', 'node', 'onnxruntime'],
  );
}
