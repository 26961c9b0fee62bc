// What a sweep reads of an app and of our links, one account at a time.

import { type Account, type AccountType, accountTag, type Link, QUEUES } from '../contract/index.ts'
import { managedPart, type Shown } from './classify.ts'
import { comparedNames, type LinkItem, type SweepDeps } from './sweep-deps.ts'

/** The link that an account belongs to. */
export async function linkOf(deps: SweepDeps, type: AccountType, account: string): Promise<LinkItem | undefined> {
  const { tenant, settings } = deps.app
  const where = { tag: accountTag(type, account), limit: 100 }
  const items = await deps.store.items(tenant, QUEUES.links(settings.id), where)
  for (const item of items) {
    const link = item.value as unknown as Link
    if (link.account === account && link.type === type) return { item, link }
  }
  return undefined
}

/** An account as the app shows it now; undefined when it says that there is none. */
export async function readShown(deps: SweepDeps, { link }: LinkItem): Promise<Shown | undefined> {
  const at = deps.now()
  const found = await deps.ask(
    link.type,
    (call): Promise<Account | undefined> => deps.app.adapter.read(link.type, link.account ?? '', call),
  )
  if (found === undefined) return undefined
  const names = comparedNames(deps.app, link.type)
  return { document: managedPart(found.document, names, traitsOf(deps, link.type)), at }
}

/** What an app does with accounts of a type. */
export function traitsOf(
  { app }: Pick<SweepDeps, 'app'>,
  type: AccountType,
): SweepDeps['app']['adapter']['traits']['users'] {
  const { users, groups } = app.adapter.traits
  return type === 'User' ? users : (groups ?? users)
}
