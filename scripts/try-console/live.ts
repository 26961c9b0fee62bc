// Rows 9, 11 and 13: a live list under 10,000 lines a minute, ten tabs, and a flood.

import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { meterOf, type Trial } from './trial.ts'

/** What an identity provider sends to. */
interface Connection {
  readonly base: string
  readonly token: string
}

const FOLLOWED_A_MINUTE = 10_000
/** A page length marks a request, any other query is not shown; a wrong filter has it refused, and what is refused is kept. */
const MARKED = 10_000
const MIB = 1024 * 1024

/** Row 9: the list of requests is followed for minutes, is paused, and keeps its place. */
export async function liveList({ signedIn, url, minutes, add, say }: Trial, tenant: string, to: Connection) {
  const context = await signedIn()
  const page = await context.newPage()
  await page.goto(`${url}/console/t/${tenant}/requests`)
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  // In the list itself a line is in sight for a moment only; another browser follows what was refused. Two tabs would hide each other.
  const other = await signedIn()
  const refusals = await other.newPage()
  await refusals.goto(`${url}/console/t/${tenant}/requests?filter=status:400`)
  await refusals.getByRole('button', { name: 'Pause' }).waitFor()
  const cost = await meterOf(page)
  const before = await cost()
  const over = new AbortController()
  const sending = send(to, FOLLOWED_A_MINUTE, minutes * 60_000, over.signal)
  let behind = 0
  const begun = performance.now()
  try {
    // A refused request is sent now and then: how long until its line is there.
    for (let mark = 0; performance.now() - begun < minutes * 60_000 - 8_000; mark++) {
      const sent = performance.now()
      await ask(to, `/Groups?count=${MARKED + mark}&filter=wrong`)
      await refusals.getByText(`count=${MARKED + mark}`).waitFor()
      behind = Math.max(behind, performance.now() - sent)
      await new Promise((resolve) => setTimeout(resolve, 5_000))
      const seconds = Math.round((performance.now() - begun) / 1_000)
      if (mark % 6 === 0) say(`row 9: ${seconds} s, at most ${behind.toFixed(0)} ms behind`)
    }
  } catch (error) {
    over.abort()
    await sending
    throw error
  }
  const sent = await sending
  const after = await cost()
  const share = (after.seconds - before.seconds) / ((performance.now() - begun) / 1_000)
  await page.getByRole('button', { name: 'Pause' }).click()
  const top = await firstLine(page)
  await send(to, FOLLOWED_A_MINUTE, 5_000)
  const stays = (await firstLine(page)) === top
  const rate = Math.round(sent / minutes)
  add({
    row: 9,
    what: `live list for ${minutes} min at ${rate} lines a minute`,
    limit: '25 % of a core; 80 MB; 1 s behind; place kept while paused',
    measured: `${(share * 100).toFixed(1)} %; ${(after.heap / MIB).toFixed(0)} MB; ${behind.toFixed(0)} ms; ${stays ? 'kept' : 'lost'}`,
    met: share <= 0.25 && after.heap / MIB <= 80 && behind <= 1_000 && stays,
  })
  await other.close()
  await context.close()
}

function firstLine(page: Page): Promise<string | undefined> {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('[role=rowgroup] [role=row]')].map((row) => ({
      top: row.getBoundingClientRect().top,
      text: row.textContent ?? '',
    }))
    const grid = document.querySelector('[role=grid]')?.getBoundingClientRect().top ?? 0
    return rows.filter(({ top }) => top >= grid).sort((a, b) => a.top - b.top)[0]?.text
  })
}

/** Row 11: ten tabs of one browser share a stream, and an eleventh page loads. */
export async function tabs({ signedIn, url, add }: Trial, tenant: string, to: Connection): Promise<void> {
  const context = await signedIn()
  let streams = 0
  context.on('request', (request) => {
    if (request.url().includes('/admin/v1/stream')) streams++
  })
  const pages = []
  for (let tab = 0; tab < 10; tab++) {
    const page = await context.newPage()
    await page.goto(`${url}/console/t/${tenant}/requests`)
    await page.getByRole('button', { name: 'Pause' }).waitFor()
    pages.push(page)
  }
  await ask(to, '/Groups?count=777')
  for (const page of pages) await page.getByText('count=777').first().waitFor()
  const begun = performance.now()
  const eleventh = await context.newPage()
  await eleventh.goto(`${url}/console/t/${tenant}/people`)
  await eleventh.getByRole('heading', { level: 1, name: 'People' }).waitFor()
  add({
    row: 11,
    what: 'ten tabs of the live list; an eleventh page',
    limit: 'one stream; it loads',
    measured: `${streams} stream${streams === 1 ? '' : 's'}, the line is in all ten; it loads in ${(performance.now() - begun).toFixed(0)} ms`,
    met: streams === 1,
  })
  await context.close()
}

/** Row 13: as much as this machine can ask for some seconds; memory before and after, and whether every request was counted. */
export async function flood({ admin, server, add }: Trial, tenant: string, to: Connection): Promise<void> {
  const memory = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) / 1024
  const from = new Date(Date.now() - 3_600_000).toISOString()
  const counted = async () => {
    const { points = [] } = (await admin('GET', `/series?tenant=${tenant}&from=${from}`)) as {
      points?: readonly { readonly outcomes: { readonly [outcome: string]: number } }[]
    }
    return points.reduce((sum, { outcomes }) => sum + Object.values(outcomes).reduce((all, one) => all + one, 0), 0)
  }
  await asMuchAsPossible(to, 3_000)
  await settle()
  const [before, earlier] = [memory(), await counted()]
  const begun = performance.now()
  const sent = await asMuchAsPossible(to, 20_000)
  const rate = sent / ((performance.now() - begun) / 1_000)
  await settle()
  const [after, later] = [memory(), await counted()]
  add({
    row: 13,
    what: `flood: ${Math.round(rate)} requests a second for 20 s`,
    limit: 'memory flat; counts exact',
    measured: `${before.toFixed(0)} → ${after.toFixed(0)} MB; ${later - earlier} of ${sent} counted`,
    met: later - earlier === sent && after - before <= 64,
  })
}

/** Counts are written every few seconds. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20_000))

async function ask({ base, token }: Connection, path: string): Promise<void> {
  const response = await fetch(`${base}${path}`, { headers: { authorization: `Bearer ${token}` } })
  await response.arrayBuffer()
}

/** Sends at a steady rate and gives how many were sent. */
async function send(to: Connection, aMinute: number, ms: number, over?: AbortSignal): Promise<number> {
  const begun = performance.now()
  let sent = 0
  while (performance.now() - begun < ms && over?.aborted !== true) {
    const due = Math.floor(((performance.now() - begun) / 60_000) * aMinute) - sent
    await Promise.all(Array.from({ length: Math.min(due, 10) }, () => ask(to, '/Groups?count=1')))
    sent += Math.max(0, Math.min(due, 10))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return sent
}

async function asMuchAsPossible(to: Connection, ms: number): Promise<number> {
  const begun = performance.now()
  let sent = 0
  const lane = async () => {
    while (performance.now() - begun < ms) {
      await ask(to, '/Groups?count=1')
      sent++
    }
  }
  await Promise.all(Array.from({ length: 32 }, lane))
  return sent
}
