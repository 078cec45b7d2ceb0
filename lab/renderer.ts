import { writeReportPage } from "./pages/report_page.ts";
import { drawMomentSVG } from "./pictures/moment/moment_svg.ts";
import { drawMoment } from "./pictures/moment_map.ts";
import { summarizeMoment, summarizeRun } from "./pictures/summaries.ts";
import { drawTimeline } from "./pictures/timeline/timeline_svg.ts";
import { setRenderer } from "./runs/run.ts";

// Runs cannot import pictures: pictures are made of runs.
setRenderer({
  timelineSVG: drawTimeline,
  page: (run, options) => writeReportPage([run], options),
  runSummary: summarizeRun,
  map: drawMoment,
  momentSVG: drawMomentSVG,
  momentSummary: summarizeMoment,
});
