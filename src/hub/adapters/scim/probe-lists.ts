// Probes what an app says about itself, and how it gives its lists.

import { readPage } from '../../../client/index.ts'
import { isObject } from '../../../protocol/index.ts'
import type { ProbeSession } from './probe-session.ts'

/** Where the configuration is, and what it says. It is a hint: what is believed of it, the profile says. RFC 7643 §5. */
export async function probeConfiguration(probe: ProbeSession): Promise<void> {
  const { paths } = probe.profile
  const other = paths.serviceProviderConfig.endsWith('s') ? '/ServiceProviderConfig' : '/ServiceProviderConfigs'
  for (const path of [paths.serviceProviderConfig, other]) {
    const outcome = await probe.ask({ method: 'GET', path })
    if (!outcome.ok || outcome.answer.body === undefined) continue
    probe.find('paths.serviceProviderConfig', path, `GET ${path} was answered`)
    const { filter } = outcome.answer.body
    const most = isObject(filter) && typeof filter.maxResults === 'number' ? filter.maxResults : undefined
    if (most !== undefined && most > 0 && most < probe.profile.paging.count) {
      probe.find('paging.count', most, 'the configuration says that a page has no more')
    }
    return
  }
  probe.notes.push('the app shows no ServiceProviderConfig')
}

/** How lists are paged: by index, by cursor or by links, and whether the app says how many there are. Throws AppError when nothing can be read. */
export async function probeLists(probe: ProbeSession): Promise<void> {
  const path = probe.forms.User.endpoint
  const first = await probe.ask({ method: 'GET', path, query: { startIndex: 1, count: 1 } })
  if (!first.ok) {
    // Nothing can be found out about an app that lets nobody in, or that doesn't answer.
    if (['credentials', 'unavailable'].includes(first.error.trouble)) throw first.error
    probe.notes.push(`users can't be listed: ${first.error.message}`)
    return
  }
  const page = readPage(first.answer.body)
  if (page === undefined) {
    probe.notes.push('the answer to a list has neither "Resources" nor "totalResults"')
    return
  }
  if (page.resources.length > 1) probe.notes.push('count is not heeded: a list of one has more')
  const total = page.totalResults
  if (page.resources.length === 1 && total !== undefined && total < 1) {
    probe.find('paging.totals', false, `a list that has an entry says that there are ${total}`)
  }
  if (first.answer.headers.get('link')?.includes('next') === true) {
    probe.find('paging.style', 'link', 'a list names its next page in a Link header')
    return
  }
  if (page.nextCursor !== undefined || (await givesCursor(probe, path))) {
    probe.find('paging.style', 'cursor', 'a list gives a nextCursor')
    return
  }
  const second = await probe.ask({ method: 'GET', path, query: { startIndex: 2, count: 1 } })
  const next = second.ok ? readPage(second.answer.body)?.resources[0]?.id : undefined
  if (next === undefined) return
  if (next === page.resources[0]?.id) probe.notes.push('startIndex is not heeded: the second page is the first')
  else probe.find('paging.style', 'index', 'a list that begins at 2 begins with another account')
}

async function givesCursor(probe: ProbeSession, path: string): Promise<boolean> {
  const outcome = await probe.ask({ method: 'GET', path, query: { cursor: '', count: 1 } })
  return outcome.ok && readPage(outcome.answer.body)?.nextCursor !== undefined
}
