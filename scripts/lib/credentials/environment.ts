import { apiKey, bearerToken, type Credentials, NO_CREDENTIALS } from './credentials.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The key in `API_KEY`. None if it is not set. */
export function keyIn({ API_KEY }: Environment = process.env): Credentials {
  return API_KEY ? apiKey(API_KEY, 'API_KEY') : NO_CREDENTIALS;
}

/** The token in `API_TOKEN`. None if it is not set. */
export function tokenIn({ API_TOKEN }: Environment = process.env): Credentials {
  return API_TOKEN ? bearerToken(API_TOKEN, 'API_TOKEN') : NO_CREDENTIALS;
}
