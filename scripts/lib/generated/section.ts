/**
 * Replaces the section between `<!-- NAME -->` and `<!-- /NAME -->` of a Markdown document, for generated
 * tables in handwritten documents.
 *
 * @throws Error if the document has no such section.
 */
export function withGeneratedSection(document: string, name: string, content: string): string {
  const [before, rest] = document.split(`<!-- ${name} -->`);
  const after = rest?.split(`<!-- /${name} -->`)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`Expected the document to have <!-- ${name} --> and <!-- /${name} -->`);
  }
  return `${before}<!-- ${name} -->\n\n${content}\n\n<!-- /${name} -->${after}`;
}
