/** Which pages are there? Each reads what it shows when it is asked for. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import pLimit from 'p-limit'
import { compareRuns } from '../gate/compare/compare.ts'
import { readHistory } from '../gate/history/file.ts'
import { historyReport } from '../gate/history/history.ts'
import { UserError } from '../lib/errors.ts'
import { escapeHtml } from '../report/html/markup.ts'
import { htmlReporter } from '../report/html/html.ts'
import { openReportedRun } from '../run/reported.ts'
import type { Catalogue } from './catalogue.ts'
import { serveEvents } from './live/events.ts'
import type { Following } from './live/following.ts'
import { watchList } from './live/list.ts'
import { comparePage } from './pages/compare.ts'
import { livePage, liveParts } from './pages/live.ts'
import { runsPage, runsQuery } from './pages/runs.ts'
import { trendsPage, trendsQuery } from './pages/trends.ts'
import { visible } from './pages/words.ts'
import { sendPage, sendReport } from './respond.ts'
import type { ListedRun } from './types.ts'

/** What all pages read from. */
export interface Site {
  readonly cwd: string
  readonly catalogue: Catalogue
  readonly following: Following
  /** Takes what goes wrong and is no user's mistake. */
  readonly onError: (error: unknown) => void
}

interface Asking {
  readonly site: Site
  readonly query: URLSearchParams
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** Aborted when the browser goes. */
  readonly signal: AbortSignal
}

/** So long does a page wait for the journal of a run to be read; then it comes without, and is told later. */
const PATIENCE_MS = 1_000
/** Flips of either direction on a page. */
const FLIPS_SHOWN = 200

/** What takes memory by the number of rows is done one after the other. */
const inTurn = pLimit(1)

/** By what stands behind the token. Throws UserError where what is asked for is not there. */
export const answers: Readonly<Record<string, (asking: Asking) => Promise<void>>> = {
  '': ({ site, query, response }) => {
    sendPage(response, runsPage(site.catalogue.list(), runsQuery(query), new Map()))
    return Promise.resolve()
  },
  run: async (asking) => {
    const run = runOf(asking)
    if (run.status === 'running' || run.status === 'broken') await showLive(run, asking)
    else await showReport(run, asking)
  },
  live: (asking) => showLive(runOf(asking), asking),
  report: (asking) => showReport(runOf(asking), asking),
  events: (asking) => Promise.resolve(followEvents(asking)),
  trends: async ({ site: { cwd, catalogue }, query, response, signal }) => {
    const asked = trendsQuery(readHistory(cwd), query)
    const { dataset, model, metric, since } = asked.chosen
    const report = await inTurn(() =>
      historyReport({
        cwd,
        signal,
        dataset,
        models: model === '' ? [] : [model],
        metric,
        since: since === '' ? undefined : since,
      }),
    )
    const folders = new Map(catalogue.list().runs.map(({ manifest, name }) => [manifest.runId, name]))
    sendPage(
      response,
      trendsPage(report, asked, (runId) => folders.get(runId)),
    )
  },
  compare: async ({ site: { catalogue }, query, response, signal }) => {
    const runs = comparedRuns(query, (name) => catalogue.find(name))
    const { report } = await inTurn(() =>
      compareRuns({
        runs,
        slices: undefined,
        adjustSlices: 'holm',
        flips: FLIPS_SHOWN,
        wantsAllFlips: false,
        signal,
      }),
    )
    sendPage(response, comparePage(report, runs))
  },
}

function runOf({ site, query }: Asking): ListedRun {
  return site.catalogue.find(query.get('run') ?? '')
}

async function showLive(run: ListedRun, { site, response }: Asking): Promise<void> {
  sendPage(response, livePage(run, await site.following.snapshot(run.name, PATIENCE_MS)))
}

/** Rendered while it is sent, from the files as they are now. */
async function showReport(run: ListedRun, { site: { cwd }, request, response, signal }: Asking): Promise<void> {
  const opened = await inTurn(() => openReportedRun(run, null, { cwd, interrupt: signal }))
  try {
    await sendReport(response, request.method === 'HEAD' ? [] : withWayBack(htmlReporter.render(opened), run.name))
  } finally {
    opened.close()
  }
}

/** Links to the list and to this page's own address are all that is added to the report. */
function* withWayBack(pieces: Iterable<string>, run: string): Generator<string> {
  const place = '<header>'
  let isDone = false
  for (const piece of pieces) {
    const at = isDone ? -1 : piece.indexOf(place)
    if (at < 0) yield piece
    else {
      isDone = true
      const to = at + place.length
      yield `${piece.slice(0, to)}\n<nav class="small on-screen" aria-label="assay view"><a href="./">All runs</a> · ${escapeHtml(visible(run))}</nav>${piece.slice(to)}`
    }
  }
}

/** `run` once or twice: the one that began first is the baseline. Or `baseline` and `candidate`. */
function comparedRuns(query: URLSearchParams, find: (name: string) => ListedRun): readonly ListedRun[] {
  const [baseline, candidate] = [query.get('baseline'), query.get('candidate')]
  if (baseline !== null && candidate !== null) return [find(baseline), find(candidate)]
  const names = query.getAll('run')
  if (names.length < 1 || names.length > 2) {
    throw new UserError(
      `${names.length === 0 ? 'No run is' : `${names.length} runs are`} chosen: choose two to compare them, or one to compare its models and prompts.`,
    )
  }
  const runs = names.map(find)
  return runs.sort((one, other) => (one.manifest.startedAt < other.manifest.startedAt ? -1 : 1))
}

/** Of one run, or of the list as it was asked for. */
function followEvents({ site, query, response }: Asking): void {
  const run = query.get('run')
  if (run === null) {
    serveEvents(response, (stream) => watchList(site, runsQuery(query), stream))
    return
  }
  const { name } = site.catalogue.find(run)
  serveEvents(response, (stream) =>
    site.following.of(name).watch({
      tell: (snapshot) => {
        const parts = Object.fromEntries(Object.entries(liveParts(snapshot)).map(([id, { text }]) => [id, text]))
        stream.send('state', { snapshot, parts })
      },
      fail: (error) => {
        if (!(error instanceof UserError)) site.onError(error)
        stream.finish('gone', { text: error instanceof UserError ? error.message : 'The run cannot be read.' })
      },
    }),
  )
}
