/** @import { SnippetRequest, Snippet } from './request.js' */
import { addressOf, credentialOf, signingNote, urlBodyOf } from './call.js';
import { downloadNote } from './download.js';
import { literal } from './literal.js';

/** @type {Snippet} */
export const go = { id: 'go', title: 'Go', make };

/** @param {SnippetRequest} request */
function make(request) {
  const credential = credentialOf(request);
  const packages = ['bytes', 'encoding/json', 'fmt', 'io', 'log', 'net/http'];
  if (credential || request.kind !== 'url') packages.push('os');
  const type = request.kind === 'file' ? 'application/octet-stream' : 'application/json';
  return `// Needs only the standard library: save as predict.go, then run go run predict.go
${downloadNote(request, '//')}package main

import (
${packages.map((name) => `\t"${name}"\n`).join('')})

type result struct {
	Predictions []struct {
		Label       string
		Probability float64
	}
${request.explain ? EXPLANATION_FIELDS : ''}${request.kind === 'batch' ? '\tProblem *struct{ Detail string }\n' : ''}}

func main() {
${bodyLines(request)}${signingNote(request, '\t//', 'github.com/aws/aws-sdk-go-v2/aws/signer/v4')}	request, err := http.NewRequest("POST", ${literal(addressOf(request))}, bytes.NewReader(body))
	check(err)
	request.Header.Set("Content-Type", "${type}")
${credential ? `\trequest.Header.Set("${credential.header}", ${secret(credential)})\n` : ''}	response, err := http.DefaultClient.Do(request)
	check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	check(err)
	if response.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s", response.Status, text)
	}

${request.kind === 'batch' ? PRINT_BATCH : PRINT_ONE}}

func (one result) print() {
	for _, prediction := range one.Predictions {
		fmt.Printf("%.4f  %s\\n", prediction.Probability, prediction.Label)
	}
${request.explain ? PRINT_MAPS : ''}}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
`;
}

/** @param {import('./call.js').Credential} credential */
const secret = ({ prefix, variable }) => `${prefix ? `"${prefix}"+` : ''}os.Getenv("${variable}")`;

/** @param {SnippetRequest} request */
function bodyLines(request) {
  if (request.kind === 'url') {
    const members = Object.entries(urlBodyOf(request)).map(
      ([name, value]) => `"${name}": ${typeof value === 'string' ? literal(value) : value}`,
    );
    return `	body, err := json.Marshal(map[string]any{${members.join(', ')}})
	check(err)
`;
  }
  const names = request.files.map(({ name }) => literal(name));
  if (request.kind === 'file') return `	body, err := os.ReadFile(${names[0]})\n	check(err)\n`;
  return `	names := []string{
${names.map((name) => `\t\t${name},\n`).join('')}	}
	images := make([][]byte, len(names)) // in JSON, bytes are base64
	for i, name := range names {
		image, err := os.ReadFile(name)
		check(err)
		images[i] = image
	}
	body, err := json.Marshal(map[string]any{"images": images})
	check(err)
`;
}

const EXPLANATION_FIELDS = `	Explanation struct {
		Region struct{ Left, Top, Width, Height float64 }
		Maps   []struct {
			Rank   int
			Values [][]float64
		}
	}
`;

const PRINT_ONE = `	var answer result
	check(json.Unmarshal(text, &answer))
	answer.print()
`;

const PRINT_BATCH = `	var answer struct{ Results []result }
	check(json.Unmarshal(text, &answer))
	for i, one := range answer.Results {
		fmt.Println(names[i])
		if one.Problem != nil {
			fmt.Println(one.Problem.Detail)
			continue
		}
		one.print()
	}
`;

const PRINT_MAPS = `	fmt.Printf("Heat maps of the region %+v\\n", one.Explanation.Region)
	for _, heatMap := range one.Explanation.Maps {
		fmt.Println(heatMap.Rank, heatMap.Values)
	}
`;
