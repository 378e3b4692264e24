/**
 * How the name of the template's parameter for rollbacks begins. A hash of the template's version follows, so
 * that the parameter of one version never applies to the next.
 */
export const ROLLED_BACK_TO = 'RolledBackTo';
