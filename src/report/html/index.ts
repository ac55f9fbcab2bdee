export { reportPage } from './page.js';
export type { RecordedRun, Report, ReportedHead } from './report.js';
