const SAMPLE = /^([a-zA-Z_:][\w:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)*\})?) (\S+)$/;
const COMMENT = /^# (?:HELP|TYPE) [a-zA-Z_:][\w:]* .+$|^# EOF$/;

/**
 * The samples of a Prometheus or OpenMetrics text, by name and labels.
 *
 * @throws Error for a line that the format does not allow, and for a sample that comes twice.
 */
export function samplesOf(text: string): Record<string, number> {
  const samples: Record<string, number> = {};
  for (const line of text.split('\n')) {
    if (line === '' || COMMENT.test(line)) continue;
    const [, name, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || value === undefined) throw new Error(`Expected a sample, got ${line}`);
    if (name in samples) throw new Error(`Expected each sample once, got ${name} twice`);
    samples[name] = Number(value.replace('+Inf', 'Infinity'));
  }
  return samples;
}
