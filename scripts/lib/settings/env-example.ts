import { plain, shortText } from './plain-text.ts';
import { type Variable, variableTopics } from './variables.ts';

const WIDTH = 110;
const HEADER = `Settings of npm start and npm run dev. Copy this file to .env, and remove the # in front of a variable. The value of a variable is its default, or an example if the default is named. A variable of the shell wins. docs/settings.md says more about each variable. npm run settings generates this file.`;

/** .env.example: every variable of the HTTP server, commented out, with its default or an example. */
export function envExample(): string {
  const topics = variableTopics()
    .map(({ title, variables }) => ({
      title,
      variables: variables.filter(({ name }) => !isSetForReaders(name)),
    }))
    .filter(({ variables }) => variables.length > 0)
    .map(({ title, variables }) => [`# === ${title} ===`, ...variables.map(lines)].join('\n\n'));
  return `${[comment(HEADER), ...topics].join('\n\n')}\n`;
}

/** The variables that only the stage, Lambda or the image sets. */
const isSetForReaders = (name: string): boolean => /^(JOBS_|AWS_LAMBDA_|SERVICE_COMMIT$)/.test(name);

function lines(variable: Variable): string {
  const { name, fallback, unset, example } = variable;
  const otherwise = unset === undefined ? '' : ` Default: ${plain(unset)}.`;
  return `${comment(`${shortText(variable)}${otherwise}`)}\n# ${name}=${fallback ?? example}`;
}

/** Lines of at most {@link WIDTH} characters. */
function comment(text: string): string {
  const all: string[] = [];
  for (const word of text.split(' ')) {
    const last = all.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= WIDTH) all[all.length - 1] = `${last} ${word}`;
    else all.push(`# ${word}`);
  }
  return all.join('\n');
}
