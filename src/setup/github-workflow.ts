/**
 * Which workflow runs an evaluation every night on GitHub? One job asks and judges, another one commits what is to be kept: the
 * key and what models answer are in the first, the right to write to the repository is in the second alone.
 */
import { type Calls, evaluateStep, KEEP, keepSteps, mergeSteps, OUT, outcomeStep, shardStep } from './github-steps.ts'
import { type Line, yamlText } from './yaml-text.ts'

/** What may be said of the workflow; everything else is in eval.config.ts, and in the variables at its top. */
export interface WorkflowOptions {
  /** As the list of workflows shows it. */
  readonly name?: string
  /** How the program is called; it must never fetch a package. */
  readonly assay?: string
  /** Flags of eval beside those of the workflow, as they are typed in a shell. */
  readonly flags?: string
  /** The repository secret with the API key, and the variable that it is handed on in; null: no key is needed. */
  readonly keyEnv?: string | null
  /** When it runs, in UTC. */
  readonly nights?: readonly string[]
  /** The one of `nights` on which every row is asked, so that the history has whole runs; unused with shards. */
  readonly wholeNight?: string
  /** Share; see docs/power.md for the rows that it needs. */
  readonly maxDrop?: number
  /** USD a night, all shards together. */
  readonly maxCost?: number
  /** How many machines share a night. More than one: every row is asked, and the parts are merged. */
  readonly shards?: number
}

const EVERY_NIGHT = '17 3 * * *'
const WHOLE_NIGHT = '17 3 * * 0'
const OTHER_NIGHTS = '17 3 * * 1-6'

/** The text of .github/workflows/assay-nightly.yml. */
export function githubWorkflow(options: WorkflowOptions = {}): string {
  const {
    name = 'Nightly evaluation',
    assay = 'npx --no-install assay',
    flags = '',
    keyEnv = 'OPENROUTER_API_KEY',
    shards = 1,
    nights = shards > 1 ? [EVERY_NIGHT] : [OTHER_NIGHTS, WHOLE_NIGHT],
    wholeNight = WHOLE_NIGHT,
    maxDrop = 0.1,
    maxCost = 1,
  } = options
  const calls: Calls = { assay, flags: flags === '' ? '' : ` ${flags}`, keyEnv }
  const isSharded = shards > 1
  return yamlText([
    '# Asks the questions again every night and says whether the answers got worse. How to set it up, what each exit code means and',
    '# what to do then: docs/nightly.md of Assay.',
    `name: ${name}`,
    '',
    'on:',
    [
      ...(nights.length === 0 ? [] : ['schedule:', nights.map((cron) => `- cron: '${cron}'`)]),
      'workflow_dispatch:',
      ['inputs:', dispatchInputs(isSharded)],
    ],
    '',
    'permissions:',
    ['contents: read'],
    '',
    '# One night at a time, and none is cut off that has been paid for.',
    'concurrency:',
    ['group: assay-nightly', 'cancel-in-progress: false'],
    '',
    'defaults:',
    ['run:', ['shell: bash']],
    '',
    'env:',
    [
      '# The file results/baselines/<name>.jsonl.',
      'BASELINE: nightly',
      '# The largest drop of the pass rate that is tolerated.',
      `MAX_DROP: '${maxDrop}'`,
      isSharded
        ? `# US dollars that a night may cost at most: for each of the ${shards} shards.`
        : '# US dollars that a night may cost at most.',
      `MAX_COST: '${isSharded ? Number((maxCost / shards).toFixed(6)) : maxCost}'`,
      '# Other answers every night, the same ones when a night is run again.',
      'SEED: ${{ inputs.seed || github.run_number }}',
      'NEW_BASELINE: ${{ inputs.new-baseline }}',
      ...(isSharded
        ? []
        : [
            '# Asked to the end, for the chart of the history; other nights stop as soon as the verdict is known.',
            `WHOLE: \${{ inputs.whole || github.event.schedule == '${wholeNight}' }}`,
          ]),
    ],
    '',
    'jobs:',
    [...(isSharded ? shardedJobs(shards, calls) : wholeJob(calls)), ...recordJob(isSharded ? 'merge' : 'night')],
  ])
}

function dispatchInputs(isSharded: boolean): Line[] {
  return [
    'new-baseline:',
    ['description: Compare with nothing and keep this run as the new baseline', 'type: boolean', 'default: false'],
    ...(isSharded
      ? []
      : ['whole:', ['description: Ask every row, also when the verdict is known', 'type: boolean', 'default: false']]),
    'seed:',
    ["description: Seed; empty means the number of the workflow's run", 'type: string', "default: ''"],
  ]
}

/** Everything on one machine. */
function wholeJob(calls: Calls): Line[] {
  return [
    'night:',
    [
      'name: Evaluate',
      ...machine(),
      'outputs:',
      ['keep: ${{ steps.eval.outputs.keep }}'],
      'steps:',
      [...setUp(), ...evaluateStep(calls), ...keepSteps(calls), ...uploadReport(), ...outcomeStep()],
    ],
  ]
}

/** A machine for each shard, and one that puts them together and judges. */
function shardedJobs(shards: number, calls: Calls): Line[] {
  const numbers = Array.from({ length: shards }, (_, index) => index + 1)
  return [
    'shard:',
    [
      `name: Shard \${{ matrix.shard }} of ${shards}`,
      ...machine(),
      'strategy:',
      [
        '# The other shards are paid for: they end, and "Re-run failed jobs" asks the rest.',
        'fail-fast: false',
        'matrix:',
        [`shard: [${numbers.join(', ')}]`],
      ],
      'steps:',
      [
        ...setUp(),
        ...shardStep(calls, shards),
        '- name: Upload the shard',
        [
          'if: ${{ always() }}',
          ...upload({ name: 'shard-${{ matrix.shard }}', path: OUT, more: ['retention-days: 7'] }),
        ],
        ...outcomeStep('shard'),
      ],
    ],
    '',
    'merge:',
    [
      'name: Merge and judge',
      'needs: shard',
      ...machine(),
      'outputs:',
      ['keep: ${{ steps.eval.outputs.keep }}'],
      'steps:',
      [
        ...setUp(),
        '- name: Download the shards',
        ['uses: actions/download-artifact@v6', 'with:', ['pattern: shard-*', 'path: shards']],
        ...mergeSteps(calls),
        ...keepSteps(calls),
        ...uploadReport(),
        ...outcomeStep(),
      ],
    ],
  ]
}

/** The only job that may write: it runs nothing but git. */
function recordJob(after: string): Line[] {
  return [
    '',
    'record:',
    [
      'name: Commit the history',
      `needs: ${after}`,
      `if: \${{ !cancelled() && needs.${after}.outputs.keep == 'true' }}`,
      'runs-on: ubuntu-latest',
      'timeout-minutes: 10',
      'permissions:',
      ['contents: write'],
      'steps:',
      [
        '- uses: actions/checkout@v5',
        ['with:', ['ref: ${{ github.ref_name }}']],
        '- name: Download what is to be kept',
        ['uses: actions/download-artifact@v6', 'with:', [`name: ${KEEP}`, 'path: results']],
        '- name: Commit and push',
        [
          'env:',
          ['RUN_NUMBER: ${{ github.run_number }}'],
          'run: |',
          [
            'set -u',
            "git config user.name 'github-actions[bot]'",
            "git config user.email '41898282+github-actions[bot]@users.noreply.github.com'",
            'git add --force results/history.csv',
            'if [ -d results/baselines ]; then git add --force results/baselines; fi',
            'if git diff --cached --quiet; then exit 0; fi',
            'git commit --quiet --message "results: night $RUN_NUMBER"',
            '# Somebody may have pushed meanwhile.',
            'git push --quiet || { git pull --quiet --rebase && git push --quiet; }',
          ],
        ],
      ],
    ],
  ]
}

function machine(): Line[] {
  return ['runs-on: ubuntu-latest', 'timeout-minutes: 60']
}

/** The branch as it is now: a night that had to wait for another one sees what that one has committed. */
function setUp(): Line[] {
  return [
    '- uses: actions/checkout@v5',
    ['with:', ['ref: ${{ github.ref_name }}', 'persist-credentials: false']],
    '- uses: actions/setup-node@v5',
    ['with:', ['node-version: 22', 'cache: npm']],
    '- name: Install',
    ['run: npm ci'],
    '- name: Look for the baseline',
    [
      'run: |',
      [
        'set -u',
        'file="results/baselines/$BASELINE.jsonl"',
        'if [ "$NEW_BASELINE" != true ] && [ ! -f "$file" ]; then',
        [
          'what="$file is not there, so there is nothing to compare with. Run this workflow by hand with new-baseline ticked: it asks every row and commits that file."',
          'echo "::error title=No baseline::$what"',
          'printf \'## No baseline\\n\\n%s\\n\' "$what" >> "$GITHUB_STEP_SUMMARY"',
          'exit 2',
        ],
        'fi',
      ],
    ],
  ]
}

function uploadReport(): Line[] {
  return [
    '- name: Upload the report',
    ['if: ${{ always() }}', ...upload({ name: 'report', path: OUT, more: ['retention-days: 30'] })],
  ]
}

/** A job that is run again replaces what it has uploaded. */
function upload({ name, path, more }: { name: string; path: string; more: readonly string[] }): Line[] {
  return [
    'uses: actions/upload-artifact@v6',
    'with:',
    [`name: ${name}`, `path: ${path}`, 'if-no-files-found: ignore', 'overwrite: true', ...more],
  ]
}
