import { z } from 'zod';
import { audienceSchema, issuerSchema, scopeSchema } from '../../lambda/authorization/settings.ts';
import { burst, ratePerSecond } from './edge.ts';
import { integer, orOff, text } from './field.ts';

/** A usage plan; its limits apply to each key. */
const apiKey = z.strictObject({
  kind: z.literal('api-key'),
  ratePerSecond: ratePerSecond.describe('The rate that one key may keep up.'),
  burst: burst.describe('How many requests of one key may come at once: the size of its token bucket.'),
  requestsPerDay: orOff(integer(1, 1_000_000_000), 'a whole number from 1 to 1000000000')
    .default('off')
    .describe('Requests of one key in a day.'),
  generation: integer(1, 1_000_000)
    .default(1)
    .describe(
      'Raise it to replace the stage’s own key. CloudFormation creates the new one, then deletes the old one.',
    ),
});

/** Requests signed with AWS credentials (Signature Version 4). */
const iam = z.strictObject({
  kind: z.literal('iam'),
  accounts: z
    .array(text(/^\d{12}$/, 'expected the id of an AWS account, 12 digits'))
    .default([])
    .describe(
      'Other accounts whose principals may call. Those of the stage’s own account need only an IAM policy.',
    ),
});

const AUDIENCES = 'expected a list of one audience or more';

const tokens = z.discriminatedUnion(
  'from',
  [
    z.strictObject({
      from: z.literal('cognito'),
      userPoolArn: text(
        /^arn:aws[a-z-]*:cognito-idp:[a-z0-9-]+:\d{12}:userpool\/[\w-]+_[0-9A-Za-z]+$/,
        'expected the ARN of a Cognito user pool',
      ).describe('The user pool whose tokens are accepted.'),
    }),
    z.strictObject({
      from: z.literal('oidc'),
      issuer: issuerSchema.describe(
        'Who issues the tokens. It is compared with the claim `iss` character by character, so a final slash matters.',
      ),
      audiences: z
        .array(audienceSchema, AUDIENCES)
        .min(1, AUDIENCES)
        .describe('A token needs one of them in its claim `aud`.'),
    }),
  ],
  { error: 'expected tokens from cognito or oidc' },
);

/** Bearer tokens of a Cognito user pool or of another OpenID Connect issuer. */
const jwt = z
  .strictObject({
    kind: z.literal('jwt'),
    tokens: tokens.describe('Where the tokens come from.'),
    scopes: z
      .array(scopeSchema)
      .default([])
      .describe('A token needs one of them. Tokens from `cognito` always need one.'),
  })
  // Without scopes API Gateway takes ID tokens and refuses access tokens: docs.aws.amazon.com/apigateway,
  // "Integrate a REST API with an Amazon Cognito user pool".
  .refine(({ tokens, scopes }) => tokens.from !== 'cognito' || scopes.length > 0, {
    path: ['scopes'],
    message: 'expected at least one scope, because Cognito’s access tokens are accepted only with one',
  });

/** How callers of predictions prove who they are: docs/adr/0027. */
export const authSchema = orOff(
  z.discriminatedUnion('kind', [apiKey, iam, jwt], { error: 'expected the kind api-key, iam or jwt' }),
  'an object with the kind api-key, iam or jwt',
);

export type Auth = z.output<typeof authSchema>;
export type AuthKind = Exclude<Auth, 'off'>['kind'];
/** The settings of one kind. */
export type AuthOf<Kind extends AuthKind> = Extract<Auth, { readonly kind: Kind }>;

export const authKind = (auth: Auth): AuthKind | 'off' => (auth === 'off' ? 'off' : auth.kind);
