/** Does the gate keep its word through the whole program: verdicts, exit codes, stopping, and every way to hold it wrong? */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import type { GateReport } from '../../src/gate/types.ts'
import { bodyOf, fails, questionOf, says, withServer } from '../helpers/server.ts'
import { type Ended, inWorkdir, type Workdir } from '../helpers/workdir.ts'

/** Rows with recorded answers of several models, each right in all but the rows that `isWrong` names. */
function recorded(count: number, columns: Readonly<Record<string, (row: number) => boolean>>): string {
  const names = Object.keys(columns)
  const lines = Array.from({ length: count }, (_, row) => {
    const outputs = names.map((name) => (columns[name]?.(row) === true ? 'wrong' : `answer ${row}`))
    return [`r${row}`, `Question ${row}?`, `answer ${row}`, ...outputs].join(',')
  })
  return `${['id', 'question', 'expected', ...names].join(',')}\n${lines.join('\n')}\n`
}

const everyTenth = (row: number): boolean => row % 10 === 0
const DATA = {
  'data.csv': recorded(400, {
    before: everyTenth,
    same: everyTenth,
    worse: (row) => row % 3 === 0,
    slightly: (row) => everyTenth(row) || row % 25 === 1,
  }),
}

function replay(column: string, out: string, ...more: string[]): string[] {
  return ['eval', '-d', 'data.csv', '--provider', 'replay', '--replay-column', column, '--out', out, '--quiet', ...more]
}

function askingArgs(url: string, model: string, out: string): string[] {
  const place = ['--base-url', url, '--model', model, '--price', `${model}=1/1`]
  return ['eval', '-d', 'data.csv', ...place, '--out', out, '--quiet']
}

const GATE = ['--baseline', 'base', '--max-drop', '0.05']

async function withBaseline(use: (work: Workdir) => Promise<void>): Promise<void> {
  await inWorkdir(DATA, async (work) => {
    assert.is((await work.assay(replay('before', 'base'))).status, 0)
    await use(work)
  })
}

function reportOf(work: Workdir, run: string): GateReport {
  const { gate } = JSON.parse(work.read(`${run}/summary.json`)) as { gate: GateReport }
  return gate
}

test('an unchanged model passes, a worse one is a REGRESSION with exit 1, one in between is INCONCLUSIVE with exit 5', () =>
  withBaseline(async (work) => {
    const same = await work.assay(replay('same', 'same', ...GATE))
    assert.is(same.status, 0)
    assert.match(same.stdout, /PASS: pass rate is not worse by 5\.0 points or more: 90\.0 % against 90\.0 %/)
    const worse = await work.assay(replay('worse', 'worse', ...GATE))
    assert.is(worse.status, 1)
    assert.match(worse.stdout, /REGRESSION: pass rate is worse by more than 5\.0 points/)
    assert.match(worse.stderr, /exit 1: REGRESSION against /)
    const slightly = await work.assay(replay('slightly', 'slightly', ...GATE))
    assert.is(slightly.status, 5)
    assert.match(slightly.stdout, /INCONCLUSIVE.*neither proven nor ruled out/)
    assert.match(slightly.stdout, /That there is some drop is proven\./)
    assert.equal(
      ['same', 'worse', 'slightly'].map((run) => reportOf(work, run).verdict),
      ['PASS', 'REGRESSION', 'INCONCLUSIVE'],
    )
    for (const [mapped, code] of [
      ['pass', 0],
      ['fail', 1],
      ['fail-on-drop', 1],
    ] as const) {
      const again = await work.assay(['gate', 'slightly', ...GATE, '--inconclusive', mapped])
      assert.is(again.status, code)
    }
    const few = ['--limit', '30']
    assert.is((await work.assay(replay('before', 'few-before', ...few))).status, 0)
    const open = ['--baseline', 'few-before', '--max-drop', '0.05', '--inconclusive', 'fail-on-drop']
    const warned = await work.assay(replay('same', 'few', ...few, ...open))
    assert.is(warned.status, 0)
    assert.match(warned.stdout, /INCONCLUSIVE/)
    assert.match(warned.stderr, /exit 0: warning: INCONCLUSIVE against .* not proven to have become worse at all/)
    const sharper = await work.assay(['gate', 'slightly', ...GATE, '--alarm-on', 'any-drop'])
    assert.is(sharper.status, 1)
    assert.match(sharper.stdout, /by whatever little \(--alarm-on any-drop\)/)
  }))

test('assay gate says the same of a finished run as eval --baseline, and writes nothing', () =>
  withBaseline(async (work) => {
    await work.assay(replay('worse', 'worse', ...GATE))
    const before = work.files()
    const { status, stdout } = await work.assay(['gate', 'worse', ...GATE, '--json'])
    assert.is(status, 1)
    assert.equal(JSON.parse(stdout), reportOf(work, 'worse'))
    assert.equal(work.files(), before)
  }))

test('a model whose verdict is known is not asked any more; what was in flight is recorded and not counted', async () => {
  const rows = recorded(400, { before: everyTenth })
  await inWorkdir({ 'data.csv': rows }, (work) =>
    withServer(
      (asked) => {
        const row = Number(/\d+/.exec(questionOf(asked))?.[0])
        return says(row % 10 === 0 || bodyOf(asked).model === 'bad' ? 'wrong' : `answer ${row}`)
      },
      async (server) => {
        const args = (model: string, out: string): string[] => askingArgs(server.url, model, out)
        assert.is((await work.assay(args('good', 'base'))).status, 0)
        const asked = server.asked.length
        const ended = await work.assay([...args('bad', 'bad'), ...GATE, '--sequential'])
        assert.is(ended.status, 1)
        const { saving, metrics } = reportOf(work, 'bad')
        const sent = server.asked.length - asked
        assert.ok(sent < 100, `${sent} requests`)
        assert.is(saving?.trialsSaved, 400 - sent)
        assert.ok((metrics[0]?.pairs ?? sent + 1) <= sent)
        assert.match(ended.stdout, /stopped when the answer was known: \d+ of 400 trials used/)
        assert.match(ended.stdout, /pass rate of bad against good is worse/)
        const statuses = work
          .runAt('bad')
          .results()
          .map((row) => row['status'])
        assert.is(statuses.filter((status) => status === 'skipped_stopped').length, 400 - sent)
        assert.not.match(ended.stderr, /to go on/)
        const again = await work.assay(['eval', '--resume', 'bad', '--quiet'])
        assert.is(again.status, 1)
        assert.is(server.asked.length - asked, sent)
      },
    ),
  )
})

/** What must never come of any of these. */
function assertNoPass({ status, stdout, stderr }: Ended, code: number, message: RegExp): void {
  assert.is(status, code)
  assert.not.match(stdout, /PASS/)
  assert.match(stderr, message)
}

const WRONG: Readonly<
  Record<string, { readonly args: readonly string[]; readonly code: number; readonly says: RegExp }>
> = {
  'a baseline that is not there': {
    args: replay('same', 'run', '--baseline', 'bsae', '--max-drop', '0.05'),
    code: 2,
    says: /--baseline bsae: no kept baseline/,
  },
  'no baseline under results/': {
    args: replay('same', 'run', '--baseline', 'latest', '--max-drop', '0.05'),
    code: 2,
    says: /--baseline latest: there is no earlier finished/,
  },
  'no margin': {
    args: replay('same', 'run', '--baseline', 'base'),
    code: 2,
    says: /nothing says how much worse it may get/,
  },
  'a margin of nothing': {
    args: replay('same', 'run', '--baseline', 'base', '--max-drop', '0'),
    code: 2,
    says: /a margin of 0; expected a share above 0/,
  },
  'a margin without a baseline': {
    args: replay('same', 'run', '--max-drop', '0.05'),
    code: 2,
    says: /no --baseline names what with/,
  },
  'other rows': {
    args: replay('same', 'run', ...GATE, '--where', 'question=Question 1?'),
    code: 2,
    says: /other dataset\./,
  },
  'another scorer': { args: replay('same', 'run', ...GATE, '--scorer', 'f1'), code: 2, says: /other scorers/ },
  'another argument of the scorer': {
    args: replay('same', 'run', ...GATE, '--scorer', 'exact', '--threshold', 'exact=0.5'),
    code: 2,
    says: /other scorers/,
  },
  'simulated answers against recorded ones': {
    args: ['eval', '-d', 'data.csv', '--simulate', '--quiet', '--out', 'run', ...GATE],
    code: 2,
    says: /other kind of provider\. The baseline has real answers; this run has the built-in simulator/,
  },
  'a metric that nobody has': {
    args: replay('same', 'run', ...GATE, '--metric', 'score:f1'),
    code: 2,
    says: /has no such score/,
  },
  'a misspelt metric': {
    args: replay('same', 'run', ...GATE, '--metric', 'pas_rate'),
    code: 2,
    says: /Did you mean "pass_rate"/,
  },
  'a metric without a bound, row by row': {
    args: replay('same', 'run', ...GATE, '--sequential', '--metric', 'cost=10%'),
    code: 2,
    says: /--sequential looks after every row/,
  },
  'the run itself': { args: ['gate', 'base', ...GATE], code: 2, says: /A run is never worse than itself/ },
  'a header without rows': {
    args: ['eval', '-d', 'empty.csv', '--provider', 'replay', '--replay-column', 'same', '--out', 'run', ...GATE],
    code: 2,
    says: /empty\.csv/,
  },
  'a run without scores': { args: ['gate', 'unscored', ...GATE], code: 2, says: /has no scores|other dataset/ },
  'a baseline that is a damaged file': {
    args: replay('same', 'run', '--baseline', 'damaged.jsonl', '--max-drop', '0.05'),
    code: 2,
    says: /damaged\.jsonl/,
  },
}

test('every way to hold the gate wrong is an error before anything is asked, never a PASS', () =>
  withBaseline(async (work) => {
    work.write('empty.csv', 'id,question,expected,same\n')
    const unscored = recorded(400, { same: everyTenth }).replace('expected', 'wanted')
    work.write('unscored.csv', unscored)
    await work.assay([
      'eval',
      '-d',
      'unscored.csv',
      '--provider',
      'replay',
      '--replay-column',
      'same',
      '--out',
      'unscored',
    ])
    assert.is((await work.assay(['baseline', 'export', 'base', '--out', 'damaged.jsonl'])).status, 0)
    const lines = work.read('damaged.jsonl').split('\n')
    work.write('damaged.jsonl', lines.slice(0, -20).join('\n'))
    for (const [what, { args, code, says: message }] of Object.entries(WRONG)) {
      try {
        assertNoPass(await work.assay(args), code, message)
      } catch (error) {
        if (error instanceof Error) error.message = `${what}: ${error.message}`
        throw error
      }
      assert.not.ok(
        work.files().some((file) => file.startsWith('run/')),
        what,
      )
    }
  }))

test('a baseline that is edited, so that no row is the same, is refused', () =>
  withBaseline(async (work) => {
    work.write('data.csv', DATA['data.csv'].replaceAll('Question', 'Frage'))
    assertNoPass(await work.assay(replay('same', 'run', ...GATE)), 2, /other dataset\./)
  }))

test('when every answer fails there is no verdict, whatever INCONCLUSIVE is mapped to', () =>
  inWorkdir({ 'data.csv': recorded(30, { before: everyTenth }) }, (work) =>
    withServer(
      (asked) => (bodyOf(asked).model === 'down' ? fails(400, 'no') : says('wrong')),
      async (server) => {
        const args = (model: string, out: string): string[] => [
          ...askingArgs(server.url, model, out),
          '--max-failed',
          '100%',
        ]
        assert.is((await work.assay(args('up', 'base'))).status, 0)
        for (const more of [[], ['--sequential']]) {
          const out = `down${more.length}`
          const ended = await work.assay([...args('down', out), ...GATE, '--inconclusive', 'pass', ...more])
          assert.ok(ended.status !== 0, 'it ended with 0')
          assert.not.match(ended.stdout, /PASS/)
          assertNoPass(await work.assay(['gate', out, ...GATE, '--inconclusive', 'pass']), 2, /nothing to compare/)
        }
      },
    ),
  ))

test('answers that no scorer can judge make no verdict', () =>
  inWorkdir(
    {
      'data.csv': recorded(50, { before: everyTenth }),
      'mute.mjs':
        'export default { name: "mute", score: () => ({ value: null, pass: null, reason: "cannot tell" }) }\n',
    },
    async (work) => {
      const scorer = ['--scorer', './mute.mjs']
      assert.is((await work.assay(replay('before', 'base', ...scorer))).status, 0)
      const ended = await work.assay(replay('before', 'run', ...scorer, ...GATE, '--inconclusive', 'pass'))
      assert.is(ended.status, 5)
      assert.not.match(ended.stdout, /PASS/)
    },
  ))

test('answers to an older wording that a resume has not asked again are no answers of this run', () =>
  inWorkdir({ 'data.csv': recorded(200, { before: everyTenth }), 'new.txt': 'Other words: {{question}}' }, (work) =>
    withServer(
      (asked) =>
        questionOf(asked).startsWith('Other') ? fails(400, 'no') : says(`answer ${/\d+/.exec(questionOf(asked))?.[0]}`),
      async (server) => {
        const args = (out: string): string[] => askingArgs(server.url, 'm', out)
        assert.is((await work.assay(args('base'))).status, 0)
        assert.is((await work.assay(args('run'))).status, 0)
        const resumed = ['eval', '--resume', 'run', '--prompt', '@new.txt', '--max-cost', '0.0000001', '--quiet']
        const ended = await work.assay([...resumed, ...GATE])
        assert.is(ended.status, 4)
        assert.not.match(ended.stdout, /PASS/)
        const gated = await work.assay(['gate', 'run', ...GATE])
        assert.ok(gated.status !== 0)
        assert.not.match(gated.stdout, /PASS/)
      },
    ),
  ))

test('failures are seen on rows that nothing scores, at the end and row by row', () => {
  const rows = Array.from(
    { length: 120 },
    (_, row) => `r${row},Question ${row}?,${row % 2 === 0 ? `contains:answer ${row}` : ''}`,
  )
  return inWorkdir({ 'data.csv': `id,question,__expected\n${rows.join('\n')}\n` }, (work) =>
    withServer(
      (asked) => {
        const row = Number(/\d+/.exec(questionOf(asked))?.[0])
        return bodyOf(asked).model === 'bad' && row % 2 === 1 ? fails(400, 'no') : says(`answer ${row}`)
      },
      async (server) => {
        const args = (model: string, out: string): string[] => [
          ...askingArgs(server.url, model, out),
          '--max-failed',
          '1',
        ]
        const metric = ['--baseline', 'base', '--metric', 'failures=0.1']
        assert.is((await work.assay(args('good', 'base'))).status, 0)
        assert.is((await work.assay([...args('good', 'same'), ...metric, '--sequential'])).status, 0)
        for (const more of [[], ['--sequential']]) {
          const ended = await work.assay([...args('bad', `bad${more.length}`), ...metric, ...more])
          assert.is(ended.status, 1)
          assert.match(ended.stdout, /REGRESSION: share of failed trials of bad against good is higher/)
        }
      },
    ),
  )
})

test('scoring a run again that was begun with a baseline judges nothing', () =>
  withBaseline(async (work) => {
    assert.is((await work.assay(replay('worse', 'worse', ...GATE))).status, 1)
    assert.is((await work.assay(['score', 'worse', '--scorer', 'f1', '--quiet'])).status, 0)
  }))

test('a run that stops by its verdict goes on against the baseline that it was begun with', () =>
  withBaseline(async (work) => {
    assert.is((await work.assay(replay('before', 'other'))).status, 0)
    assert.is((await work.assay(replay('same', 'run', ...GATE, '--sequential'))).status, 0)
    const other = await work.assay(['eval', '--resume', 'run', '--baseline', 'other', '--allow-change', '--quiet'])
    assert.is(other.status, 2)
    assert.match(other.stderr, /the run was begun against \S+, and --baseline other means \S+ now/)
    const margin = await work.assay(['eval', '--resume', 'run', '--max-drop', '0.2', '--quiet'])
    assert.is(margin.status, 2)
    assert.match(margin.stderr, /maxDrop: was 0\.05, is 0\.2/)
  }))

test('a percentile of a pooled baseline is refused before anything is asked', () =>
  withBaseline(async (work) => {
    assert.is((await work.assay(replay('before', 'other'))).status, 0)
    const pooled = ['--baseline', 'base', '--baseline', 'other', '--metric', 'latency_p95=20%']
    const ended = await work.assay(replay('same', 'run', ...pooled))
    assert.is(ended.status, 2)
    assert.match(ended.stderr, /percentiles are compared between two runs of one epoch each/)
  }))

test('recorded outputs of two files are compared row by row, wherever their rows stand', () => {
  const rows = (isWrong: (row: number) => boolean): string =>
    recorded(300, { output: isWrong }).replaceAll('wrong', '"wrong\nover two lines"')
  return inWorkdir({ 'old.csv': rows(everyTenth), 'new.csv': rows((row) => row % 3 === 0) }, async (work) => {
    const recordedIn = ['--provider', 'replay', '--replay-column', 'output']
    const args = (name: string): string[] => ['eval', '-d', `${name}.csv`, ...recordedIn, '--out', name, '--quiet']
    assert.is((await work.assay(args('old'))).status, 0)
    const ended = await work.assay([...args('new'), '--baseline', 'old', '--max-drop', '0.05'])
    assert.is(ended.status, 1)
    assert.match(ended.stdout, /66\.7 % against 90\.0 %, −23\.3 points .* 300 pairs/)
  })
})

test.run()
