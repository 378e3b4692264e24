import { createApp } from '../lib/app.ts';
import { synthesize } from '../lib/synthesize.ts';

// The CDK CLI sets both.
const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;

synthesize(() => createApp({}, { account, region }));
