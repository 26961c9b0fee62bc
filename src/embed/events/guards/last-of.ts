// Keeps the last active person who has a role.

import { type Catalog, forbidden } from '../../../protocol/index.ts'
import { type MemberPage, type Steps, type Stored, step } from '../../../store/index.ts'
import type { RolesOf } from '../contract/read-event-options.ts'
import type { RoleChange } from '../facts/role-changes.ts'
import { CHUNK, kindOf, readAll, type Scene, show } from '../facts/scene.ts'

/** Refuses a commit after which no active person has one of these roles that somebody had before: 403. */
export function* guardLast(
  scene: Scene,
  catalog: Catalog,
  roles: readonly RoleChange[],
  { lastOf, rolesOf }: { readonly lastOf: readonly string[]; readonly rolesOf: RolesOf },
): Steps<void> {
  for (const role of lastOf) {
    const lost = roles.find((one) => one.way === 'revoked' && one.role === role)
    if (lost === undefined || roles.some((one) => one.way === 'granted' && one.role === role)) continue
    if (yield* hasHolder(scene, catalog, role, rolesOf)) continue
    const written = scene.users.find(({ change }) => change.id === lost.user)?.before
    const stored = written === undefined ? (yield* readAll(scene.done, [lost.user])).get(lost.user) : undefined
    const name = written?.userName ?? stored?.display ?? lost.user
    throw forbidden(
      `${String(name)} is the last active person with the role ${role} here, so this is refused. Give the role to somebody else first, and repeat it then`,
    )
  }
}

/** Whether any active person has a role after the commit: looks from the groups that give it downwards, until one is found. */
function* hasHolder(scene: Scene, catalog: Catalog, role: string, rolesOf: RolesOf): Steps<boolean> {
  const { done, kindOf: kind, isActive } = scene
  const groups = new Set<string>()
  for (const type of catalog.types) {
    if (kindOf(type) !== 'group') continue
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: readonly Stored[] = yield* step(done.within.ofType(type.name, after, CHUNK))
      for (const group of page) if (rolesOf(show(group), done.tenant).includes(role)) groups.add(group.id)
      after = page.length < CHUNK ? undefined : page.at(-1)?.id
    }
  }
  // The set grows while it is walked, and holds each group once: circles end.
  for (const group of groups) {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: MemberPage = yield* step(done.within.membersOf(group, after, CHUNK))
      const users = page.members.filter(({ type }) => kind(type) === 'user').map(({ id }) => id)
      for (const stored of (yield* readAll(done, users)).values()) if (isActive(stored)) return true
      for (const { id, type } of page.members) if (kind(type) === 'group') groups.add(id)
      after = page.next
    }
  }
  return false
}
