// Row 23: an import in the browser against the command's, and a tab that is closed in the middle of one.

import { lockstep } from '../demo/lockstep.ts'
import { peopleFile, type Trial, timed } from './trial.ts'

/** Fills a tenant by the command, and gives how long it took, in milliseconds. */
export async function importByCommand({ folder, people, say }: Trial, tenant: string): Promise<number> {
  const file = peopleFile(folder, people)
  const took = await timed(() => lockstep(folder, ['import', file, '--tenant', tenant]))
  say(`${people} people by the command in ${(took / 1_000).toFixed(1)} s`)
  return took
}

/** Imports the same people in the browser, in two goes, the first of which ends with its tab. `command`: what the command took. */
export async function importInBrowser(trial: Trial, byBrowser: string, command: number): Promise<void> {
  const { folder, people, signedIn, url, admin, add, say } = trial
  const file = peopleFile(folder, people)
  const context = await signedIn()
  const open = async () => {
    const page = await context.newPage()
    await page.goto(`${url}/console/t/${byBrowser}/import`)
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByRole('button', { name: 'Show what it would do' }).click()
    const run = page.getByRole('button', { name: /^Import [\d,]+ p/ })
    const wrong = page.getByRole('alert').first()
    await run.or(wrong).waitFor({ timeout: 300_000 })
    if (await wrong.isVisible()) throw new Error(`the preview failed: ${await wrong.innerText()}`)
    return { page, run }
  }
  const there = async () => {
    const { resources = {} } = (await admin('GET', `/tenants/${byBrowser}`)) as { resources?: { User?: number } }
    return resources.User ?? 0
  }
  const first = await open()
  await first.run.click()
  while ((await there()) < people / 4) await new Promise((resolve) => setTimeout(resolve, 200))
  await first.page.close()
  const kept = await there()
  say(`row 23: the tab was closed with ${kept} people here`)
  const { page, run } = await open()
  const rest = people - kept
  const browser = await timed(async () => {
    await run.click()
    const stop = page.getByRole('button', { name: 'Stop' })
    await stop.waitFor()
    await stop.waitFor({ state: 'detached', timeout: 1_200_000 })
  })
  const said = await page.getByText(/done, \d+ refused/).innerText()
  const share = rest / browser / (people / command)
  const all = await there()
  add({
    row: 23,
    what: `import of ${people} rows`,
    limit: '60 % of the command’s rate; no row twice',
    measured: `${Math.round((rest / browser) * 1_000)} rows a second, the command ${Math.round((people / command) * 1_000)}: ${(share * 100).toFixed(0)} %; closed at ${kept}, afterwards ${all} (${said})`,
    met: share >= 0.6 && all === people,
  })
  await context.close()
}
