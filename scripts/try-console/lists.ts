// Rows 7 and 8: any place of a list of 100,000, what is found in it, and a group of all of them.

import type { Page } from 'playwright-core'
import { median, type Trial, timed } from './trial.ts'

/** Row 7: a jump to any place, the lines in the document, and finding as one types. */
export async function people({ signedIn, url, people: count, add }: Trial, tenant: string): Promise<void> {
  const context = await signedIn()
  const page = await context.newPage()
  await page.goto(`${url}/console/t/${tenant}/people`)
  await page.getByRole('row').nth(2).waitFor()
  const jumps: number[] = []
  let lines = 0
  for (const part of [0.5, 0.93, 0.11, 0.77, 0.999, 0.3]) {
    jumps.push(await jump(page, part))
    lines = Math.max(lines, await page.getByRole('row').count())
  }
  add({
    row: 7,
    what: `people: ${count}, a place filled after the jump`,
    limit: '300 ms',
    measured: `${median(jumps).toFixed(0)} ms, at most ${Math.max(...jumps).toFixed(0)}`,
    met: median(jumps) <= 300,
  })
  add({ row: 7, what: 'lines in the document', limit: '60', measured: String(lines), met: lines <= 60 })
  // All but the last figure of somebody near the end.
  const some = String(Math.floor(count * 0.098)).padStart(6, '0')
  for (const [what, text, limit] of [
    ['begins with', `person${some}`, 150],
    ['contains', `son${some}`, 600],
  ] as const) {
    const times: number[] = []
    for (const end of ['1', '2', '3']) {
      const field = page.getByRole('textbox', { name: /^Name, userName/ })
      await field.fill('')
      await page.getByRole('row').nth(2).waitFor()
      times.push(
        await timed(async () => {
          await field.fill(text + end)
          await page
            .getByRole('row')
            .filter({ hasText: text + end })
            .first()
            .waitFor()
        }),
      )
    }
    add({
      row: 7,
      what: `find, ${what}, from the last key to the line`,
      limit: `${limit} ms`,
      measured: `${median(times).toFixed(0)} ms, at most ${Math.max(...times).toFixed(0)}`,
      met: median(times) <= limit,
    })
  }
  await context.close()
}

/** Scrolls to a place and waits until what is in sight there is read; the clock is the page's own. */
function jump(page: Page, part: number): Promise<number> {
  return page.evaluate(async (where) => {
    const grid = document.querySelector('[role=grid]')
    if (grid === null) throw new Error('there is no list')
    const begun = performance.now()
    grid.scrollTop = grid.scrollHeight * where
    const isFilled = () => {
      const bounds = grid.getBoundingClientRect()
      const rows = [...grid.querySelectorAll('[role=rowgroup] [role=row]')].filter((row) => {
        const { top, bottom } = row.getBoundingClientRect()
        return bottom > bounds.top + 40 && top < bounds.bottom
      })
      return rows.length > 5 && rows.every((row) => row.textContent?.includes('@') === true)
    }
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    while (!isFilled() && performance.now() - begun < 30_000)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    return performance.now() - begun
  }, part)
}

/** Row 8: the page of a group that everybody is in. */
export async function group({ signedIn, admin, url, add, say }: Trial, tenant: string): Promise<void> {
  const base = `/tenants/${tenant}/scim/v2`
  const ids: string[] = []
  let cursor: unknown = ''
  while (typeof cursor === 'string') {
    const from = cursor === '' ? 'cursor' : `cursor=${encodeURIComponent(cursor)}`
    const page = await admin('GET', `${base}/Users?count=1000&attributes=id&${from}`)
    ids.push(...(page.Resources as { readonly id: string }[]).map(({ id }) => id))
    cursor = page.nextCursor
  }
  say(`a group of ${ids.length}`)
  const made = await admin('POST', `${base}/Groups`, {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName: 'Everybody',
    members: ids.map((value) => ({ value })),
  })
  const context = await signedIn()
  const page = await context.newPage()
  // The code is in the cache of whoever has looked at a group before; what is read is not.
  await page.goto(`${url}/console/t/${tenant}/groups`)
  await page.getByRole('row').filter({ hasText: 'Everybody' }).waitFor()
  let bytes = 0
  page.on('response', (response) => {
    void response.body().then(
      (body) => {
        bytes += body.length
      },
      () => undefined,
    )
  })
  const times: number[] = []
  for (let round = 0; round < 5; round++) {
    times.push(
      await timed(async () => {
        await page.goto(`${url}/console/t/${tenant}/groups/${made.id}`)
        await page.getByRole('row').filter({ hasText: 'Family' }).first().waitFor()
      }),
    )
  }
  add({
    row: 8,
    what: `a group of ${ids.length}, opened by its address`,
    limit: '500 ms; never all',
    measured: `${median(times).toFixed(0)} ms, at most ${Math.max(...times).toFixed(0)}; ${(bytes / 5_000).toFixed(0)} KB a time`,
    met: median(times) <= 500 && bytes / 5 < 1_000_000,
  })
  await context.close()
}
