/** Does the server show runs to whoever has the link, and nothing to anybody else? */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { writeHistory } from '../../src/gate/history/file.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { UserError } from '../../src/lib/errors.ts'
import { startView } from '../../src/view/serve.ts'
import { line, linesWith } from '../gate/history/made-lines.ts'
import { type Answer, inRuns, type RunAsked } from '../gate/run-folder.ts'
import { HOSTILE } from '../browser/hostile-run.ts'
import { ask, withView } from './serving.ts'

const answers = (passes: readonly boolean[], output = 'an answer'): Answer[] =>
  passes.map((passed, index) => ({ question: `q${index}`, passed, output }))

const SETTINGS = { model: ['example/model'], epochs: 1 }

/** Runs under results/ of a folder of their own. */
async function inResults(runs: readonly RunAsked[], use: (cwd: string) => Promise<void>): Promise<void> {
  const cwd = mkdtempSync(join(tmpdir(), 'assay-view-'))
  try {
    await inRuns(runs, (_made, folder) => {
      symlinkSync(folder, join(cwd, 'results'))
      return use(cwd)
    })
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

const TWO_RUNS: readonly RunAsked[] = [
  { name: 'monday', answers: answers([true, true, true, false]), settings: SETTINGS },
  {
    name: 'tuesday',
    answers: answers([true, false, false, true], '<b onclick=x>bold</b>'),
    settings: SETTINGS,
    manifest: { startedAt: '2026-01-02T00:00:00.000Z' },
  },
]

test('without the token nothing is told, whatever is asked and however', async () => {
  await inResults(TWO_RUNS, (cwd) =>
    withView(cwd, async (url) => {
      const token = new URL(url).pathname.split('/')[1] ?? ''
      assert.match(token, /^[\w-]{32}$/)
      const wrong = `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
      const paths = [
        '/',
        '',
        '/run?run=monday',
        `/${wrong}/`,
        `/${token.slice(0, -1)}/`,
        `/${token}x/`,
        `//${token}/`,
        '/favicon.ico',
        `/x/../${token}/`,
        `/?${token}`,
      ]
      for (const path of paths) {
        for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS']) {
          const { status, headers, text } = await ask(url, { path: path || '/', method })
          assert.is(status, 403, `${method} ${path}`)
          assert.not.match(text, 'monday')
          assert.is(headers['access-control-allow-origin'], undefined)
        }
      }
    }),
  )
})

test('another name of this machine is refused before anything else; the port of a tunnel is not', async () => {
  await inResults(TWO_RUNS, (cwd) =>
    withView(cwd, async (url) => {
      const statusFor = async (host: string): Promise<number> => (await ask(url, { headers: { host } })).status
      for (const host of [
        'evil.example',
        'localhost.evil.example',
        '127.0.0.1.evil.example',
        '127.0.0.2',
        'localhost:1:2',
        '[::2]:80',
        'localhost@evil.example',
      ])
        assert.is(await statusFor(host), 403, host)
      for (const host of ['localhost', 'localhost:8080', '127.0.0.1', '127.0.0.1:9', '[::1]:8080', 'LOCALHOST:80'])
        assert.is(await statusFor(host), 200, host)
    }),
  )
})

test('only GET and HEAD are answered, with headers that keep what is shown where it is', async () => {
  await inResults(TWO_RUNS, (cwd) =>
    withView(cwd, async (url) => {
      for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND']) {
        const { status, headers } = await ask(url, { method })
        assert.equal([status, headers.allow], [405, 'GET, HEAD'], method)
      }
      const got = await ask(url)
      const { headers } = got
      assert.is(headers['cache-control'], 'no-store')
      assert.is(headers['referrer-policy'], 'no-referrer')
      assert.is(headers['x-content-type-options'], 'nosniff')
      assert.is(headers['x-frame-options'], 'DENY')
      assert.is(headers['cross-origin-resource-policy'], 'same-origin')
      assert.match(
        String(headers['content-security-policy']),
        /^default-src 'none'; script-src 'sha256-[^' ]+'; style-src 'sha256-[^' ]+';/,
      )
      assert.match(String(headers['content-security-policy']), "frame-ancestors 'none'")
      for (const name of Object.keys(headers)) assert.not.match(name, 'access-control')
      const head = await ask(url, { method: 'HEAD' })
      assert.equal([head.status, head.text, head.headers['content-length']], [200, '', got.headers['content-length']])
      const events = await ask(`${url}events?run=monday`, { method: 'HEAD' })
      assert.equal([events.status, events.text], [200, ''])
      const report = await ask(`${url}report?run=monday`, { method: 'HEAD' })
      assert.is(report.text, '')
    }),
  )
})

test('the link without its last slash leads to the list', async () => {
  await inResults(TWO_RUNS, (cwd) =>
    withView(cwd, async (url) => {
      const { status, headers } = await ask(url.slice(0, -1))
      assert.equal([status, headers.location], [307, new URL(url).pathname])
    }),
  )
})

test('nothing outside of the runs can be named', async () => {
  await inResults(TWO_RUNS, async (cwd) => {
    mkdirSync(join(cwd, 'secret'))
    writeFileSync(join(cwd, 'secret', 'manifest.json'), '{"secret":"TOP SECRET"}')
    await withView(cwd, async (url) => {
      const names = [
        '../secret',
        '..%2fsecret',
        '%2e%2e%2fsecret',
        '..\\secret',
        '/etc',
        '.',
        '..',
        '',
        'monday/../../secret',
        'monday/',
        `${cwd}/secret`,
        'mon\0day',
        'baselines',
        '__proto__',
        'constructor',
      ]
      for (const name of names) {
        for (const page of ['run', 'live', 'report', 'events', 'compare']) {
          for (const query of [`run=${name}`, new URLSearchParams({ run: name }).toString()]) {
            const { status, text } = await ask(`${url}${page}?${query.replaceAll('\0', '%00')}`)
            assert.is(status, 400, `${page}?${query}`)
            assert.not.match(text, 'TOP SECRET')
          }
        }
      }
      const { pathname } = new URL(url)
      for (const path of [
        '../secret/manifest.json',
        '..%2fsecret%2fmanifest.json',
        'monday/manifest.json',
        'constructor',
        '__proto__',
        '//etc/passwd',
        '%00',
      ])
        assert.is((await ask(url, { path: pathname + path })).status, 404, path)
      assert.is((await ask(url, { path: `${pathname}?page=%E0%A4%A&dataset=%ff` })).status, 200)
    })
  })
})

test('nothing is written', async () => {
  await inResults(TWO_RUNS, async (cwd) => {
    const state = (): string =>
      JSON.stringify(readdirSync(join(cwd, 'results'), { recursive: true, encoding: 'utf8' }).sort())
    const before = state()
    await withView(cwd, async (url) => {
      for (const page of [
        '',
        'run?run=monday',
        'live?run=monday',
        'report?run=monday',
        'trends',
        'compare?run=monday&run=tuesday',
      ])
        await ask(url + page)
    })
    assert.is(state(), before)
  })
})

test('the list has every folder: runs by their beginning, and what cannot be read with the reason', async () => {
  await inResults(TWO_RUNS, async (cwd) => {
    for (const [name, manifest] of [
      ['damaged', '{'],
      [
        'from-tomorrow',
        JSON.stringify({ formatVersion: 9, assayVersion: '9', settings: {}, dataset: {}, prompts: [] }),
      ],
      ['odd', JSON.stringify({ formatVersion: 1, settings: {}, dataset: {}, prompts: [] })],
    ] as const) {
      mkdirSync(join(cwd, 'results', name))
      writeFileSync(join(cwd, 'results', name, 'manifest.json'), manifest)
    }
    symlinkSync(join(cwd, 'nowhere'), join(cwd, 'results', 'dangling'))
    await withView(cwd, async (url, errors) => {
      const { text } = await ask(url)
      assert.ok(text.indexOf('>tuesday<') < text.indexOf('>monday<'))
      assert.match(text, /2 runs/)
      assert.match(text, /broken off/)
      const [, unreadable = ''] = text.split('Cannot be read')
      assert.match(unreadable, /damaged<\/bdi><\/th><td>[^<]*no readable manifest\.json/)
      assert.match(unreadable, /from-tomorrow<\/bdi><\/th><td>[^<]*written in format 9/)
      assert.match(unreadable, /odd<\/bdi><\/th><td>[^<]*not as Assay has written it/)
      assert.match(unreadable, /dangling<\/bdi><\/th><td>[^<]*ENOENT|dangling<\/bdi><\/th><td>[^<]*no such folder/)
      assert.equal(errors, [])
    })
  })
})

test('the list can be narrowed by dataset and by words', async () => {
  const other: RunAsked = {
    name: 'other',
    answers: answers([true]),
    settings: { model: ['acme/large'], epochs: 1 },
    manifest: { dataset: { name: 'maths', format: 'csv', sha256: 'b', samples: 1 } },
  }
  await inResults([...TWO_RUNS, other], (cwd) =>
    withView(cwd, async (url) => {
      const namesFor = async (query: string): Promise<string[]> => {
        const { text } = await ask(`${url}?${query}`)
        return Array.from(
          text.matchAll(/type="checkbox" form="compare" name="run" value="(\w+)"/g),
          ([, name = '']) => name,
        ).sort()
      }
      assert.equal(await namesFor(''), ['monday', 'other', 'tuesday'])
      assert.equal(await namesFor('dataset=maths'), ['other'])
      assert.equal(await namesFor('text=EXAMPLE%2Fmodel'), ['monday', 'tuesday'])
      assert.equal(await namesFor('text=qa+tues'), ['tuesday'])
      assert.equal(await namesFor('text=nobody'), [])
    }),
  )
})

test('five hundred runs are paged, and read once', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'assay-view-'))
  try {
    await inRuns([TWO_RUNS[0] as RunAsked], async ([run]) => {
      const manifest = JSON.stringify(run?.manifest)
      for (let night = 0; night < 500; night++) {
        const dir = join(cwd, 'results', `night-${night}`)
        mkdirSync(dir, { recursive: true })
        const startedAt = new Date(Date.UTC(2026, 0, 1, night)).toISOString()
        writeFileSync(join(dir, 'manifest.json'), manifest.replace('2026-01-01T00:00:00.000Z', startedAt))
      }
      await withView(cwd, async (url) => {
        const { text } = await ask(url)
        assert.match(text, '500 runs')
        assert.match(text, 'Page 1 of 5')
        assert.is(text.match(/type="checkbox"/g)?.length, 100)
        assert.match((await ask(`${url}?page=5`)).text, /night-0</)
        assert.match((await ask(`${url}?page=99`)).text, 'Page 5 of 5')
      })
    })
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
})

test('names of datasets, models, prompts and folders are text and nothing else', async () => {
  const hostile = HOSTILE.map((text) => text.replaceAll(/[/\0]/g, '∕'))
  const runs = hostile.map(
    (text, index): RunAsked => ({
      name: `${index} ${text}`.slice(0, 80),
      answers: [true, false].map((passed, place) => ({
        question: `q${place}`,
        passed,
        output: text,
        model: text,
        prompt: text,
      })),
      settings: { model: [text], epochs: 1 },
      manifest: {
        dataset: { name: text, format: 'csv', sha256: 'a', samples: 2 },
        scorers: [text],
        runId: text,
      },
    }),
  )
  await inResults(runs, async (cwd) => {
    await writeHistory(
      hostile.flatMap((text) => linesWith([0.9, 0.8], { model: text, prompt: text, scorers: text, dataset: 'qa' })),
      cwd,
      systemClock,
    )
    await withView(cwd, async (url, errors) => {
      const pages = [
        '',
        'trends',
        ...runs.flatMap(({ name }) =>
          ['run', 'live', 'report', 'compare'].map(
            (page) => `${page}?${new URLSearchParams({ run: name }).toString()}`,
          ),
        ),
        ...hostile.map((text) => `?${new URLSearchParams({ text, dataset: text }).toString()}`),
        ...hostile.map(
          (text) => `trends?${new URLSearchParams({ metric: text, dataset: text, model: text }).toString()}`,
        ),
      ]
      for (const page of pages) {
        const { status, text, headers } = await ask(url + page)
        assert.ok(status === 200 || status === 400, `${status} ${page}`)
        assert.is(headers['content-type'], 'text/html; charset=utf-8')
        const body = text.slice(text.indexOf('<body'), text.lastIndexOf('<script'))
        for (const mark of HOSTILE.filter((one) => /<\w/.test(one))) assert.not.match(body, mark)
        assert.not.match(body, /href="\s*(?:javascript:|https?:|\/\/)/i, page)
        // In values of forms they are what the folder is called.
        if (!page.startsWith('re') && !page.startsWith('run?'))
          assert.not.match(body.replaceAll(/="[^"]*"/g, ''), /(?![\n\t])\p{Cc}/u, page)
      }
      assert.equal(errors, [])
    })
  })
})

test('two runs are compared, the earlier one being the baseline; what cannot be compared is told in a sentence', async () => {
  const other: RunAsked = { name: 'other', answers: [{ question: 'another', passed: true }], settings: SETTINGS }
  await inResults([...TWO_RUNS, other], (cwd) =>
    withView(cwd, async (url, errors) => {
      const compared = await ask(`${url}compare?run=tuesday&run=monday`)
      assert.is(compared.status, 200)
      assert.match(compared.text, /Baseline<\/dt><dd><a href="run\?run=monday">/)
      assert.match(compared.text, /Went wrong: 2/)
      assert.match(compared.text, /Got right: 1/)
      assert.match(compared.text, '&lt;b onclick=x&gt;bold&lt;/b&gt;')
      assert.not.match(compared.text, '<b onclick')
      const swapped = await ask(`${url}compare?baseline=tuesday&candidate=monday`)
      assert.match(swapped.text, /Went wrong: 1/)
      for (const [query, reason] of [
        ['run=monday&run=other', 'no row in common'],
        ['run=monday&run=monday', 'the same run is named twice'],
        ['run=monday', 'prompt'],
        ['', 'No run is chosen'],
        ['run=monday&run=tuesday&run=other', '3 runs are chosen'],
        ['run=monday&run=nobody', 'there is no run of that name'],
      ] as const) {
        const { status, text } = await ask(`${url}compare?${query}`)
        assert.is(status, 400, query)
        assert.match(text, reason)
        assert.not.match(text, /\bat \w+.*\(.*\.[jt]s:\d+/)
      }
      assert.equal(errors, [])
    }),
  )
})

test('trends show every metric of the history, and what is wrong with it', async () => {
  await inResults(TWO_RUNS, async (cwd) => {
    await withView(cwd, async (url) => {
      const { status, text } = await ask(`${url}trends`)
      assert.is(status, 400)
      assert.match(text, 'there is no history so far')
    })
    await writeHistory(
      [...linesWith([0.9, 0.8, 0.7]), ...linesWith([1, 2, 3], { metric: 'cost' }), line(3, { runId: 'monday' })],
      cwd,
      systemClock,
    )
    await withView(cwd, async (url) => {
      const trends = await ask(`${url}trends`)
      assert.is(trends.status, 200)
      assert.match(trends.text, '<option value="pass_rate" selected>')
      assert.match(trends.text, 'data-chart="0"')
      assert.match(trends.text, '<a href="run?run=monday">')
      assert.match(trends.text, '90.0 % [85.0, 94.0]')
      assert.match((await ask(`${url}trends?metric=cost`)).text, '<option value="cost" selected>')
      const since = await ask(`${url}trends?since=2026-01-02`)
      assert.not.match(since.text, '<time datetime="2026-01-01')
      assert.match((await ask(`${url}trends?since=never`)).text, '--since never: expected a day or a time')
      const wrong = await ask(`${url}trends?metric=pass_rat`)
      assert.equal([wrong.status, wrong.text.includes('Did you mean &quot;pass_rate&quot;?')], [400, true])
      writeFileSync(
        join(cwd, 'results', 'history.csv'),
        `${readFileSync(join(cwd, 'results', 'history.csv'), 'utf8')}half a line\n`,
      )
      const damaged = await ask(`${url}trends`)
      assert.equal([damaged.status, damaged.text.includes('history.csv:9')], [400, true])
    })
  })
})

test('where there is no run yet, the list says how to begin', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'assay-view-'))
  try {
    await withView(cwd, async (url) => {
      const { status, text } = await ask(url)
      assert.is(status, 200)
      assert.match(text, 'assay eval --dataset qa.csv')
    })
    assert.not.ok(existsSync(join(cwd, 'results')))
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
})

test('an error of ours is a page without its words, and is told to whoever started the server', async () => {
  await inResults(TWO_RUNS, async (cwd) => {
    // A folder where a file is expected.
    rmSync(join(cwd, 'results', 'monday', 'scores.jsonl'))
    mkdirSync(join(cwd, 'results', 'monday', 'scores.jsonl'))
    await withView(cwd, async (url, errors) => {
      const { status, text } = await ask(`${url}compare?run=monday&run=tuesday`)
      assert.is(status, 500)
      assert.match(text, 'An error of ours')
      assert.not.match(text, 'EISDIR')
      assert.is(errors.length, 1)
      assert.is((await ask(url)).status, 200)
    })
  })
})

test('browsers that go away in the middle of anything are nobody’s error', async () => {
  const long: RunAsked = {
    name: 'long',
    answers: answers(
      Array.from({ length: 3_000 }, () => true),
      'x'.repeat(2_000),
    ),
    settings: SETTINGS,
  }
  await inResults([long], (cwd) =>
    withView(cwd, async (url, errors) => {
      for (const page of ['report?run=long', 'events?run=long', 'events', 'compare?run=long', 'live?run=long', '']) {
        for (const bytes of [0, 1, 100_000]) {
          await new Promise<void>((resolve) => {
            const request = http.get(url + page, (response) => {
              let read = 0
              response.on('data', (piece: Buffer) => {
                read += piece.length
                if (read >= bytes || page.startsWith('events')) request.destroy()
              })
              response.on('error', () => {})
            })
            request.on('error', () => {})
            request.once('close', () => resolve())
            if (bytes === 0) request.once('socket', (socket) => socket.once('connect', () => request.destroy()))
          })
        }
      }
      assert.is((await ask(url)).status, 200)
      assert.equal(errors, [])
    }),
  )
})

test('a port that is taken is the user’s to change', async () => {
  const taken = http.createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = taken.address() as { port: number }
  try {
    await startView({ cwd: tmpdir(), port, run: null, clock: systemClock, onError: () => {} })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, UserError)
    assert.match((error as Error).message, `--port ${port}: the port is in use`)
  } finally {
    await new Promise((resolve) => taken.close(resolve))
  }
})

test.run()
