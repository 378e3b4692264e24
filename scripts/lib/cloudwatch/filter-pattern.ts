import { escapePattern } from '../escape-pattern.ts';

/**
 * Whether a line of JSON matches a filter pattern of CloudWatch Logs: comparisons of strings with = and !=,
 * wildcards, && and ||. docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws Error for other patterns.
 */
export function matchesJsonPattern(pattern: string, line: Readonly<Record<string, string>>): boolean {
  const translated = pattern
    .replace(/^\{(.*)\}$/, '$1')
    .replaceAll(/\$\.(\w+)\s*(!?=)\s*"([^"]*)"/g, (_, field: string, operator: string, text: string) => {
      const value = line[field];
      // A comparison with a field that does not exist is false, even with !=.
      if (value === undefined) return 'false';
      const isEqual = new RegExp(`^${text.split('*').map(escapePattern).join('.*')}$`).test(value);
      return String(isEqual === (operator === '='));
    });
  if (!/^(?:true|false|&&|\|\||[()\s])+$/.test(translated)) throw new Error(`cannot read ${pattern}`);
  return new Function(`return ${translated};`)();
}
