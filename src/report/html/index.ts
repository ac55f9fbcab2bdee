export { kioskPage } from './kiosk-page.js';
export type { KioskReport, ReportedKioskHead } from './kiosk-page.js';
export { reportPage } from './page.js';
export type { RecordedRun, Report, ReportedHead } from './report.js';
