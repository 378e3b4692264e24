import { pagesNobody } from '../../../lib/settings/subscribers.ts';
import type { Stage } from '../../../lib/stages.ts';
import { type Finding, fail, ok } from '../findings/finding.ts';

/** A stage that pages must have somebody to page. The stage of the emulator has nobody. */
export function checkPaging({ name, settings }: Stage): Finding {
  if (!settings.paging) return ok('the stage pages nobody');
  if (name === 'local' || !pagesNobody(settings)) return ok('pages have a subscriber');
  return fail(
    'paging is on, but pages have no subscriber',
    `Add an address to stages.${name}.notificationEmails in cdk.json (or notificationUrls, notificationChats), or set paging to false.`,
  );
}
