import type { Template } from 'aws-cdk-lib/assertions';

type Properties = ReturnType<Template['findResources']>[string][string];

/** The logical id and the properties of the one resource of a type. @throws Error where there is none, or another. */
export function only(
  template: Template,
  type: string,
): { readonly id: string; readonly properties: Properties } {
  const [first, ...others] = Object.entries(template.findResources(type));
  if (!first || others.length > 0) {
    throw new Error(`expected one ${type}, got ${first ? others.length + 1 : 0}`);
  }
  const [id, resource] = first;
  return { id, properties: resource['Properties'] };
}
