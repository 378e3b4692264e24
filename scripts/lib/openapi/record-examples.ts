import { type AnswerName, codeOf, type ProblemName } from '../../../lambda/http/openapi/examples.ts';
import { loadClassifier } from '../../../lambda/model/classifier.ts';
import { recordAnswers } from './record-answers.ts';
import { recordProblems } from './record-problems.ts';

export interface Examples {
  readonly answers: Record<AnswerName, unknown>;
  readonly problems: Record<ProblemName, unknown>;
}

/**
 * The examples of the API reference: what the service with its real model answers right now.
 *
 * @throws Error if a request causes a problem other than the expected one.
 */
export async function recordExamples(): Promise<Examples> {
  const modelDir = new URL('../../../models/resnet50', import.meta.url).pathname;
  const classifier = await loadClassifier(modelDir, { threads: 1 });
  const problems = await recordProblems(classifier);
  for (const [name, problem] of Object.entries(problems)) {
    const expected = codeOf(name as ProblemName);
    if ((problem as { code?: string }).code === expected) continue;
    throw new Error(`${name}: expected a problem with the code ${expected}, got ${JSON.stringify(problem)}`);
  }
  return { answers: await recordAnswers(classifier), problems };
}
