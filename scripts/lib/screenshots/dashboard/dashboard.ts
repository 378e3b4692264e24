import { readStage, stackName } from '../../../../lib/stages.ts';
import { alarmTiles } from './alarms.ts';
import { drawRow, hasData, rowsOf } from './picture.ts';
import { runService } from './run.ts';
import { readStageTemplate } from './template.ts';

const STAGE = 'prod';
/** The headings then have names of runbooks, which are short. Nothing is read from there. */
const RUNBOOKS_URL = 'https://docs.example.com/runbooks';
/** The alarm on the probe needs two runs of it, in two different minutes. */
const SECONDS = 120;
/** Long enough for a percentile. */
const PERIOD_SECONDS = 5;
/** Its expressions contain the length of their period, an hour. */
const NOT_DRAWN = 'Cost';

export interface DashboardPicture {
  /** Of the row, such as `cpu-and-memory`. */
  readonly name: string;
  readonly png: Uint8Array;
}

/**
 * Draws the dashboard of a stage from its template, row by row, with the data of a run of the function on this machine.
 * A row whose data only AWS has is left out. Takes two minutes.
 */
export async function pictureDashboard(): Promise<readonly DashboardPicture[]> {
  const { settings } = readStage(STAGE);
  const { widgets, resources, accessCounts } = await readStageTemplate(STAGE, { runbooksUrl: RUNBOOKS_URL });
  const records = await runService({ stage: STAGE, settings, accessCounts, seconds: SECONDS });
  const shown = {
    records,
    periods: { seconds: PERIOD_SECONDS, count: SECONDS / PERIOD_SECONDS },
    alarms: alarmTiles(resources, records, `${stackName(STAGE)}-`),
  };
  const rows = rowsOf(widgets).filter((row) => row.title !== NOT_DRAWN && hasData(row, shown));
  return Promise.all(
    rows.map(async (row) => ({
      name: row.title.toLowerCase().replaceAll(' ', '-'),
      png: await drawRow(row, shown),
    })),
  );
}
