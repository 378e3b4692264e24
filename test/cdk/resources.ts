import type { Template } from 'aws-cdk-lib/assertions';

type Properties = ReturnType<Template['findResources']>[string][string];

/**
 * The logical id and properties of the only resource of a type.
 * @throws Error if there is none or more than one.
 */
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
