// The page at `/`. All addresses are relative, because behind API Gateway its path begins with the stage.

import { createCode } from './app/code.js';
import { showCredentialField } from './app/credentials.js';
import { page } from './app/elements.js';
import { showExamples } from './app/examples.js';
import { listenToHeatControls } from './app/heat-controls.js';
import { listenForPhotos } from './app/intake.js';
import { listenToModels, loadModels } from './app/models.js';
import { createSession } from './app/session.js';
import { canSeeLive } from './app/settings.js';

const session = createSession(createCode().show);

page.live.hidden = !canSeeLive;
showCredentialField();
showExamples(session.take);
listenForPhotos(session.take);
listenToHeatControls(session.heatMapsSwitched);
listenToModels(session.again);
for (const option of [page['top-k'], page.credential]) option.addEventListener('change', session.again);
loadModels();
