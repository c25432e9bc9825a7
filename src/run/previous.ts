/** Which run is meant? See journal/find-run.ts. */
export { findRun, MANIFEST_FILE, type PreviousRun } from '../journal/find-run.ts'
