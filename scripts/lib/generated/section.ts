/**
 * A Markdown document with the part between `<!-- NAME -->` and `<!-- /NAME -->` replaced, for tables that are made inside
 * texts that are written.
 *
 * @throws Error where the document has no such part.
 */
export function withGeneratedSection(document: string, name: string, content: string): string {
  const [before, rest] = document.split(`<!-- ${name} -->`);
  const after = rest?.split(`<!-- /${name} -->`)[1];
  if (before === undefined || after === undefined) {
    throw new Error(`expected the document to have <!-- ${name} --> and <!-- /${name} -->`);
  }
  return `${before}<!-- ${name} -->\n\n${content}\n\n<!-- /${name} -->${after}`;
}
