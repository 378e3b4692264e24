/** A program of examples/clients, with the commands of its README.md. */
export interface Program {
  /** The folder. */
  readonly name: string;
  /** What its commands need in PATH. */
  readonly tools: readonly string[];
  readonly build?: string;
  /** Arguments follow. */
  readonly run: string;
}

export const PROGRAMS: readonly Program[] = [
  { name: 'curl', tools: ['bash', 'curl', 'jq'], run: './classify.sh' },
  { name: 'python', tools: ['python3'], run: 'python3 classify.py' },
  { name: 'javascript', tools: ['node'], run: 'node classify.mjs' },
  { name: 'typescript', tools: ['node'], run: 'node classify.ts' },
  { name: 'go', tools: ['go'], build: 'go build classify.go', run: './classify' },
  {
    name: 'java',
    tools: ['java', 'javac', 'mvn'],
    build: 'mvn --quiet compile dependency:copy-dependencies',
    run: "java -cp 'target/classes:target/dependency/*' Classify",
  },
  { name: 'rust', tools: ['cargo'], build: 'cargo build --locked', run: 'target/debug/classify' },
];
